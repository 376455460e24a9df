import ArgumentParser
import Coordination
import Foundation
import Store
import Sweeps

struct BenchDispatch: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dispatch",
        abstract: "Times trials that do nothing: what handing out, taking in and storing cost.",
        discussion: """
            swingby bench dispatch --json
            swingby bench dispatch --trials 5000 --sleep 1
            swingby bench dispatch --kill

            Starts a coordinator and workers as processes, with keys and a store on disk like any
            other; each trial has a lease and a result, committed before they are told.
            """)

    @Option(help: "How many trials.")
    var trials = 100_000

    @Option(help: "How many worker processes.")
    var workers = 2

    @Option(help: "How many milliseconds a trial sleeps.")
    var sleep = 0.0

    @Flag(help: "Kill the coordinator half-way, start it again, and check that nothing is lost.")
    var kill = false

    @Option(help: "A folder for the store, which must not be there yet; it is kept.")
    var store: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (10...10_000_000).contains(trials), trials.isMultiple(of: 10) else {
            throw ValidationError("--trials is from 10 to 10000000, in tens")
        }
        guard (1...256).contains(workers) else {
            throw ValidationError("--workers is from 1 to 256")
        }
        guard (0...60_000).contains(sleep) else {
            throw ValidationError("--sleep is from 0 to 60000 milliseconds")
        }
    }

    func run() async throws {
        // A signal cancels the measurement, which then clears away what it has started.
        if let signal = try await SignalWatch.run(measure) {
            throw CommandFailure(signal.exitStatus)
        }
    }

    @Sendable private func measure() async throws {
        let folder =
            store ?? FileManager.default.temporaryDirectory.path + "/swingby-bench-\(getpid())"
        guard !FileManager.default.fileExists(atPath: folder) else {
            throw CommandFailure(.usage, "\(folder) is there already; name a new folder")
        }
        let cluster = BenchCluster(folder: folder)
        defer {
            cluster.kill()
            if store == nil { try? FileManager.default.removeItem(atPath: folder) }  // best effort
        }
        let start = ContinuousClock.now
        try await cluster.start(workers: workers)
        try await cluster.submit(sweep("first", cells: 1, seeds: 1))
        try await cluster.wait(for: 1, of: "first", every: .milliseconds(2))
        let cold = start.duration(to: .now)

        let begin = ContinuousClock.now
        try await cluster.submit(sweep("many", cells: trials / 10, seeds: 10))
        let submitted = begin.duration(to: .now)
        if kill {
            try await cluster.wait(for: trials / 2, of: "many", every: .milliseconds(2))
            try await cluster.killAndRestart()
        }
        try await cluster.wait(for: trials, of: "many", every: .milliseconds(5))
        let time = begin.duration(to: .now)
        try report(
            time: time, cold: cold, submitted: submitted, memory: cluster.coordinatorPeakInMiB,
            folder: folder)
    }

    private func sweep(_ name: String, cells: Int, seeds: Int) -> SweepSource {
        let index =
            cells == 1 ? "{value: 0}" : "{range: {start: 0, stop: \(cells), step: 1}}"
        return SweepSource(
            path: "\(name).yaml",
            text: """
                name: \(name)
                kind: noop
                parameters:
                  index: \(index)
                  sleep: {value: \(name == "first" ? 0 : sleep / 1000)}
                seeds: {count: \(seeds), root: \(name == "first" ? 1 : 2)}
                """, overrides: [])
    }

    private func report(
        time: Duration, cold: Duration, submitted: Duration, memory: Double, folder: String
    ) throws {
        let reader = try StoreReader(opening: folder)
        let opened = try OpenedSweep("many", in: reader)
        let audit = try reader.audit(opened.sweep, against: opened.file.plan)
        let status = try reader.status(of: opened.sweep)
        let seconds = time / .seconds(1)
        let ideal = Double(trials) * sleep / 1000 / Double(workers)
        let ratio = ideal > 0 ? BenchTimes.rounded(seconds / ideal) : nil
        let bytes = databaseSize(folder) / trials
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "dispatch", "peer": "swingby",
                "version": .string(programVersion), "kind": "call", "durable": true,
                "tasks": .integer(trials), "workers": .integer(workers),
                "sleep_ms": .number(sleep), "killed": .bool(kill),
                "seconds": .number(BenchTimes.rounded(seconds)),
                "tasks_per_s": .number(BenchTimes.rounded(Double(trials) / seconds)),
                "us_per_task": .number(BenchTimes.rounded(seconds / Double(trials) * 1e6)),
                "makespan_ratio": ratio.map(JSONValue.number) ?? .null,
                "submit_s": .number(BenchTimes.rounded(submitted / .seconds(1))),
                "cold_start_s": .number(BenchTimes.rounded(cold / .seconds(1))),
                "rss_mb": .number(BenchTimes.rounded(memory)),
                "store_bytes_per_task": .integer(bytes),
                "attempts": .integer(status.attempts),
                "duplicates": .integer(status.duplicates), "verified": .bool(audit.isSound),
            ])
        } else {
            print(
                "\(trials) trials in \(BenchTimes.rounded(seconds)) s: "
                    + "\(BenchTimes.rounded(Double(trials) / seconds)) a second"
                    + (ratio.map { ", \($0) of the ideal time" } ?? ""))
            print(
                "first result after \(BenchTimes.rounded(cold / .seconds(1))) s, coordinator "
                    + "\(BenchTimes.rounded(memory)) MiB, store \(bytes) bytes a trial")
            print(
                "\(status.attempts) attempts, \(status.duplicates) duplicates, "
                    + (audit.isSound ? "verified" : "NOT SOUND: \(audit.problems)"))
        }
        guard audit.isSound else { throw CommandFailure(.failed, "the store is not sound") }
    }

    private func databaseSize(_ folder: String) -> Int {
        let size = try? FileManager.default.attributesOfItem(  // gone: 0
            atPath: folder + "/store.sqlite")[.size]
        return (size as? NSNumber)?.intValue ?? 0
    }
}
