import ArgumentParser
import Store
import Sweeps

struct WorkerList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the workers that the store knows.",
        discussion: """
            swingby worker list --store ~/sweeps
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let workers = try store.reader().workers()
        if output.json {
            Terminal.printJSON([
                "schema": 1, "workers": .array(workers.map { .object($0.jsonMembers) }),
            ])
        } else if workers.isEmpty {
            print("the store has heard of no worker yet; 'swingby worker start' starts one")
        } else {
            Terminal.printTable(header: WorkerLoad.columns, rows: workers.map(\.cells))
        }
    }
}

struct WorkerInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows what workers hold, and what became of all they had.",
        discussion: """
            swingby worker info h3          (the workers of a host)
            swingby worker info all --json
            """)

    @Argument(help: "The workers: a name, a host, or all.")
    var workers: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let found = try reader.workers(workers).map { ($0, try reader.ledger(of: $0.worker.id)) }
        if output.json {
            let all = found.map { load, ledger in
                JSONValue.object(load.jsonMembers + load.detailMembers + ledger.jsonMembers)
            }
            Terminal.printJSON(["schema": 1, "workers": .array(all)])
            return
        }
        for (load, ledger) in found {
            show(load, ledger)
        }
    }

    private func show(_ load: WorkerLoad, _ ledger: WorkerLedger) {
        let worker = load.worker
        let job = worker.job.isEmpty ? "" : ", job \(worker.job)"
        print("\(worker.id): \(load.state), heard of \(load.silence) ago")
        print(
            Terminal.harmless(
                "  process \(worker.processID) on \(worker.host)\(job), swingby \(worker.program)"))
        if !worker.kinds.isEmpty {
            let kinds = worker.kinds.map { "\($0.name) \($0.version)" }.joined(separator: ", ")
            print("  trains \(Terminal.harmless(kinds))")
        }
        print("  slots \(worker.slots), leases \(load.leased), of which it trains \(load.running)")
        for lease in ledger.open {
            let step = lease.progress.map { ", at step \($0.step) of \($0.stepCount)" } ?? ""
            let since =
                lease.started.map { "trains since \(Terminal.time($0))\(step)" }
                ?? "waits there since \(Terminal.time(lease.issued))"
            print(
                "    \(lease.place.sweep)/\(lease.place.number), attempt \(lease.attempt): \(since)"
            )
        }
        let ended = LeaseEnding.allCases.compactMap { ending in
            ledger.endings[ending].map { "\(ending.rawValue) \($0)" }
        }
        print("  ended so far: \(ended.isEmpty ? "nothing" : ended.joined(separator: ", "))")
    }
}

extension WorkerLoad {
    static let columns = ["id", "host", "state", "slots", "running", "last heard"]

    var cells: [String] {
        [
            "\(worker.id)", worker.host, state, "\(worker.slots)", "\(running)", "\(silence) ago",
        ]
    }

    /// For people; a worker in quarantine may be away as well.
    var state: String {
        guard quarantined != nil else { return worker.state.rawValue }
        return worker.state == .connected
            ? "quarantined" : "\(worker.state.rawValue), quarantined"
    }

    private var silentSeconds: Double {
        Double(max(0, currentMilliseconds() - worker.lastHeard)) / 1000
    }
    var silence: String { Terminal.duration(seconds: silentSeconds) }

    /// As `worker list --json` has it.
    var jsonMembers: [JSONValue.Member] {
        [
            .init("id", .string("\(worker.id)")), .init("host", .string(worker.host)),
            .init("state", .string(worker.state.rawValue)),
            .init("slots", .integer(worker.slots)), .init("running", .integer(running)),
            .init("job", worker.job.isEmpty ? .null : .string(worker.job)),
            .init("last_heard_seconds", .number(silentSeconds)),
            .init("quarantined", .bool(quarantined != nil)),
        ]
    }
}

extension WorkerLoad {
    /// What `worker info --json` has besides.
    fileprivate var detailMembers: [JSONValue.Member] {
        let kinds = worker.kinds.map { JSONValue.Member($0.name, .integer($0.version)) }
        return [
            .init("pid", .integer(worker.processID)), .init("program", .string(worker.program)),
            .init("kinds", .object(kinds)),
        ]
    }
}

extension WorkerLedger {
    /// What `worker info --json` has besides.
    fileprivate var jsonMembers: [JSONValue.Member] {
        let leases = open.map { lease -> JSONValue in
            [
                "sweep": .string(lease.place.sweep), "trial": .integer(lease.place.number),
                "attempt": .integer(lease.attempt), "issued": .time(lease.issued),
                "started": lease.started.map(JSONValue.time) ?? .null,
                "step": lease.progress.map { .integer($0.step) } ?? .null,
                "steps": lease.progress.map { .integer($0.stepCount) } ?? .null,
            ]
        }
        let ended = LeaseEnding.allCases.map { ending in
            JSONValue.Member(ending.rawValue, .integer(endings[ending] ?? 0))
        }
        return [.init("leases", .array(leases)), .init("ended", .object(ended))]
    }
}

extension JSONValue {
    /// Milliseconds since 1970 as every `--json` has them: in seconds.
    static func time(_ milliseconds: Int64) -> JSONValue { .number(Double(milliseconds) / 1000) }
}
