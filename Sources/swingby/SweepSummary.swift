import ArgumentParser
import Store
import Sweeps

struct SweepSummary: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "summary", abstract: "Says what was done since a while ago, sweep by sweep.",
        discussion: """
            swingby sweep summary --since 12h
            swingby sweep summary --since 1-00:00:00 --json

            Sweeps of which nothing ended in that time, and that were not submitted in it, are left
            out unless they are under way. A trial that sweeps share is counted in each.
            """)

    @Option(help: "How long ago: 90s, 15m, 12h, 1-00:00:00.")
    var since: DurationArgument

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let start = currentMilliseconds() - Int64(since.duration / .milliseconds(1))
        let activity = try reader.activity(since: start)
        var all: [(progress: SweepProgress, done: SweepActivity)] = []
        for sweep in try reader.sweeps() {
            let progress = try SweepProgress(sweep, in: reader)
            let done = activity[sweep.id] ?? SweepActivity()
            if done != SweepActivity() || sweep.submitted >= start || !progress.isOver {
                all.append((progress, done))
            }
        }
        if output.json {
            Terminal.printJSON([
                "schema": 1, "since": .number(Double(start) / 1000),
                "sweeps": .array(all.map { json($0.progress, $0.done) }),
            ])
            return
        }
        print("since \(Terminal.time(start))")
        if all.isEmpty { print("no sweep was submitted or under way") }
        if all.isEmpty { return }
        Terminal.printTable(
            header: ["id", "name", "state", "finished", "diverged", "failed", "lost", "to go"],
            rows: all.map { progress, done in
                [
                    "\(progress.sweep.id)", progress.sweep.name, progress.state,
                    "\(done.finished)", "\(done.diverged)", "\(done.failed)", "\(done.lost)",
                    "\(progress.sweep.planned - progress.over)",
                ]
            })
    }

    private func json(_ progress: SweepProgress, _ done: SweepActivity) -> JSONValue {
        [
            "id": .integer(progress.sweep.id), "name": .string(progress.sweep.name),
            "state": .string(progress.state), "finished": .integer(done.finished),
            "diverged": .integer(done.diverged), "failed": .integer(done.failed),
            "lost_attempts": .integer(done.lost),
            "to_go": .integer(progress.sweep.planned - progress.over),
            "eta_seconds": .optional(progress.secondsLeft),
        ]
    }
}
