import Foundation
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("The loss of a variational diffusion model")
struct VariationalLossTests {
    private struct Given: Encodable {
        let start: Double
        let slope: Double
        let times: [Double]
        let images: [Float]
        let noise: [Float]
        let leastNoise: [Float]
    }

    private struct Expected: Decodable {
        let terms: [Double]
        let schedule: [Double]
        let predicted: [Double]
    }

    @Test(
        "has PyTorch's terms and gradients, those of the schedule among them",
        arguments: [(-5.0, 15.0), (-4.0, -9.5), (-7.5, 3.0)])
    func beside(start: Double, slope: Double) throws {
        let kernels = try Kernels.chosen()
        let (count, pixels) = (5, 48)
        func normal(_ seed: UInt64) -> [Float] {
            RandomStream(seed: seed, .pixels(.test), kernels: kernels).normal(count: count * pixels)
        }
        let given = Given(
            start: start, slope: slope, times: NoisyBatch.times(count: count, draw: 0.3),
            images: normal(1).map { abs($0) / 4 }, noise: normal(2), leastNoise: normal(3))
        let expected = try JSONDecoder().decode(
            Expected.self, from: try Reference.run("loss.py", given))

        let levels = given.times.map { NoiseLevel(gamma: start + abs(slope) * $0) }
        var noisy = given.images
        NoisyBatch.mix(given.images, given.noise, levels, into: &noisy)
        // The network of the reference: ε̂ = z·(1 + γ/10) + γ/7.
        let gammas = noisy.indices.map { levels[$0 / pixels].gamma }
        let predicted = zip(noisy, gammas).map { Float(Double($0) * (1 + $1 / 10) + $1 / 7) }
        let factor = VariationalLoss.predictionFactor(slope: slope, count: noisy.count)
        let gradient = zip(predicted, given.noise).map { factor * ($0 - $1) }
        var loss = VariationalLoss(
            start: start, slope: slope, images: given.images, noise: given.noise,
            predicted: predicted, leastNoise: given.leastNoise)
        let inputGradient = zip(gradient, gammas).map { Float(Double($0) * (1 + $1 / 10)) }
        let gammaGradient = (0..<count).map { i in
            (i * pixels..<(i + 1) * pixels).reduce(0.0) {
                $0 + Double(gradient[$1]) * (Double(noisy[$1]) / 10 + 1.0 / 7)
            }
        }
        loss.addInputs(
            times: given.times, images: given.images, noise: given.noise,
            inputGradient: inputGradient, gammaGradient: gammaGradient)

        let terms = [loss.diffusion, loss.prior, loss.reconstruction]
        for (ours, theirs) in zip(terms, expected.terms) {
            #expect(abs(ours - theirs) <= 1e-5 * abs(theirs), "\(ours), not \(theirs)")
        }
        for (ours, theirs) in zip([loss.startGradient, loss.slopeGradient], expected.schedule) {
            #expect(abs(ours - theirs) <= 1e-4 * abs(theirs), "\(ours), not \(theirs)")
        }
        let norm = expected.predicted.reduce(0) { $0 + $1 * $1 }
        let difference = zip(gradient, expected.predicted).reduce(0.0) {
            $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
        }
        #expect(difference <= 1e-10 * norm)
    }
}
