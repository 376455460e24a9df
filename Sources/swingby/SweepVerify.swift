import ArgumentParser
import Store
import Sweeps

struct SweepVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Proves that every planned trial is counted exactly once, and its bits right.",
        discussion: """
            swingby sweep verify fig2a
            swingby sweep verify fig2a --sample 5%
            swingby sweep verify all
            swingby sweep verify --bundle fig2a.bundle --sample 5%

            Without an option it compares plan and store. With --sample or --all it trains trials
            again, here, and compares digests. Ends with 6 where a digest differs, with 1 where
            anything else is wrong.
            """)

    @Argument(help: "The sweep, or several.")
    var sweeps: String?

    @Option(help: "Verify the sweep of a file that 'export SEL bundle' wrote; no store is needed.")
    var bundle: String?

    @Option(help: "Train this share of the trials again: 5%.")
    var sample: String?

    @Flag(help: "Train every trial again.")
    var all = false

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if bundle != nil, sweeps != nil || store.folder != nil {
            throw ValidationError("--bundle has its sweep within; leave sweep and store out")
        }
    }

    func run() async throws {
        let reader = try bundle.map { try StoreReader(bundle: $0) } ?? store.reader()
        let files = bundle == nil ? store.files : reader.bundledFiles
        var (areSound, differing) = (true, 0)
        for sweep in try reader.sweeps(sweeps ?? "last") {
            let (isSound, mismatches) = try await verify(
                OpenedSweep(sweep, in: reader), reader, files)
            areSound = areSound && isSound
            differing += mismatches
        }
        if differing > 0 { throw CommandFailure(.digestDiffers) }
        if !areSound { throw CommandFailure(.failed) }
    }

    private func verify(
        _ stored: OpenedSweep, _ reader: StoreReader, _ files: @escaping TrialFiles
    ) async throws -> (isSound: Bool, mismatches: Int) {
        let audit = try reader.audit(stored.sweep, against: stored.file.plan)
        let numbers = try sampled(of: stored, in: reader)
        var mismatches = audit.digestMismatches
        for (number, digest) in numbers {
            let result = try await TrialRunner.run(
                stored.file.plan.trial(number).spec, files: files)
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
                "schema": 1, "name": .string(stored.sweep.name),
                "planned": .integer(audit.planned), "rows": .integer(audit.rows),
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
        return (isSound, mismatches)
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
