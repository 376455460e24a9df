import ArgumentParser
import Store
import Sweeps

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
        let selectors = try TrialSelector.all(trials, in: reader)
        if weights != nil { _ = try TrialSelector(trials, in: reader).onlyNumber() }
        var differ = false
        for selector in selectors {
            for number in selector.numbers {
                if try await !run(number, of: selector.opened, reader) { differ = true }
            }
        }
        if differ { throw CommandFailure(.digestDiffers) }
    }

    /// - Returns: Whether the store has no other digest.
    private func run(
        _ number: Int, of opened: OpenedSweep, _ reader: StoreReader
    ) async throws -> Bool {
        let (sweep, trial) = (opened.sweep, opened.file.plan.trial(number))
        let (result, tensors) = try await TrialRunner.train(
            trial.spec, files: store.files, threads: threads)
        let object = TrialObject(sweep: sweep.name, trial: trial, attempt: 0, result: result)
        if output.json {
            Terminal.printJSON(object.json(curves: curves))
        } else {
            object.show()
        }
        let stored = try reader.trial(number, of: sweep, curves: .none).row.result
        if let stored, stored.digest != result.digest {
            Terminal.complain("\(sweep.name)/\(number): the store has digest \(stored.digest)")
            return false
        }
        if let weights {
            try WeightsExport.write(tensors, ofKind: trial.spec.kind, to: weights)
        }
        return true
    }
}
