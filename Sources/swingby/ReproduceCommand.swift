import ArgumentParser
import Claims
import Coordination
import Figures
import Foundation
import Report
import Store
import Sweeps

struct ReproduceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reproduce",
        abstract: "Runs what claims of the paper need, and judges them.",
        discussion: """
            swingby reproduce R15 R17
            swingby reproduce all
            swingby reproduce R23 R24 R25

            All are those on the SIM task and its theory; generators of images take hours. Writes a
            page a claim and a summary to docs/results. Where a claim stays open, its seeds are
            quadrupled once. Ends with 1 where a claim fails.
            """)

    @Argument(help: "Claims, as R15, or all.")
    var ids: [String]

    @Option(help: "Take so many seeds of every sweep that has more than one.")
    var seeds: Int?

    @Option(help: "T0, T1 or T2: how large trials are that come in tiers.")
    var tier: String?

    @Option(help: "The folder of the sweep files.")
    var sweeps = "sweeps"

    @Option(help: "The folder for the pages.")
    var out = "docs/results"

    @Option(help: "How many worker processes (default: one a core).")
    var workers: Int?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard !ids.isEmpty else { throw ValidationError("name claims, or all") }
        guard (1...100_000).contains(seeds ?? 1) else {
            throw ValidationError("--seeds is from 1 to 100000")
        }
        guard (1...1024).contains(workers ?? 1) else {
            throw ValidationError("--workers is from 1 to 1024")
        }
        let known = (Claim.all + Claim.images + Claim.beyond).map(\.id)
        for id in ids where id != "all" && !known.contains(id) {
            throw ValidationError(
                "no claim '\(id)'; known are \(known.joined(separator: ", ")), and all")
        }
    }

    func run() async throws {
        let claims =
            Claim.all.filter { ids.contains("all") || ids.contains($0.id) }
            + (Claim.images + Claim.beyond).filter { ids.contains($0.id) }
        var failed: [String] = []
        for claim in claims {
            let start = ContinuousClock.now
            var page = try await judge(claim, seeds: seeds)
            if page.findings.verdict == .inconclusive, seeds == nil, !claim.sweeps.isEmpty {
                page = try await judge(claim, seeds: nil, factor: 4)
            }
            try write(page)
            show(page, elapsed: start.duration(to: .now))
            if page.findings.verdict == .fail { failed.append(claim.id) }
        }
        guard failed.isEmpty else {
            throw CommandFailure(.failed, "failed: \(failed.joined(separator: ", "))")
        }
    }

    private func judge(_ claim: Claim, seeds: Int?, factor: Int = 1) async throws -> ResultsPage {
        var results: [SweepResults] = []
        var sweeps: [ResultsPage.Sweep] = []
        for name in claim.sweeps + claim.pursuit {
            let (result, sweep) = try await measure(
                name, for: claim, seeds: seeds,
                factor: claim.pursuit.contains(name) ? 1 : factor)
            results.append(result)
            sweeps.append(sweep)
        }
        return ResultsPage(claim, findings: try claim.findings(results), sweeps: sweeps)
    }

    /// Runs what is missing of a sweep, and reads it.
    private func measure(
        _ name: String, for claim: Claim, seeds: Int?, factor: Int
    ) async throws -> (SweepResults, ResultsPage.Sweep) {
        let run = LocalRun(
            try await load(name, seeds: seeds, factor: factor), storePath: store.path,
            workers: workers)
        let (inserted, signal) = try await run.run()
        if let signal {
            throw CommandFailure(
                signal.exitStatus,
                "stopped in \(inserted.name), whose results so far are stored; the same command "
                    + "goes on")
        }
        let reader = try store.reader()
        let opened = try OpenedSweep("\(inserted.id)", in: reader)
        var results = SweepResults(plan: opened.file.plan)
        try reader.forEachRow(of: opened.sweep, curves: .all) { results.add($0) }
        let table = try opened.file.tables.first.map {
            try summaryTable($0, of: opened, in: reader).formatted(.md, color: false)
        }
        let plan = opened.file.plan
        // Further sweeps have figures of the same names.
        let prefix = claim.pursuit.contains(name) ? "\(claim.id)-\(name)" : claim.id
        return (
            results,
            ResultsPage.Sweep(
                file: name, cellCount: plan.cellCount, seedCount: plan.seeds.count,
                table: table ?? "", figures: try await draw(opened, in: reader, prefix))
        )
    }

    /// The sweep file with as many seeds, and the tier, as asked; what differs from the file has a
    /// name of its own.
    private func load(_ name: String, seeds: Int?, factor: Int) async throws -> LoadedSweep {
        let path = URL(filePath: sweeps).appending(path: "\(name).yaml")
            .path(percentEncoded: false)
        let plain: LoadedSweep
        do {
            plain = try await LoadedSweep(path: path, store: store)
        } catch let error as CommandFailure where error.status == .usage {
            throw CommandFailure(
                .usage, "\(path): cannot be read; --sweeps names the folder of the sweep files")
        }
        let plan = plain.sweep.plan
        let own = plan.seeds.count
        let count = own == 1 ? 1 : seeds ?? own * factor
        var (suffix, overrides) = ("", [String]())
        if count != own {
            suffix += "-\(count)"
            overrides.append("seeds.count=\(count)")
        }
        if let tier {
            guard plan.kind.parameters.contains(where: { $0.name == "tier" }) else {
                throw CommandFailure(
                    .usage, "\(path): kind '\(plan.kind.name)' has no tiers; leave out --tier")
            }
            suffix += "-\(tier)"
            overrides.append("tier=\(tier)")
        }
        guard !overrides.isEmpty else { return plain }
        let text = plain.source.text.replacing(
            "name: \(name)\n", with: "name: \(name)\(suffix)\n")
        return try await LoadedSweep(
            path: path, text: Array(text.utf8), overrides: overrides, store: store)
    }

    /// Draws the figures of a sweep.
    ///
    /// - Parameter prefix: What their files' names begin with.
    private func draw(
        _ opened: OpenedSweep, in reader: StoreReader, _ prefix: String
    ) async throws -> [String] {
        var files: [String] = []
        for spec in opened.file.figures {
            let figure = try drawing(spec, of: opened, in: reader)
            files.append("\(prefix)-\(spec.name).svg")
            try FileManager.default.createDirectory(
                at: URL(filePath: out), withIntermediateDirectories: true)
            let place = URL(filePath: out).appending(path: files[files.count - 1])
            try await figure.write(to: place.path(percentEncoded: false))
        }
        return files
    }

    private func write(_ page: ResultsPage) throws {
        let folder = URL(filePath: out)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(page.markdown.utf8)
            .write(to: folder.appending(path: "\(page.claim.id).md"), options: .atomic)
        let summary = ResultsPage.summary { id in
            // No page yet is what the summary says of a claim that was not run.
            try? String(contentsOf: folder.appending(path: "\(id).md"), encoding: .utf8)
        }
        try Data(summary.utf8).write(to: folder.appending(path: "README.md"), options: .atomic)
    }

    private func show(_ page: ResultsPage, elapsed: Duration) {
        // To a pipe too, a line comes when it is known.
        defer { fflush(nil) }
        let verdict = page.findings.verdict
        guard output.json else {
            print("\(page.claim.id) \(verdict): \(page.claim.title) (\(page.findings.summary))")
            return
        }
        Terminal.printJSON([
            "schema": 1, "id": .string(page.claim.id), "claim": .string(page.claim.title),
            "criterion": .string(page.claim.criterion),
            "measured": .string(page.findings.summary), "n": .integer(page.trialCount),
            "verdict": .string(verdict.rawValue),
            "seconds": .number((elapsed / .milliseconds(1)).rounded() / 1000),
        ])
    }
}
