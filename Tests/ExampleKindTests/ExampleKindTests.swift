import Foundation
import Sweeps
import Testing

/// The kind that docs/new-trial-kind.md makes is this target's `GrowthKind.swift`.
@Suite("The example of a new trial kind")
struct ExampleKindTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()

    private let kind = GrowthKind()

    /// The text of the page's only block in `language`.
    private func block(_ language: String) throws -> String {
        let page = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs/new-trial-kind.md")
        let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")
        let blocks = parts.filter { $0.hasPrefix(language + "\n") }
        try #require(blocks.count == 1)
        return String(blocks[0].dropFirst(language.count + 1))
    }

    private func run(_ values: [String: Value], seed: UInt64 = 1) async throws -> TrialResult {
        let complete = try kind.complete(Configuration(values))
        let spec = TrialSpec(
            kind: kind.name, version: kind.version, configuration: complete, seed: seed)
        return try await kind.run(spec, context: TrialContext())
    }

    @Test("is shown in the page as it is, in at most 80 lines")
    func page() throws {
        let code = try String(
            contentsOf: Self.folder.appending(path: "GrowthKind.swift"), encoding: .utf8)
        #expect(try block("swift") == code)
        #expect(code.split(separator: "\n", omittingEmptySubsequences: false).count <= 81)
    }

    @Test("plans the page's sweep and trains it, each cell near its theory")
    func sweep() async throws {
        let file = try SweepFile(
            text: Array(block("yaml").utf8), path: "growth.yaml", kinds: [kind])
        #expect(file.plan.cellCount == 6 && file.plan.trialCount == 120)
        for cell in stride(from: 0, to: 6, by: 1) {
            let configuration = file.plan.cell(at: cell).configuration
            let theory = try #require(kind.theory(of: configuration)?.scalars[0].value)
            var times: [Double] = []
            for seed in 1...20 {
                let spec = file.plan.trial(20 * cell + seed).spec
                let result = try await kind.run(spec, context: TrialContext())
                try times.append(#require(result.scalar("half_time") ?? nil))
            }
            // The start is random within a factor of ten or so: half a unit of ln w at a rate of 2a.
            let moment = configuration["task.moment"]?.number ?? 1
            let mean = times.reduce(0, +) / 20
            #expect(abs(mean - theory) < 100 / moment, "\(times)")
            #expect(times.min() != times.max())
        }
    }

    @Test("gives the same bits again, others for another seed or value")
    func bits() async throws {
        let first = try await run([:])
        #expect(try await run([:]) == first)
        #expect(try await run([:], seed: 2).digest != first.digest)
        #expect(try await run(["task.moment": .number(2)]).digest != first.digest)
        #expect(
            first.curves.map(\.name) + first.scalars.map(\.name)
                == kind.metrics(of: Configuration()).map(\.name))
    }

    @Test("says when it diverges")
    func divergence() async throws {
        let result = try await run([
            "task.moment": .number(100), "flow.step_size": .number(10),
        ])
        guard case .diverged(let step) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(step > 1 && result.curves[1].values.allSatisfy { $0.isFinite })
    }
}
