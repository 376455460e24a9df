import ArgumentParser
import Cluster
import Foundation
import Store
import Sweeps

struct SweepCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Lists sweeps, says how far they are, waits for them, checks and steers them.",
        discussion: "A sweep is named by its number, its name, or 'last' (the last one submitted).",
        subcommands: [
            SweepList.self, SweepInfo.self, SweepStatusCommand.self, SweepSummary.self,
            SweepWait.self, SweepVerify.self, SweepExtend.self, SweepPause.self, SweepResume.self,
            SweepStop.self, SweepCancel.self, SweepRetry.self,
        ])
}

/// `sweep status --json` and what `wait` and `run` look at.
struct SweepProgress {
    let sweep: StoredSweep
    let status: SweepStatus

    init(_ selector: String, in reader: StoreReader) throws {
        sweep = try reader.sweep(selector)
        status = try reader.status(of: sweep)
    }

    var isOver: Bool { status.counts.isOver }
    var over: Int {
        TrialState.allCases.filter(\.isOver).reduce(0) { $0 + status.counts[$1] }
    }

    var state: String {
        if isOver { return status.counts[.cancelled] > 0 ? "cancelled" : "finished" }
        return switch sweep.control {
        case .active: "running"
        case .paused: "paused"
        case .stopped: "stopping"
        }
    }

    /// Trials a second since the last submission, those not counted that were known before; nil
    /// before there is a result.
    var rate: Double? {
        guard let started = status.started, let last = status.lastResult, status.fresh > 0 else {
            return nil
        }
        let begin = max(started, sweep.submitted)
        return last > begin ? Double(status.fresh) * 1000 / Double(last - begin) : nil
    }

    /// From the rate so far; nil before there is one.
    var secondsLeft: Double? {
        isOver ? 0 : rate.map { Double(sweep.planned - over) / $0 }
    }

    /// The status that a command which has waited for the sweep ends with.
    func failIfTrialsFailed() throws {
        let failed = status.counts[.failed]
        if failed > 0 {
            throw CommandFailure(
                .failedTrials,
                "\(failed) trials of \(sweep.name) failed; 'swingby trial list \(sweep.name) "
                    + "--state failed' shows why")
        }
        if status.counts[.cancelled] > 0 {
            throw CommandFailure(.cancelled, "\(sweep.name) was cancelled")
        }
    }

    var json: JSONValue {
        let counts = TrialState.allCases.map { state in
            JSONValue.Member(state.description, .integer(status.counts[state]))
        }
        return [
            "schema": 1, "id": .integer(sweep.id), "name": .string(sweep.name),
            "state": .string(state), "planned": .integer(sweep.planned),
            "counts": .object(counts), "attempts": .integer(status.attempts),
            "duplicates": .integer(status.duplicates),
            "digest_mismatches": .integer(status.digestMismatches),
            "started": status.started.map { .number(Double($0) / 1000) } ?? .null,
            "eta_seconds": .optional(secondsLeft),
            "workers": .integer(status.workers), "untrainable": .bool(status.isUntrainable),
        ]
    }

    func show() {
        print(
            "\(sweep.name) (sweep \(sweep.id)): \(state), \(over) of \(sweep.planned) trials over")
        for trialState in TrialState.allCases where status.counts[trialState] > 0 {
            print("  \(trialState) \(status.counts[trialState])")
        }
        print(
            "  attempts \(status.attempts), duplicates \(status.duplicates), "
                + "digest mismatches \(status.digestMismatches), workers \(status.workers)")
        if status.isUntrainable {
            print(
                "  no connected worker can train \(sweep.kind) version \(sweep.version): "
                    + "start one of the program that began the sweep")
        }
        if let left = secondsLeft, !isOver {
            print("  about \(Terminal.duration(seconds: left)) left")
        }
    }
}

func currentMilliseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1000)
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
        let all = try reader.sweeps().map { try SweepProgress("\($0.id)", in: reader) }
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
            """)

    @Argument(help: "The sweep.")
    var sweep = "last"

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let progress = try SweepProgress(sweep, in: store.reader())
        if output.json {
            Terminal.printJSON(progress.json)
        } else {
            progress.show()
        }
    }
}

struct SweepWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Waits until a sweep is over.",
        discussion: """
            swingby sweep wait last --timeout 4:00:00

            Ends with 0, with 3 where trials failed, with 4 where the sweep was cancelled, with 5
            when the timeout passed.
            """)

    @Argument(help: "The sweep.")
    var sweep = "last"

    @Option(help: "Give up after this long: 90s, 15m, 4:00:00.")
    var timeout: DurationArgument?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let progress = try await waitForSweep(sweep, in: reader, timeout: timeout?.duration)
        if output.json { Terminal.printJSON(progress.json) }
        try progress.failIfTrialsFailed()
    }
}

/// Polls the store until the sweep is over, with a progress line meanwhile.
///
/// - Throws: `CommandFailure` with `.timeout`.
func waitForSweep(
    _ selector: String, in reader: StoreReader, timeout: Duration? = nil
) async throws -> SweepProgress {
    let start = ContinuousClock.now
    var line = ProgressLine()
    var isServed = true
    while true {
        let progress = try SweepProgress(selector, in: reader)
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
        if let timeout, start.duration(to: .now) >= timeout {
            line.finish()
            throw CommandFailure(
                .timeout,
                "\(progress.sweep.name) has \(progress.sweep.planned - progress.over) "
                    + "trials to go; it goes on without this command")
        }
        try await Task.sleep(for: .milliseconds(200))
    }
}

struct SweepVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Proves that every planned trial is counted exactly once, and its bits right.",
        discussion: """
            swingby sweep verify fig2a
            swingby sweep verify fig2a --sample 5%

            Without an option it compares plan and store. With --sample or --all it trains trials
            again, here, and compares digests. Ends with 6 where a digest differs, with 1 where
            anything else is wrong.
            """)

    @Argument(help: "The sweep.")
    var sweep = "last"

    @Option(help: "Train this share of the trials again: 5%.")
    var sample: String?

    @Flag(help: "Train every trial again.")
    var all = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let stored = try OpenedSweep(sweep, in: reader)
        let audit = try reader.audit(stored.sweep, against: stored.file.plan)
        let numbers = try sampled(of: stored, in: reader)
        var mismatches = audit.digestMismatches
        for (number, digest) in numbers {
            let result = try await TrialRunner.run(
                stored.file.plan.trial(number).spec, store: store)
            if result.digest != digest {
                mismatches += 1
                Terminal.complain(
                    "trial \(stored.sweep.name)/\(number): the store has digest \(digest), here it "
                        + "is \(result.digest)")
            }
        }
        let isSound = audit.isSound && mismatches == 0
        if output.json {
            Terminal.printJSON([
                "schema": 1, "planned": .integer(audit.planned), "rows": .integer(audit.rows),
                "missing": .integer(audit.missing.count), "extra": .integer(audit.extra.count),
                "sampled": .integer(numbers.count), "digest_mismatches": .integer(mismatches),
                "problems": .array(audit.problems.map(JSONValue.string)), "ok": .bool(isSound),
            ])
        } else {
            print(
                "\(stored.sweep.name): \(audit.rows) rows of \(audit.planned) planned, "
                    + "\(audit.missing.count) missing, \(audit.extra.count) extra, "
                    + "\(numbers.count) trained again, \(mismatches) digests differ: "
                    + (isSound ? "ok" : "not ok"))
            for problem in audit.problems {
                print("  \(Terminal.harmless(problem))")
            }
        }
        if mismatches > 0 { throw CommandFailure(.digestDiffers) }
        if !isSound { throw CommandFailure(.failed) }
    }

    /// Evenly spread over the plan, so that the same share is the same trials.
    private func sampled(
        of stored: OpenedSweep, in reader: StoreReader
    ) throws -> [(Int, Digest256)] {
        let share = try share()
        guard share > 0 else { return [] }
        var results: [(Int, Digest256)] = []
        try reader.forEachRow(of: stored.sweep, curves: .none) { row in
            if let result = row.result { results.append((row.number, result.digest)) }
        }
        let count = min(results.count, Int((share * Double(results.count)).rounded(.up)))
        return (0..<count).map { results[$0 * results.count / count] }
    }

    private func share() throws -> Double {
        if all { return 1 }
        guard let sample else { return 0 }
        guard sample.hasSuffix("%"), let percent = Double(sample.dropLast()),
            percent > 0, percent <= 100
        else { throw CommandFailure(.usage, "--sample is a share, as 5%; '\(sample)' is none") }
        return percent / 100
    }
}
