import Sweeps

@testable import DiffusionTrials
@testable import NumericCore

/// Trials that take a second at most.
enum Trials {
    static let generator: [String: Value] = [
        "tier": "T0", "train.steps": 12, "train.batch_size": 12, "data.samples": 16,
        "sample.images": 2, "sample.steps": 3, "sample.checkpoints": 2, "sample.first_step": 5,
        "log.every": 1,
    ]

    static let classifier: [String: Value] = [
        "tier": "T0", "task.kind": "classifier", "data.samples": 8, "train.batch_size": 12,
        "log.every": 1,
    ]

    /// What a configuration has in place of a classifier's weights that a test hands over.
    static let judge: Value = .text("sha256:" + String(repeating: "0", count: 64))

    /// - Parameter judge: A classifier's weights.
    static func generate(
        _ values: [String: Value] = [:], judge: [UInt8]? = nil, seed: UInt64 = 1,
        level: KernelLevel? = nil, threads: Int = 1
    ) throws -> TrialResult {
        var given = generator.merging(values) { $1 }
        if judge != nil { given["judge.classifier"] = Self.judge }
        let kernels = try level.map { try Kernels($0) } ?? Kernels.chosen()
        var trial = try GeneratorTrial(
            DiffusionConfiguration(Configuration(given)), seed: seed,
            context: TrialContext(threads: threads, file: { _ in judge ?? [] }), kernels: kernels)
        return try trial.run()
    }

    /// What a trial leaves, on the test's own thread.
    private final class Kept: @unchecked Sendable {
        var tensors: [Tensor] = []
    }

    /// The weights that a generator's trial leaves.
    static func tensors(_ values: [String: Value]) throws -> [Tensor] {
        let kept = Kept()
        var trial = try GeneratorTrial(
            DiffusionConfiguration(Configuration(generator.merging(values) { $1 })), seed: 1,
            context: TrialContext(keepWeights: { kept.tensors = $0 }), kernels: Kernels.chosen())
        _ = try trial.run()
        return kept.tensors
    }

    /// A classifier's trial, with the weights that it leaves.
    static func classify(
        _ values: [String: Value] = [:], seed: UInt64 = 1, level: KernelLevel? = nil,
        threads: Int = 1
    ) throws -> (result: TrialResult, weights: [UInt8]) {
        let kernels = try level.map { try Kernels($0) } ?? Kernels.chosen()
        let kept = Kept()
        let configuration = try DiffusionConfiguration(
            Configuration(classifier.merging(values) { $1 }))
        var trial = ClassifierTrial(
            configuration, seed: seed,
            context: TrialContext(threads: threads, keepWeights: { kept.tensors = $0 }),
            kernels: kernels)
        let result = try trial.run()
        return (result, Safetensors.bytes(of: kept.tensors))
    }
}
