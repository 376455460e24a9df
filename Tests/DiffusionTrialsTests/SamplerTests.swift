import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("The ancestral sampler")
struct SamplerTests {
    /// Of normal data the best prediction is known: ε̂ = σ (z − α m)/(α² s² + σ²).
    @Test(
        "draws from the data's distribution, given the exact prediction",
        arguments: [false, true])
    func normalData(isDiscrete: Bool) throws {
        let schedule =
            isDiscrete
            ? NoiseSchedule.discrete(count: 500) : .linear(start: -9, slope: 18)
        let kernels = try Kernels.chosen()
        let (mean, deviation, count) = (0.7, 0.2, 4096)
        let sampler = AncestralSampler(schedule: schedule, stepCount: 250)
        func normal(_ seed: Int) -> [Float] {
            RandomStream(seed: UInt64(seed), .pixels(.test), kernels: kernels).normal(count: count)
        }
        var noisy = normal(1000)
        for i in 0..<sampler.stepCount {
            let level = NoiseLevel(gamma: sampler.gammas(step: i).from)
            let variance = level.signalSquare * deviation * deviation + level.noiseSquare
            let predicted = noisy.map {
                Float(level.noise * (Double($0) - level.signal * mean) / variance)
            }
            sampler.step(i, &noisy, predicted: predicted, fresh: normal(i))
        }
        let values = noisy.map(Double.init)
        let average = values.reduce(0, +) / Double(count)
        let variance = values.reduce(0) { $0 + ($1 - average) * ($1 - average) } / Double(count - 1)
        // Four standard errors, and what 250 steps leave of the way.
        #expect(abs(average - mean) < 0.02, "mean \(average)")
        #expect(
            abs(variance.squareRoot() - deviation) < 0.015, "deviation \(variance.squareRoot())")
    }

    @Test("knows the discrete schedule of 500 steps")
    func discrete() {
        let schedule = NoiseSchedule.discrete(count: 500)
        // 1 − ᾱ after one step is β, and after all of them nearly 1.
        #expect(abs(NoiseLevel(gamma: schedule.gamma(at: 1.0 / 500)).noiseSquare - 1e-4) < 1e-12)
        #expect(abs(NoiseLevel(gamma: schedule.gamma(at: 1)).signalSquare - 0.006_353) < 1e-4)
        #expect(schedule.gamma(at: 0) == schedule.gamma(at: 0.001))
    }
}
