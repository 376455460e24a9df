import DiffusionTrials
import Foundation
import SIMTrials
import Sweeps
import Testing

@testable import Claims

/// Stands for weights that a plan names and does not read.
struct TrainedElsewhere: AttachmentSource {
    func attachment(_ name: String, withBytes: Bool) throws(AttachmentError) -> Sweeps.Attachment {
        Sweeps.Attachment(name: name, digest: Digest256(hashing: Array(name.utf8)), bytes: nil)
    }
}

@Suite("The claims")
struct ClaimTests {
    /// The sweep file of a claim, as it is in the repository.
    static func plan(_ name: String, _ overrides: [String] = []) throws -> Plan {
        try file(name, overrides).plan
    }

    private static func file(_ name: String, _ overrides: [String] = []) throws -> SweepFile {
        let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = repository.appending(path: "sweeps/\(name).yaml")
        return try SweepFile(
            text: Array(Data(contentsOf: file)), path: file.path(percentEncoded: false),
            overrides: overrides, files: TrainedElsewhere(),
            kinds: [SIMKind(), MatrixKind(), DiffusionKind()])
    }

    @Test("draw no two figures into one file: these are named by claim and figure")
    func figureNames() throws {
        for claim in Claim.all + Claim.images + Claim.beyond {
            let names = try claim.sweeps.flatMap { try Self.file($0).figures.map(\.name) }
            #expect(Set(names).count == names.count, "\(claim.id): \(names)")
        }
    }

    /// Results of a plan that nobody ran: each trial as `result` says.
    static func results(
        of plan: Plan, _ result: (Configuration, _ replicate: Int) -> TrialResult
    ) -> SweepResults {
        var results = SweepResults(plan: plan)
        for number in 1...plan.trialCount {
            let trial = plan.trial(number)
            results.add(
                TrialRow(
                    number: number, state: .finished, attempt: 1,
                    result: result(trial.spec.configuration, trial.replicate)))
        }
        return results
    }

    static func result(_ scalars: [Scalar], curves: [Curve] = []) -> TrialResult {
        TrialResult(outcome: .finished, curves: curves, scalars: scalars, weights: [])
    }

    static func claim(_ id: String) throws -> Claim {
        try #require((Claim.all + Claim.images).first { $0.id == id })
    }

    @Test(
        "have each an id of its own, and sweep files that are read; without results they stay open")
    func files() throws {
        let claims = Claim.all + Claim.images + Claim.beyond
        #expect(Set(claims.map(\.id)).count == claims.count)
        for claim in claims where !claim.sweeps.isEmpty {
            let empty = try (claim.sweeps + claim.pursuit).map {
                SweepResults(plan: try Self.plan($0))
            }
            let verdict = try claim.findings(empty).verdict
            #expect(verdict == .fail || verdict == .inconclusive, "\(claim.id)")
        }
    }

    @Test("that are identities hold", arguments: ["R1", "R2", "R14"])
    func identities(id: String) throws {
        let findings = try Self.claim(id).findings([])
        #expect(!findings.isEmpty)
        #expect(findings.verdict == .pass, "\(findings)")
    }

    @Test("of Figure 5 hold for the trials themselves")
    func figure5() async throws {
        let plan = try Self.plan("fig5")
        var results = SweepResults(plan: plan)
        for number in 1...plan.trialCount {
            let result = try await plan.kind.run(plan.trial(number).spec, context: TrialContext())
            results.add(TrialRow(number: number, state: .finished, attempt: 1, result: result))
        }
        let findings = try Self.claim("R15").findings([results])
        #expect(findings.verdict == .pass, "\(findings)")
    }

    /// Made-up seeds: those with a positive entry swing as often as `swinging` of ten, those with a
    /// negative one if told so.
    @Test(
        "of the sign are judged by what came out",
        arguments: [(4, false, Verdict.pass), (4, true, .fail), (0, false, .fail)])
    func sign(swinging: Int, negativesSwing: Bool, verdict: Verdict) throws {
        let results = Self.results(of: try Self.plan("sign")) { _, replicate in
            let isPositive = replicate % 2 == 0
            let swings = isPositive ? replicate / 2 % 10 < swinging : negativesSwing
            return Self.result(
                [Scalar(name: "swing", value: swings ? 1 : 0)],
                curves: [Curve(name: "w/2/1", steps: [0], values: [isPositive ? 1 : -1])])
        }
        #expect(try Self.claim("R19b").findings([results]).verdict == verdict)
    }

    @Test(
        "of the signals' ratio are open where the seeds are too few",
        arguments: [(200, 0.8, Verdict.pass), (20, 0.75, .inconclusive), (200, 0.4, .fail)])
    func separation(seeds: Int, share: Double, verdict: Verdict) throws {
        func swing(_ isUp: Bool) -> TrialResult {
            Self.result([Scalar(name: "swing", value: isUp ? 1 : 0)])
        }
        let diversity = Self.results(of: try Self.plan("diversity")) { cell, replicate in
            let deviation = cell["flow.deviation"]?.numbers?.first ?? 0
            return swing(Double(replicate) > 100 * deviation)
        }
        let ratio = Self.results(of: try Self.plan("ratio", ["seeds.count=\(seeds)"])) {
            cell, replicate in
            let isEqual = cell["flow.signal"]?.numbers == [1, 1]
            return swing(!isEqual && Double(replicate) <= share * Double(seeds))
        }
        #expect(try Self.claim("R21").findings([diversity, ratio]).verdict == verdict)
    }

    @Test("are told on a page whose verdict the summary repeats")
    func pages() throws {
        let claim = try Self.claim("R17")
        let page = ResultsPage(
            claim, findings: [Finding("a | b", measured: "1", .pass)],
            sweeps: [.init(file: "fig10", cellCount: 10, seedCount: 1, table: "| t |")])
        #expect(page.markdown.hasPrefix("# R17: "))
        #expect(page.markdown.contains("| a \\| b | 1 | pass |"))
        let summary = ResultsPage.summary { $0 == "R17" ? page.markdown : nil }
        #expect(summary.contains("| [R17](R17.md) | \(claim.title) | **pass** (all 1 met) |"))
        #expect(summary.contains("| R18 |"))
        #expect(summary.contains("not run"))
    }
}
