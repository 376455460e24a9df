import NumericCore
import Sweeps

@testable import SIMTrials

/// Runs matrix trials of these values side by side.
func runMatrix(
    _ cells: [[String: Value]], seeds: [UInt64] = [1], level: KernelLevel? = nil
) throws -> [TrialResult] {
    let kernels = try level.map { try Kernels($0) } ?? Kernels.chosen()
    let members = try cells.flatMap { cell in
        try seeds.map {
            MatrixTrial.Member(
                configuration: try MatrixConfiguration(Configuration(cell)), seed: $0,
                context: TrialContext())
        }
    }
    return MatrixTrial(members, kernels: kernels).run().compactMap { $0 }
}

func runMatrix(
    _ values: [String: Value], seed: UInt64 = 1, level: KernelLevel? = nil
) throws -> TrialResult {
    try runMatrix([values], seeds: [seed], level: level)[0]
}
