import ArgumentParser
import Store
import Sweeps

struct SweepWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Waits until sweeps are over.",
        discussion: """
            swingby sweep wait last --timeout 4:00:00
            swingby sweep wait all

            Ends with 0, with 3 where trials failed, with 4 where the sweep was cancelled, with 5
            when the timeout passed.
            """)

    @Argument(help: "The sweep, or several.")
    var sweeps = "last"

    @Option(help: "Give up after this long: 90s, 15m, 4:00:00.")
    var timeout: DurationArgument?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let end = timeout.map { ContinuousClock.now + $0.duration }
        var all: [SweepProgress] = []
        for sweep in try reader.sweeps(sweeps) {
            let progress = try await waitForSweep(sweep.id, in: reader, until: end)
            if output.json { Terminal.printJSON(progress.json) }
            all.append(progress)
        }
        for progress in all { try progress.failIfTrialsFailed() }
    }
}

/// Polls the store until the sweep is over, with a progress line meanwhile.
///
/// - Throws: `CommandFailure` with `.timeout`.
func waitForSweep(
    _ id: Int, in reader: StoreReader, until end: ContinuousClock.Instant? = nil
) async throws -> SweepProgress {
    var line = ProgressLine()
    var isServed = true
    let start = ContinuousClock.now
    while true {
        let progress = try SweepProgress(reader.sweep("\(id)"), in: reader)
        line.show(progress)
        let mayBeServed = try reader.coordinator().mayRun
        if isServed, !mayBeServed, !progress.isOver {
            line.finish()
            Terminal.note("no coordinator serves this store; 'swingby coordinator start' goes on")
        }
        isServed = mayBeServed
        if progress.isOver {
            line.finish()
            return progress
        }
        if let end, end <= .now {
            line.finish()
            throw CommandFailure(
                .timeout,
                "\(progress.sweep.name) has \(progress.sweep.planned - progress.over) "
                    + "trials to go; it goes on without this command")
        }
        // A short sweep is looked at often, a long one costs the machine that trains it little.
        let pause = min(max((.now - start) / 50, .milliseconds(50)), .seconds(1))
        try await Task.sleep(for: pause)
    }
}
