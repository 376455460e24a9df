import ArgumentParser
import Figures
import Store
import Sweeps

struct TrialData: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Draws images that a trial trains on, a row a class, with gnuplot.",
        discussion: """
            swingby trial data fig6/1 --out data.png
            swingby trial data fig6/1 --each 16 --out data.svg

            Nothing is trained for it, and the trial need not have run.
            """)

    @Argument(help: "The trial.")
    var trial: String

    @Option(help: "FILE.png, FILE.svg, FILE.pdf, or a folder for the gnuplot script and its data.")
    var out: String

    @Option(help: "How many images of each class.")
    var each = 10

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard (1...64).contains(each) else { throw ValidationError("--each is from 1 to 64") }
    }

    func run() async throws {
        let selector = try TrialSelector(trial, in: try store.reader())
        let number = try selector.onlyNumber()
        let spec = selector.opened.file.plan.trial(number).spec
        guard let kind = try TrialRunner.kind(of: spec) as? any DataShowing else {
            throw CommandFailure(.failed, "trials of the kind '\(spec.kind)' have no images")
        }
        let title = "data of \(selector.opened.sweep.name)/\(number)"
        try await Sheet(title: title, data: try kind.data(of: spec, each: each)).write(to: out)
    }
}
