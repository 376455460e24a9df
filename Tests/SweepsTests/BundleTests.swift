import Testing

@testable import Sweeps

@Suite("A bundle of trials")
struct BundleTests {
    /// Yields its seed; seed 2 fails.
    private struct SeedKind: TrialKind {
        let name = "seed"
        let version = 1
        let parameters: [Parameter] = []

        func complete(_ given: Configuration) throws(ConfigurationError) -> Configuration { given }
        func metrics(of configuration: Configuration) -> [Metric] { [] }
        func steps(per unit: String, of configuration: Configuration) -> Double? { nil }
        func theory(of configuration: Configuration) -> Theory? { nil }
        func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
            if context.isCancelled() { throw CancellationError() }
            if spec.seed == 2 { throw ConfigurationError("seed", "is 2") }
            return TrialResult(
                outcome: .finished, digest: Digest256(hashing: "\(spec.seed)".utf8), curves: [],
                scalars: [])
        }
    }

    @Test("is trained one by one by a kind that knows no better, each with its own end")
    func oneByOne() async throws {
        let kind = SeedKind()
        let specs = (1...4).map {
            TrialSpec(kind: "seed", version: 1, configuration: Configuration(), seed: $0)
        }
        let contexts = specs.map { spec in TrialContext(isCancelled: { spec.seed == 3 }) }
        let ends = await kind.run(specs, contexts: contexts)
        #expect(kind.bundleShape(of: Configuration()) == nil)
        #expect(
            ends.map { try? $0.get().digest }
                == [1, 2, 3, 4].map { seed in
                    [1, 4].contains(seed) ? Digest256(hashing: "\(seed)".utf8) : nil
                })
        #expect(throws: ConfigurationError("seed", "is 2")) { try ends[1].get() }
        #expect(throws: CancellationError.self) { try ends[2].get() }
    }
}
