import ArgumentParser
import Foundation
import Store
import Sweeps
import UnixSignals

struct TopCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Watches sweeps, workers and failures, in place on the terminal.",
        discussion: """
            swingby top
            swingby top fig2a --store ~/sweeps
            swingby top --once

            Without a sweep: all that go on, or the last one. q or Ctrl-C ends it. Reads the store
            alone and changes nothing. Where the output is no terminal it prints once.
            """)

    @Argument(help: "The sweep, or several.")
    var sweep: String?

    @Flag(help: "Print once.")
    var once = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let facts = try TopFacts(of: sweep, in: reader)
        if output.json {
            Terminal.printJSON(facts.json)
        } else if once || isatty(STDOUT_FILENO) == 0 || isatty(STDIN_FILENO) == 0 {
            print(TopView(facts).text)
        } else {
            try await watch(reader)
        }
    }

    private func watch(_ reader: StoreReader) async throws {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let screen = TerminalScreen()
        let ending = await withTaskGroup(of: UnixSignal?.self) { group in
            group.addTask {
                for await signal in signals { return signal }
                return nil
            }
            group.addTask {
                await redraw(screen, reader)
                return nil
            }
            defer { group.cancelAll() }
            return await group.next() ?? nil
        }
        screen.leave()
        if let ending { throw CommandFailure(ending.exitStatus) }
    }

    /// Draws once a second until `q` is typed.
    private func redraw(_ screen: TerminalScreen, _ reader: StoreReader) async {
        var rates = RecentRates()
        while !Task.isCancelled {
            do {
                let facts = try TopFacts(of: sweep, in: reader)
                rates.note(facts)
                screen.draw { TopView(facts, rates: rates).lines(in: $0) }
            } catch {
                // A coordinator that starts just now, a store that is moved: seen anew in a second.
                screen.draw { _ in [.init("\(error)", isTitle: true)] }
            }
            if await screen.waitForQuit(.seconds(1)) { return }
        }
    }
}

/// All that `top` shows, as the store has it.
struct TopFacts {
    let now: Int64
    let store: String
    let coordinator: CoordinatorRecord
    let sweeps: [SweepProgress]
    let workers: [WorkerLoad]
    let failures: [FailedTrial]

    /// - Parameter selector: nil for all sweeps that go on, or the last one where none does.
    init(of selector: String?, in reader: StoreReader) throws {
        now = currentMilliseconds()
        store = reader.directory
        coordinator = try reader.coordinator()
        if let selector {
            sweeps = try reader.sweeps(selector).map { try SweepProgress($0, in: reader) }
            failures = try sweeps.flatMap { try reader.failedTrials(of: $0.sweep, limit: 20) }
                .sorted { $0.happened > $1.happened }
        } else {
            let all = try reader.sweeps().sorted { ($0.submitted, $0.id) > ($1.submitted, $1.id) }
                .map { try SweepProgress($0, in: reader) }
            let open = all.filter { !$0.isOver }
            sweeps = open.isEmpty ? Array(all.prefix(1)) : open
            failures = try reader.failedTrials(limit: 20)
        }
        workers = try reader.workers()
    }

    var json: JSONValue {
        [
            "schema": 1, "time": .time(now), "store": .string(store),
            "coordinator": [
                "running": .bool(coordinator.mayRun),
                "endpoint": coordinator.endpoint.map(JSONValue.string) ?? .null,
                "pid": coordinator.processID.map(JSONValue.integer) ?? .null,
                "host": coordinator.host.map(JSONValue.string) ?? .null,
                "started": coordinator.started.map(JSONValue.time) ?? .null,
            ],
            "sweeps": .array(sweeps.map(\.json)),
            "workers": .array(workers.map { .object($0.jsonMembers) }),
            "failures": .array(
                failures.map { failed in
                    [
                        "sweep": .string(failed.sweep), "trial": .integer(failed.number),
                        "attempt": .integer(failed.attempt),
                        "worker": .string("\(failed.worker)"),
                        "reason": .string(describe(failed.failure)),
                        "happened": .time(failed.happened),
                    ]
                }),
        ]
    }
}

/// How fast sweeps went lately, from what was seen of them.
struct RecentRates {
    private var seen: [Int: [(time: Int64, over: Int)]] = [:]

    /// What is older says nothing about now.
    private static let windowInMilliseconds: Int64 = 30_000

    mutating func note(_ facts: TopFacts) {
        for sweep in facts.sweeps {
            var points = seen[sweep.sweep.id] ?? []
            points.append((facts.now, sweep.over))
            points.removeAll { $0.time < facts.now - Self.windowInMilliseconds }
            seen[sweep.sweep.id] = points
        }
    }

    /// Trials a second; nil before two looks, and where none ended between them.
    func rate(of sweep: Int) -> Double? {
        guard let points = seen[sweep], let first = points.first, let last = points.last,
            last.time > first.time, last.over > first.over
        else { return nil }
        return Double(last.over - first.over) * 1000 / Double(last.time - first.time)
    }
}
