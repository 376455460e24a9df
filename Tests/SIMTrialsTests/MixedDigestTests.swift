import NumericCore
import Sweeps
import Testing

@testable import SIMTrials

/// Promise: a trial's bits are those of its configuration and seed, whatever it is trained by.
@Suite("A mixed set of 500 trials")
struct MixedDigestTests {
    private static let levels = KernelLevel.allCases.filter(\.isSupported)
    /// What the bits must not depend on: kernels and threads.
    private static let ways = levels.flatMap { level in
        [1, 2, 5].map { (level: level, threads: $0) }
    }

    /// Draws of what a trial may be.
    private struct Draw {
        var generator: SplitMix64

        mutating func one<Choice>(of choices: [Choice]) -> Choice {
            choices[Int.random(in: 0..<choices.count, using: &generator)]
        }

        mutating func integer(_ range: ClosedRange<Int>) -> Value {
            .number(Double(Int.random(in: range, using: &generator)))
        }

        mutating func number(_ range: ClosedRange<Double>) -> Value {
            .number(Double.random(in: range, using: &generator))
        }

        mutating func sim() -> [String: Value] {
            var values: [String: Value] = [
                "task.kind": one(of: ["identity", "truncated", "concepts"]),
                "task.signal": one(of: [[1, 2], [1, 2, 1.5], [2, 1, 3, 1.2]]),
                "task.dimension": one(of: [4, 5, 8, 10, 16, 17, 33]),
                "task.samples": integer(10...90), "task.variance": number(0...0.3),
                "task.rotation": .flag(one(of: [true, false])),
                "model.layers": integer(1...4), "model.hidden": one(of: [1, 3, 8, 16, 31, 64]),
                "model.activation": one(of: ["none", "relu"]),
                "model.bias": .flag(one(of: [true, false])),
                "model.initialization": one(of: ["torch", "gaussian", "nonnegative"]),
                "train.batch_size": one(of: [16, 50, "full"]),
                "train.steps": integer(1...24),
                "train.learning_rate": one(of: [0.01, 0.1, 0.5, 1e4]),
                "log.every": integer(1...9),
                "measure.full_loss": .flag(one(of: [true, false, false])),
                "measure.nodes": .flag(one(of: [true, false, false])),
                "measure.jacobian": .flag(one(of: [true, false, false])),
            ]
            if one(of: [true, false, false]) {
                values["train.optimizer"] = one(of: ["adam", "adamw", "sgd"])
                values["train.weight_decay"] = 0.1
            }
            return values
        }

        mutating func matrix() -> [String: Value] {
            [
                "flow.signal": one(of: [[1, 2], [1, 1.5, 2.2], [2, 1, 3, 1.2]]),
                "flow.deviation": number(0...0.5), "flow.dimension": integer(4...7),
                "flow.moment": one(of: ["plain", "squared"]),
                "flow.stepper": one(of: ["euler", "descent", "rk4"]),
                "flow.step_size": one(of: [0.01, 0.1, 50]), "flow.steps": integer(1...200),
                "flow.initialization": one(of: ["gaussian", "nonnegative"]),
                "log.every": integer(1...40), "measure.centers": .flag(one(of: [true, false])),
                "measure.spectrum": .flag(one(of: [true, false])),
                "measure.entries": one(of: ["none", "weights", "terms"]),
            ]
        }
    }

    @Test(
        "has the same digests by either kernels, on 1, 2 and 5 threads, alone and bundled",
        arguments: 0..<10)
    func sameBits(part: Int) throws {
        var draw = Draw(generator: SplitMix64(seed: UInt64(part)))
        var (bundled, diverged) = (0, 0)
        for index in 0..<50 {
            let seeds = (0..<3).map { UInt64(100 * part + index + $0) }
            if index % 3 == 2 {
                try check(matrix: draw.matrix(), seeds: seeds)
                continue
            }
            let values = draw.sim()
            guard let configuration = try? SIMConfiguration(Configuration(values)) else { continue }
            let results = try Self.ways.map { way in
                try sim(configuration, seeds: [seeds[0]], way.level, threads: way.threads)[0]
            }
            #expect(Set(results.map(\.digest)).count == 1, "\(values)")
            if case .diverged = results[0].outcome { diverged += 1 }
            guard configuration.bundleName != nil else { continue }
            bundled += 1
            for level in Self.levels {
                let together = try sim(configuration, seeds: seeds, level, threads: 2)
                #expect(together[0].digest == results[0].digest, "bundled: \(values)")
            }
        }
        // The set is as mixed as it should be.
        #expect(bundled > 1 && diverged > 1)
    }

    private func sim(
        _ configuration: SIMConfiguration, seeds: [UInt64], _ level: KernelLevel, threads: Int
    ) throws -> [TrialResult] {
        let kernels = try Kernels(level)
        let context = TrialContext(threads: threads)
        let trials = seeds.map {
            SIMTrial(configuration: configuration, seed: $0, kernels: kernels)
        }
        guard seeds.count > 1 else { return [try trials[0].run(context)] }
        var bundle = SIMBundle(trials, trials.map { _ in context })
        return try bundle.run().map { try $0.get() }
    }

    private func check(matrix values: [String: Value], seeds: [UInt64]) throws {
        let digests = try Self.levels.flatMap { level in
            [
                try runMatrix(values, seed: seeds[0], level: level).digest,
                try runMatrix([values], seeds: seeds, level: level)[0].digest,
            ]
        }
        #expect(Set(digests).count == 1, "\(values)")
    }
}
