import ArgumentParser
import Store
import Sweeps

struct TrialCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trial",
        abstract: "Lists trials, shows one whole, explains one's fate, or trains one here.",
        discussion: "Trials are named fig2a/13, last/1-10, or by their sweep alone.",
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
        let selector = try TrialSelector(trials, in: reader)
        let sweep = selector.opened.sweep
        var rows: [TrialRow] = []
        try reader.forEachRow(of: sweep, curves: .none) { row in
            guard selector.numbers.contains(row.number), wanted.map({ $0 == row.state }) ?? true
            else { return }
            rows.append(row)
        }
        if output.json {
            Terminal.printJSON(["schema": 1, "trials": .array(rows.map { json(of: $0, sweep) })])
            return
        }
        let failures = try rows.map { row in
            row.state == .failed
                ? try reader.trial(row.number, of: sweep).failure.map(describe) ?? "" : ""
        }
        Terminal.printTable(
            header: ["trial", "state", "attempt", "digest", ""],
            rows: zip(rows, failures).map { row, failure in
                [
                    "\(sweep.name)/\(row.number)", "\(row.state)", "\(row.attempt)",
                    row.result.map { String("\($0.digest)".prefix(16)) } ?? "", failure,
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

    private func json(of row: TrialRow, _ sweep: StoredSweep) -> JSONValue {
        [
            "sweep": .string(sweep.name), "trial": .integer(row.number),
            "state": .string("\(row.state)"), "attempt": .integer(row.attempt),
            "digest": row.result.map { .string("\($0.digest)") } ?? .null,
        ]
    }
}

/// For a line of a terminal.
func describe(_ failure: TrialFailure) -> String {
    switch failure {
    case .error(let message): message
    case .hostLost: "too many workers were lost with it"
    case .crash(let message): "too many workers died of it, the last one by \(message)"
    }
}

/// `trial run|info --json`, one object a trial.
struct TrialObject {
    let sweep: String
    let trial: Trial
    let attempt: Int
    let result: TrialResult?
    var failure: TrialFailure?
    var progress: TrialProgress?
    var checkpoint: CheckpointRecord?

    func json(curves: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("schema", 1), .init("sweep", .string(sweep)),
            .init("trial", .integer(trial.number)),
            .init("identity", .string("\(trial.spec.identity)")),
            .init("config", JSONValue(trial.spec.configuration)),
            .init("seed", .integer(trial.replicate)), .init("attempt", .integer(attempt)),
            .init("outcome", outcome),
            .init("digest", result.map { .string("\($0.digest)") } ?? .null),
            .init(
                "scalars",
                .object((result?.scalars ?? []).map { .init($0.name, .optional($0.value)) })),
        ]
        if curves {
            members.append(.init("curves", .object((result?.curves ?? []).map(Self.member))))
        }
        let arrays = result?.layout.arrays ?? []
        if curves, !arrays.isEmpty {
            members.append(.init("arrays", .object(arrays.map(Self.member))))
        }
        if let failure { members.append(.init("failure", .string(describe(failure)))) }
        if let progress {
            members.append(
                .init(
                    "progress",
                    ["step": .integer(progress.step), "steps": .integer(progress.stepCount)]))
        }
        if let checkpoint { members.append(.init("checkpoint", checkpoint.json)) }
        return .object(members)
    }

    private var outcome: JSONValue {
        if let result { return .string("\(result.outcome)") }
        return failure == nil ? .null : "failed"
    }

    private static func member(_ curve: Curve) -> JSONValue.Member {
        .init(
            curve.name,
            [
                "steps": .array(curve.steps.map { .integer(Int($0)) }),
                "values": .array(curve.values.map(JSONValue.number)),
            ])
    }

    /// What there is; the bytes are read from the store.
    private static func member(_ array: ResultLayout.ArrayLayout) -> JSONValue.Member {
        .init(
            array.name,
            [
                "steps": .array(array.steps.map { .integer(Int($0)) }),
                "shape": .array(array.shape.map(JSONValue.integer)),
            ])
    }

    func show() {
        print("\(sweep)/\(trial.number): seed \(trial.replicate), attempt \(attempt)")
        for key in trial.spec.configuration.keys {
            print("  \(key) = \(trial.spec.configuration[key]?.description ?? "")")
        }
        if let failure { print("failed: \(Terminal.harmless(describe(failure)))") }
        if let progress { print("at step \(progress.step) of \(progress.stepCount)") }
        if let record = checkpoint {
            print(
                "kept after step \(record.checkpoint.step), "
                    + Terminal.size(record.checkpoint.sizeInBytes))
        }
        guard let result else { return }
        if case .diverged(let step) = result.outcome {
            print("diverged at step \(step)")
        } else {
            print("finished")
        }
        print("  digest \(result.digest)")
        for scalar in result.scalars {
            print("  \(scalar.name) = \(scalar.value.map { "\($0)" } ?? "never")")
        }
        for curve in result.curves {
            print(
                "  \(curve.name): \(curve.values.count) points, last "
                    + (curve.values.last.map { "\($0)" } ?? "none"))
        }
        for array in result.layout.arrays {
            print(
                "  \(array.name): \(array.shape.map(String.init).joined(separator: " × ")) bytes at "
                    + "each of \(array.steps.count) steps")
        }
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
        let selector = try TrialSelector(trials, in: reader)
        for number in selector.numbers {
            let detail = try reader.trial(number, of: selector.opened.sweep)
            let object = TrialObject(
                sweep: selector.opened.sweep.name, trial: selector.opened.file.plan.trial(number),
                attempt: detail.row.attempt, result: detail.row.result, failure: detail.failure,
                progress: detail.progress, checkpoint: detail.checkpoint)
            if output.json {
                Terminal.printJSON(object.json(curves: curves))
            } else {
                object.show()
            }
        }
    }
}

struct TrialRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Trains a trial here, with the same bits, and stores nothing.",
        discussion: """
            swingby trial run fig2a/13
            swingby trial run fig2a/13 --weights final.safetensors

            Ends with 6 where the store has another digest.
            """)

    @Argument(help: "The trials.")
    var trials: String

    @Option(help: "How many threads a trial may use.")
    var threads = 1

    @Flag(help: "With every point of every curve (JSON).")
    var curves = false

    @Option(help: "Where to write the final weights, as safetensors; for one trial.")
    var weights: String?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1024).contains(threads) else {
            throw ValidationError("--threads is from 1 to 1024")
        }
    }

    func run() async throws {
        let reader = try store.reader()
        let selector = try TrialSelector(trials, in: reader)
        let sweep = selector.opened.sweep
        if weights != nil { _ = try selector.onlyNumber() }
        var differ = false
        for number in selector.numbers {
            let trial = selector.opened.file.plan.trial(number)
            let (result, tensors) = try await TrialRunner.train(
                trial.spec, store: store, threads: threads)
            let object = TrialObject(sweep: sweep.name, trial: trial, attempt: 0, result: result)
            if output.json {
                Terminal.printJSON(object.json(curves: curves))
            } else {
                object.show()
            }
            let stored = try reader.trial(number, of: sweep).row.result
            if let stored, stored.digest != result.digest {
                Terminal.complain("\(sweep.name)/\(number): the store has digest \(stored.digest)")
                differ = true
            } else if let weights {
                try WeightsExport.write(tensors, ofKind: trial.spec.kind, to: weights)
            }
        }
        if differ { throw CommandFailure(.digestDiffers) }
    }
}
