import ArgumentParser
import Foundation
import Store
import Sweeps

struct TrialExplain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Says why a trial is where it is, and where its attempts went.",
        discussion: """
            swingby trial explain fig2a/13
            swingby trial explain last/1-10 --json
            """)

    @Argument(help: "The trials.")
    var trials: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        for selector in try TrialSelector.all(trials, in: reader) {
            let sweep = selector.opened.sweep
            let surroundings = try TrialSurroundings(of: sweep, in: reader)
            for number in selector.numbers {
                let detail = try reader.trial(number, of: sweep, curves: .none)
                let explanation = TrialExplanation(
                    name: "\(sweep.name)/\(number)", detail: detail,
                    places: try reader.places(of: detail.trial), surroundings: surroundings)
                if output.json {
                    Terminal.printJSON(explanation.json)
                } else {
                    explanation.show()
                }
            }
        }
    }
}

/// What a trial's fate may depend on besides itself, as the store has it.
struct TrialSurroundings {
    let sweep: StoredSweep
    let status: SweepStatus
    let isServed: Bool
    let workers: [WorkerLoad]

    init(of sweep: StoredSweep, in reader: StoreReader) throws {
        self.sweep = sweep
        status = try reader.status(of: sweep)
        isServed = try reader.coordinator().mayRun
        workers = try reader.workers()
    }

    func worker(_ id: WorkerID) -> WorkerLoad? { workers.first { $0.worker.id == id } }
}

/// A trial's fate in plain sentences.
struct TrialExplanation {
    let name: String
    let detail: TrialDetail
    let places: [TrialPlace]
    let surroundings: TrialSurroundings

    private var state: TrialState { detail.row.state }
    private var current: LeaseRecord? { detail.leases.last }

    /// Why it is in its state, and what would change that.
    var reasons: [String] {
        let reasons =
            switch state {
            case .waiting: waiting
            case .leased, .running: inHand
            case .finished, .diverged: over
            case .failed: failed
            case .cancelled:
                [
                    "it was called off, by 'sweep stop' or 'sweep cancel'",
                    "'swingby sweep retry \(sweepName) --cancelled' has it wait again",
                ]
            }
        return reasons + (state == .waiting ? kept : []) + shared
    }

    /// Where another attempt would go on.
    private var kept: [String] {
        guard let record = detail.checkpoint else { return [] }
        let size = Terminal.size(record.checkpoint.sizeInBytes)
        return [
            "its state after step \(record.checkpoint.step) was kept at "
                + "\(Terminal.time(record.kept)), \(size): another attempt goes on from there"
        ]
    }

    private var sweepName: String { surroundings.sweep.name }

    private var waiting: [String] {
        guard surroundings.isServed else {
            return ["no coordinator serves the store; 'swingby coordinator start' goes on"]
        }
        guard places.contains(where: { $0.control == .active }) else {
            return places.map {
                "sweep \($0.sweep) is \($0.control); 'swingby sweep resume \($0.sweep)' goes on"
            }
        }
        let present = surroundings.workers.filter { $0.worker.state == .connected }
        guard !present.isEmpty else {
            let known = surroundings.workers.count
            return [
                "no worker is connected"
                    + (known > 0 ? ", of \(known) that the store has heard of" : "")
                    + "; 'swingby worker start' starts one"
            ]
        }
        let open = present.filter { $0.quarantined == nil }
        guard !open.isEmpty else {
            return [
                "of \(counted(present.count, "connected worker")) all are in quarantine; 'swingby "
                    + "worker release all' ends it"
            ]
        }
        let kind = KindVersion(surroundings.sweep.kind, version: surroundings.sweep.version)
        guard open.contains(where: { $0.worker.kinds.isEmpty || $0.worker.kinds.contains(kind) })
        else {
            return [
                "no connected worker can train '\(kind.name)' in version \(kind.version); start one "
                    + "of the program that began the sweep"
            ]
        }
        let slots = open.reduce(0) { $0 + $1.worker.slots }
        let busy = open.reduce(0) { $0 + $1.running }
        let others = surroundings.status.counts[.waiting] - 1
        return [
            "it waits for a free slot: \(busy) of \(slots) on \(counted(open.count, "worker")) "
                + (busy == 1 ? "is" : "are") + " busy",
            "\(counted(others, "other trial")) of \(sweepName) "
                + (others == 1 ? "waits" : "wait") + " too",
        ]
    }

    private var inHand: [String] {
        guard let current else { return [] }
        var reasons: [String] = []
        let what =
            current.started.map { "trains it since \(Terminal.time($0))" }
            ?? "has it since \(Terminal.time(current.issued)) and has not begun it"
        reasons.append("worker \(current.lease.worker)\(on(current)) \(what)")
        if let progress = detail.progress {
            reasons.append(
                "it was at step \(progress.step) of \(progress.stepCount) when it last said so")
        }
        reasons += kept
        guard surroundings.isServed else {
            reasons.append("no coordinator serves the store; the worker keeps what it finds for it")
            return reasons
        }
        if let load = surroundings.worker(current.lease.worker) {
            if load.worker.state != .connected {
                reasons.append(
                    "that worker was last heard of \(load.silence) ago; if it stays silent, another "
                        + "gets the trial")
            } else if current.started == nil, load.running > 0 {
                reasons.append("the worker trains \(counted(load.running, "other trial")) first")
            }
        }
        return reasons
    }

    private var over: [String] {
        let standing = detail.leases.first { $0.ending == .finished }
        let by = standing.map { " by worker \($0.lease.worker)\(on($0))" } ?? ""
        let attempt = "in attempt \(detail.row.attempt)\(by)"
        guard case .diverged(let step)? = detail.row.result?.outcome else {
            return ["it finished \(attempt)"]
        }
        return [
            "it diverged at step \(step) \(attempt)",
            "that is a result: it is counted in every table, and is the same wherever it is trained",
            "'swingby sweep retry \(sweepName) --diverged' trains it again all the same",
        ]
    }

    private var failed: [String] {
        guard let failure = detail.failure else { return [] }
        if case .error(let message) = failure {
            return [
                "it failed in attempt \(detail.row.attempt): \(message)",
                "'swingby trial run \(name)' reproduces it here",
                "'swingby sweep retry \(sweepName) --failed' tries it again",
            ]
        }
        if case .timeLimit = failure {
            return [
                "\(describe(failure)), in attempt \(detail.row.attempt)",
                "'swingby submit FILE run.time_limit=…' gives the sweep another limit, then 'swingby "
                    + "sweep retry \(sweepName) --time-limit' tries it again",
            ]
        }
        return [
            "it was set aside after attempt \(detail.row.attempt): \(describe(failure))",
            "'swingby sweep retry \(sweepName) --lost' tries it again",
        ]
    }

    private var shared: [String] {
        let others = places.map { "\($0.sweep)/\($0.number)" }.filter { $0 != name }
        return others.isEmpty ? [] : ["it is also \(others.joined(separator: ", "))"]
    }

    private func on(_ lease: LeaseRecord) -> String { lease.host.map { " on \($0)" } ?? "" }

    func show() {
        print("\(name): \(state)")
        for reason in reasons {
            print("  \(Terminal.harmless(reason))")
        }
        for lease in detail.leases {
            print("  \(Terminal.harmless(line(lease)))")
        }
    }

    private func line(_ lease: LeaseRecord) -> String {
        var text = "attempt \(lease.lease.attempt): leased \(Terminal.time(lease.issued))"
        text += " to \(lease.lease.worker)\(on(lease))"
        if let end = lease.ended {
            let seconds = Double(end - (lease.started ?? lease.issued)) / 1000
            let what = lease.started == nil ? "held" : "trained"
            let time =
                seconds < 10
                ? String(format: "%.1f s", seconds) : Terminal.duration(seconds: seconds)
            text += ", \(what) for \(time)"
        }
        return text + ", " + (lease.ending.map(\.meaning) ?? "open")
    }

    var json: JSONValue {
        let attempts = detail.leases.map { lease -> JSONValue in
            [
                "attempt": .integer(lease.lease.attempt),
                "worker": .string("\(lease.lease.worker)"),
                "host": lease.host.map(JSONValue.string) ?? .null, "issued": .time(lease.issued),
                "started": lease.started.map(JSONValue.time) ?? .null,
                "ended": lease.ended.map(JSONValue.time) ?? .null,
                "ending": lease.ending.map { .string($0.rawValue) } ?? .null,
            ]
        }
        return [
            "schema": 1, "sweep": .string(sweepName), "trial": .integer(detail.row.number),
            "state": .string("\(state)"), "reasons": .array(reasons.map(JSONValue.string)),
            "attempts": .array(attempts), "checkpoint": detail.checkpoint?.json ?? .null,
        ]
    }
}

extension CheckpointRecord {
    var json: JSONValue {
        [
            "step": .integer(checkpoint.step), "bytes": .integer(checkpoint.sizeInBytes),
            "kept": .time(kept),
        ]
    }
}

extension LeaseEnding {
    /// How a lease ended, for people.
    fileprivate var meaning: String {
        switch self {
        case .finished: "its result stands"
        case .duplicate: "its result came after another's"
        case .failed: "its own code failed"
        case .returned: "handed back by the worker"
        case .lost: "lost with the worker"
        case .crashed: "the worker died of it"
        case .superseded: "another attempt's result came first"
        case .cancelled: "called off"
        case .withdrawn: "its result was withdrawn by 'sweep retry --diverged'"
        }
    }
}

/// `1 worker`, `2 workers`.
private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
}
