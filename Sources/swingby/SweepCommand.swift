import ArgumentParser
import Cluster
import Foundation
import Store
import Sweeps

struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Lists sweeps, says how far they are, waits for them, checks and steers them.",
        discussion: """
            A sweep is named by its number, its name, or 'last' (the last one submitted); 'all' and
            a range of numbers, 1-10, name several.
            """,
        subcommands: [
            SweepList.self, SweepInfo.self, SweepStatusCommand.self, SweepSummary.self,
            SweepWait.self, SweepVerify.self, SweepExtend.self, SweepPause.self, SweepResume.self,
            SweepStop.self, SweepCancel.self, SweepRetry.self, SweepPriority.self,
        ])
}

struct SweepList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the store's sweeps.",
        discussion: """
            swingby sweep list --store ~/sweeps
            """)

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let all = try reader.sweeps().map { try SweepProgress($0, in: reader) }
        if output.json {
            Terminal.printJSON(["schema": 1, "sweeps": .array(all.map(\.json))])
            return
        }
        Terminal.printTable(
            header: ["id", "name", "state", "planned", "finished", "diverged", "failed"],
            rows: all.map { progress in
                let counts = progress.status.counts
                return [
                    "\(progress.sweep.id)", progress.sweep.name, progress.state,
                    "\(progress.sweep.planned)", "\(counts[.finished])", "\(counts[.diverged])",
                    "\(counts[.failed])",
                ]
            })
    }
}

struct SweepStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Says how far a sweep is.",
        discussion: """
            swingby sweep status
            swingby sweep status fig2a --json
            swingby sweep status all
            """)

    @Argument(help: "The sweep, or several.")
    var sweeps = "last"

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        for sweep in try reader.sweeps(sweeps) {
            let progress = try SweepProgress(sweep, in: reader)
            if output.json {
                Terminal.printJSON(progress.json)
            } else {
                progress.show()
            }
        }
    }
}
