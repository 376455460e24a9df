import ArgumentParser
import Coordination
import Report
import Store
import Sweeps
import UnixSignals

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a sweep on this machine: coordinator, workers, and its tables at the end.",
        discussion: """
            swingby run sweeps/quickstart.yaml
            swingby run sweeps/fig2a.yaml seeds.count=20 --workers 8

            swingby run sweeps/fig2a.yaml seeds.count=40 --extend

            Started again it goes on where it ended, however that was.
            """)

    @OptionGroup var file: SweepFileArgument

    @Option(help: "How many worker processes (default: one a core).")
    var workers: Int?

    @Option(help: "How many threads a trial may use (default: as the file says, else 1).")
    var threads: Int?

    @Flag(help: "Run a sweep that began with another version of its kind anew.")
    var rerun = false

    @Flag(help: "Give the sweep of this name, which has another plan, this larger one.")
    var extend = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...1024).contains(workers ?? 1) else {
            throw ValidationError("--workers is from 1 to 1024")
        }
        guard (1...1024).contains(threads ?? 1) else {
            throw ValidationError("--threads is from 1 to 1024")
        }
    }

    func run() async throws {
        var file = file
        if let threads { file.overrides.append("run.threads=\(threads)") }
        var loaded = try await file.load(store)
        loaded.source.isRerun = rerun
        if extend { loaded.source.extended = loaded.sweep.name }
        let (sweep, signal) = try await LocalRun(
            loaded, storePath: store.path, workers: workers
        ).run()
        try finish(sweep, signal: signal)
    }

    private func finish(_ sweep: InsertedSweep, signal: UnixSignal?) throws {
        let reader = try store.reader()
        let progress = try SweepProgress(reader.sweep("\(sweep.id)"), in: reader)
        if let signal, !progress.isOver {
            let again = (["swingby run", file.file] + file.overrides).joined(separator: " ")
            Terminal.note(
                "stopped: \(progress.over) of \(sweep.planned) trials are stored, the rest is "
                    + "handed back. To go on: \(again)\(store.asTyped)")
            throw CommandFailure(signal.exitStatus)
        }
        if output.json {
            Terminal.printJSON(progress.json)
        } else {
            let opened = try OpenedSweep("\(sweep.id)", in: reader)
            for spec in opened.file.tables {
                let table = try summaryTable(spec, of: opened, in: reader)
                print(table.text(color: Terminal.usesColor), terminator: "")
            }
            for figure in opened.file.figures {
                print(
                    "figure: swingby figure \(sweep.name) \(figure.name) --out "
                        + "\(sweep.name)-\(figure.name).png\(store.asTyped)")
            }
        }
        try progress.failIfTrialsFailed()
    }
}
