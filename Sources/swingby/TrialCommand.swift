import ArgumentParser
import Store
import Sweeps

struct TrialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trial",
        abstract: "Lists trials, shows one whole, explains one's fate, or trains one here.",
        discussion: "Trials are named fig2a/13, last/1-10, or by their sweep alone, or as all.",
        subcommands: [
            TrialList.self, TrialInfo.self, TrialExplain.self, TrialRun.self, TrialExport.self,
            TrialData.self,
        ])
}

struct TrialList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists trials with their state and digest.",
        discussion: """
            swingby trial list fig2a --state failed
            swingby trial list last/1-10 --json
            """)

    @Argument(help: "The trials.")
    var trials = "last"

    @Option(help: "Only those in this state: waiting, running, finished, failed …")
    var state: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let wanted = try wantedState()
        let reader = try store.reader()
        var found: [(sweep: StoredSweep, row: TrialRow, failure: TrialFailure?)] = []
        for selector in try TrialSelector.all(trials, in: reader) {
            let sweep = selector.opened.sweep
            var rows: [TrialRow] = []
            try reader.forEachRow(of: sweep, curves: .none) { row in
                guard selector.numbers.contains(row.number), wanted.map({ $0 == row.state }) ?? true
                else { return }
                rows.append(row)
            }
            for row in rows {
                let failure =
                    row.state == .failed
                    ? try reader.trial(row.number, of: sweep, curves: .none).failure : nil
                found.append((sweep, row, failure))
            }
        }
        if output.json {
            let trials = found.map { json(of: $0.row, $0.failure, $0.sweep) }
            Terminal.printJSON(["schema": 1, "trials": .array(trials)])
            return
        }
        Terminal.printTable(
            header: ["trial", "state", "attempt", "digest", ""],
            rows: found.map { sweep, row, failure in
                [
                    "\(sweep.name)/\(row.number)", "\(row.state)", "\(row.attempt)",
                    row.result.map { String("\($0.digest)".prefix(16)) } ?? "",
                    failure.map(describe) ?? "",
                ]
            })
    }

    private func wantedState() throws -> TrialState? {
        guard let state else { return nil }
        guard let known = TrialState.allCases.first(where: { "\($0)" == state }) else {
            let names = TrialState.allCases.map { "\($0)" }.joined(separator: ", ")
            throw CommandFailure(.usage, "no state '\(state)'; there are \(names)")
        }
        return known
    }

    private func json(
        of row: TrialRow, _ failure: TrialFailure?, _ sweep: StoredSweep
    ) -> JSONValue {
        [
            "sweep": .string(sweep.name), "trial": .integer(row.number),
            "state": .string("\(row.state)"), "attempt": .integer(row.attempt),
            "digest": row.result.map { .string("\($0.digest)") } ?? .null,
            "reason": failure.map { .string($0.reason.rawValue) } ?? .null,
        ]
    }
}

/// For a line of a terminal.
func describe(_ failure: TrialFailure) -> String {
    switch failure {
    case .error(let message): message
    case .hostLost: "too many workers were lost with it"
    case .crash(let message): "too many workers died of it, the last one by \(message)"
    case .timeLimit(let limit): "it ran longer than its time limit, \(limit.text)"
    }
}

struct TrialInfo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Shows all that the store knows of a trial.",
        discussion: """
            swingby trial info fig2a/13
            swingby trial info last/1-10 --curves --json
            """)

    @Argument(help: "The trials.")
    var trials: String

    @Flag(help: "With every point of every curve (JSON).")
    var curves = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        for selector in try TrialSelector.all(trials, in: reader) {
            for number in selector.numbers {
                let detail = try reader.trial(number, of: selector.opened.sweep)
                let object = TrialObject(
                    sweep: selector.opened.sweep.name,
                    trial: selector.opened.file.plan.trial(number),
                    attempt: detail.row.attempt, result: detail.row.result,
                    failure: detail.failure, progress: detail.progress,
                    checkpoint: detail.checkpoint)
                if output.json {
                    Terminal.printJSON(object.json(curves: curves))
                } else {
                    object.show()
                }
            }
        }
    }
}
