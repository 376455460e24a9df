import Foundation
import Sweeps
import Synchronization

/// Trains a trial in this process, for commands that check one.
enum TrialRunner {
    /// - Throws: `CommandFailure` where this program has no such kind; what the trial's own code
    ///   throws.
    static func run(_ spec: TrialSpec, threads: Int = 1) async throws -> TrialResult {
        try await kind(of: spec).run(spec, context: TrialContext(threads: threads))
    }

    /// - Returns: The result, and the final weights; none where the kind has none.
    static func train(
        _ spec: TrialSpec, threads: Int = 1
    ) async throws -> (result: TrialResult, weights: [Tensor]) {
        let kept = Kept()
        let context = TrialContext(
            threads: threads, keepWeights: { weights in kept.weights.withLock { $0 = weights } })
        let result = try await kind(of: spec).run(spec, context: context)
        return (result, kept.weights.withLock { $0 })
    }

    static func kind(of spec: TrialSpec) throws -> any TrialKind {
        guard let kind = trialKinds.first(where: { $0.name == spec.kind }) else {
            throw CommandFailure(.failed, "this program knows no trial kind '\(spec.kind)'")
        }
        return kind
    }

    private final class Kept: Sendable {
        let weights = Mutex<[Tensor]>([])
    }
}
