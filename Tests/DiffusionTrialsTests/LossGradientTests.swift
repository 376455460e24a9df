import Foundation
import Testing

@testable import DiffusionTrials
@testable import NumericCore

/// The losses by their definition, in double precision, and their gradients by central differences.
@Suite("The gradient of a loss")
struct LossGradientTests {
    /// A batch, and a network that knows of its images and their γ: ε̂ = z (1 + γ/10) + γ/7 + κ.
    private struct Batch {
        let times: [Double]
        let images: [Double]
        let noise: [Double]
        let leastNoise: [Double]
        /// κ, one of each number.
        var shifts: [Double]
        var pixels: Int { images.count / times.count }

        /// - SeeAlso: arXiv:2107.00630, Eqs. 11, 15 and 17.
        func loss(start: Double, slope: Double) -> Double {
            func share(_ gamma: Double) -> (signal: Double, noise: Double) {
                (1 / (1 + exp(gamma)), 1 / (1 + exp(-gamma)))
            }
            let last = share(start + abs(slope))
            var sum = 0.0
            for i in images.indices {
                let gamma = start + abs(slope) * times[i / pixels]
                let level = share(gamma)
                let noisy =
                    level.signal.squareRoot() * images[i] + level.noise.squareRoot() * noise[i]
                let error = noisy * (1 + gamma / 10) + gamma / 7 + shifts[i] - noise[i]
                sum += abs(slope) * error * error / 2
                sum += (last.noise + last.signal * images[i] * images[i] - log(last.noise) - 1) / 2
                let miss = exp(start / 2) * leastNoise[i] / 1e-3
                sum += miss * miss / 2 + log(1e-3) + log(2 * Double.pi) / 2
            }
            return sum / (Double(images.count) * log(2))
        }
    }

    private func normal(_ seed: UInt64, _ count: Int) throws -> [Float] {
        RandomStream(seed: seed, .pixels(.test), kernels: try Kernels.chosen()).normal(count: count)
    }

    @Test(
        "of the variational bound is that of finite differences, the schedule's too",
        arguments: [(-5.0, 15.0), (-4.0, -9.5), (-7.5, 3.0)])
    func variational(start: Double, slope: Double) throws {
        let (count, pixels) = (4, 12)
        let images = try normal(1, count * pixels).map { abs($0) / 4 }
        let (noise, least) = (try normal(2, count * pixels), try normal(3, count * pixels))
        let times = NoisyBatch.times(count: count, draw: 0.3)
        var batch = Batch(
            times: times, images: images.map(Double.init), noise: noise.map(Double.init),
            leastNoise: least.map(Double.init), shifts: images.map { _ in 0 })

        let levels = times.map { NoiseLevel(gamma: start + abs(slope) * $0) }
        var noisy = images
        NoisyBatch.mix(images, noise, levels, into: &noisy)
        let predicted = noisy.indices.map { i in
            let gamma = levels[i / pixels].gamma
            return Float(Double(noisy[i]) * (1 + gamma / 10) + gamma / 7)
        }
        var loss = VariationalLoss(
            start: start, slope: slope, images: images, noise: noise, predicted: predicted,
            leastNoise: least)
        let factor = VariationalLoss.predictionFactor(slope: slope, count: images.count)
        let byPrediction = zip(predicted, noise).map { factor * ($0 - $1) }
        loss.addInputs(
            times: times, images: images, noise: noise,
            inputGradient: byPrediction.indices.map {
                Float(Double(byPrediction[$0]) * (1 + levels[$0 / pixels].gamma / 10))
            },
            gammaGradient: (0..<count).map { image in
                (image * pixels..<(image + 1) * pixels).reduce(0) {
                    $0 + Double(byPrediction[$1]) * (Double(noisy[$1]) / 10 + 1.0 / 7)
                }
            })

        func expect(_ ours: Double, _ theirs: Double, of scale: Double, _ what: String) {
            #expect(abs(ours - theirs) <= 2e-5 * abs(scale), "\(what): \(ours), not \(theirs)")
        }
        let value = batch.loss(start: start, slope: slope)
        expect(loss.total, value, of: value, "the loss")
        let byStart =
            (batch.loss(start: start + 1e-5, slope: slope)
                - batch.loss(start: start - 1e-5, slope: slope)) / 2e-5
        expect(loss.startGradient, byStart, of: byStart, "by the start")
        let bySlope =
            (batch.loss(start: start, slope: slope + 1e-5)
                - batch.loss(start: start, slope: slope - 1e-5)) / 2e-5
        expect(loss.slopeGradient, bySlope, of: bySlope, "by the slope")
        let largest = byPrediction.reduce(0) { max($0, abs(Double($1))) }
        for i in stride(from: 0, to: images.count, by: 7) {
            // As large as may be: the reconstruction, which does not change, is large itself.
            func changed(_ change: Double) -> Double {
                batch.shifts[i] = change
                defer { batch.shifts[i] = 0 }
                return batch.loss(start: start, slope: slope)
            }
            let numeric = (changed(0.1) - changed(-0.1)) / 0.2
            expect(Double(byPrediction[i]), numeric, of: largest, "by prediction \(i)")
        }
    }

    @Test(
        "of a classifier is that of finite differences, in any number of concepts", arguments: 1...4
    )
    func classification(concepts: Int) throws {
        let logits = try normal(UInt64(concepts), 2 * concepts + 2).map { 3 * $0 }
        let labels: [[Bool]?] = [nil, (0..<concepts).map { $0 % 2 == 0 }]
        for label in labels {
            func plain(_ logits: [Double]) -> Double {
                (0...concepts).reduce(0) { sum, pair in
                    let (low, high) = (logits[2 * pair], logits[2 * pair + 1])
                    let isTrue = pair < concepts ? label.map { $0[pair] } : label != nil
                    guard let isTrue else { return sum }
                    return sum + log(exp(low) + exp(high)) - (isTrue ? high : low)
                }
            }
            let loss = ClassificationLoss(logits: logits, label: label, concepts: concepts)
            let numbers = logits.map(Double.init)
            #expect(abs(loss.value - plain(numbers)) <= 1e-12 * max(1, loss.value))
            for i in numbers.indices {
                var (up, down) = (numbers, numbers)
                up[i] += 1e-5
                down[i] -= 1e-5
                let slope = (plain(up) - plain(down)) / 2e-5
                #expect(abs(Double(loss.gradient[i]) - slope) <= 1e-6, "logit \(i)")
            }
        }
    }
}
