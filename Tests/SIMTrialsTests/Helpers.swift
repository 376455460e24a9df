import Sweeps

@testable import NumericCore
@testable import SIMTrials

/// A small trial that takes a few milliseconds.
let smallTrial: [String: Value] = [
    "task.dimension": 5, "task.samples": 30, "train.batch_size": 32, "train.epochs": 4,
    "log.every": 2,
]

/// Runs a trial of these values.
func run(
    _ values: [String: Value], seed: UInt64 = 1, level: KernelLevel? = nil,
    context: TrialContext = TrialContext()
) throws -> TrialResult {
    let kernels = try level.map { try Kernels($0) } ?? Kernels.chosen()
    let configuration = try SIMConfiguration(Configuration(values))
    return try SIMTrial(configuration: configuration, seed: seed, kernels: kernels).run(context)
}

/// `smallTrial` with other values besides.
func run(
    small values: [String: Value], seed: UInt64 = 1, level: KernelLevel? = nil,
    context: TrialContext = TrialContext()
) throws -> TrialResult {
    var merged = smallTrial.merging(values) { $1 }
    if values["log.points"] != nil { merged["log.every"] = nil }
    if values["train.steps"] != nil { merged["train.epochs"] = nil }
    return try run(merged, seed: seed, level: level, context: context)
}

extension TrialResult {
    func values(_ curve: String) -> [Double] { self.curve(curve)?.values ?? [] }
}
