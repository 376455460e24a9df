import ArgumentParser
import Store
import Sweeps

struct TrialExport: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a trial as a PyTorch program, with its weights and data.",
        discussion: """
            swingby trial export fig2a/13 --python fig2a-13
            python fig2a-13/train.py

            Trains the trial here first; ends with 6 where the store has another digest.
            """)

    @Argument(help: "The trial.")
    var trial: String

    @Option(help: "The folder to make; the program needs torch and numpy.")
    var python: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let selector = try TrialSelector(trial, in: reader)
        let number = try selector.onlyNumber()
        let spec = selector.opened.file.plan.trial(number).spec
        guard let kind = try TrialRunner.kind(of: spec) as? any PythonExporting else {
            throw CommandFailure(
                .failed, "trials of the kind '\(spec.kind)' cannot be written for Python")
        }
        let export = try await kind.python(spec, context: TrialContext(file: store.files))
        try selector.check(export.result, of: number, in: reader)
        try OutputFile.write(folder: export.files, to: python)
        if output.json {
            Terminal.printJSON([
                "schema": 1, "folder": .string(python),
                "files": .array(export.files.keys.sorted().map(JSONValue.string)),
            ])
        } else {
            print("wrote \(python); to train it: python \(python)/train.py")
        }
    }
}

extension TrialSelector {
    /// - Throws: `CommandFailure` where more than one trial is named.
    func onlyNumber() throws -> Int {
        guard numbers.count == 1 else {
            throw CommandFailure(
                .usage,
                "\(numbers.count) trials are named; name one, as \(opened.sweep.name)/1")
        }
        return numbers.lowerBound
    }

    /// - Throws: `CommandFailure` where the store has a result of another digest.
    func check(_ result: TrialResult, of number: Int, in reader: StoreReader) throws {
        let stored = try reader.trial(number, of: opened.sweep).row.result
        if let stored, stored.digest != result.digest {
            throw CommandFailure(
                .digestDiffers,
                "\(opened.sweep.name)/\(number): the store has digest \(stored.digest), here it is "
                    + "\(result.digest); nothing was written")
        }
    }
}
