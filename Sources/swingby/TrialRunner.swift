import Foundation
import Sweeps

/// Trains a trial in this process, for commands that check one.
enum TrialRunner {
    /// - Throws: `CommandFailure` where the trial's own code fails.
    static func run(_ spec: TrialSpec, threads: Int = 1) async throws -> TrialResult {
        guard let kind = trialKinds.first(where: { $0.name == spec.kind }) else {
            throw CommandFailure(.failed, "this program knows no trial kind '\(spec.kind)'")
        }
        return try await kind.run(spec, context: TrialContext(threads: threads))
    }
}
