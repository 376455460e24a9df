import NumericCore

/// The loss of a variational diffusion model with a linear schedule, in bits per dimension, a mean
/// over the batch: how many bits it would take to tell an image, at most.
///
/// Three terms: `diffusion`, ½ γ′(t) ‖ε̂ − ε‖² at a random time; `prior`, the divergence of the
/// noisiest image from N(0, 1); `reconstruction`, the cost of the image given the least noisy one, by
/// a normal density of deviation 10⁻³.
///
/// - SeeAlso: arXiv:2107.00630, Eqs. 11, 15 and 17; arXiv:2410.08309, appendix G.2.
struct VariationalLoss {
    /// Standard deviation with which an image is read off the least noisy one.
    static let deviation = 1e-3
    private static let naturalLogarithmOfTwo = 0x1.62e42fefa39efp-1
    private static let halfLogarithmOfTwoPi = 0.918_938_533_204_672_8

    /// The mean square of ε̂ − ε, at whatever times: what the network alone can lower.
    let noiseError: Double
    let diffusion: Double
    let prior: Double
    let reconstruction: Double
    /// By the start of the schedule, as far as it does not act through the network's inputs.
    private(set) var startGradient: Double
    /// By the schedule's slope, likewise.
    private(set) var slopeGradient: Double

    var total: Double { diffusion + prior + reconstruction }

    private let start: Double
    private let slope: Double

    /// - Parameters:
    ///   - images: x, shape `[batch, pixels]`.
    ///   - noise: ε, of the same shape.
    ///   - predicted: ε̂, what the network makes of `z` at each image's time.
    ///   - leastNoise: ε₀, of the same shape, for the reconstruction.
    init(
        start: Double, slope: Double, images: [Float], noise: [Float], predicted: [Float],
        leastNoise: [Float]
    ) {
        precondition(
            images.count == noise.count && images.count == predicted.count
                && images.count == leastNoise.count,
            "\(images.count) numbers in images, \(predicted.count) predicted")
        let count = Double(images.count)
        let scale = 1 / (count * Self.naturalLogarithmOfTwo)
        let rate = abs(slope)

        var (errorSquare, leastSquare, imageSquare) = (Sum(), Sum(), Sum())
        for i in images.indices {
            let difference = predicted[i] - noise[i]
            errorSquare.add(Double(difference) * Double(difference))
            leastSquare.add(Double(leastNoise[i]) * Double(leastNoise[i]))
            imageSquare.add(Double(images[i]) * Double(images[i]))
        }

        noiseError = errorSquare.value / count
        diffusion = 0.5 * rate * errorSquare.value * scale

        let last = NoiseLevel(gamma: start + rate)
        prior =
            0.5 * scale
            * (count * (last.noiseSquare - naturalLogarithm(last.noiseSquare) - 1)
                + last.signalSquare * imageSquare.value)
        // d/dγ of σ², α² and ln σ² is α²σ², −α²σ² and α².
        let priorSlope =
            0.5 * scale * last.signalSquare
            * (last.noiseSquare * (count - imageSquare.value) - count)

        // z₀/α₀ − x = e^{γ₀/2} ε₀.
        let spread =
            0.5 * exponential(start) * leastSquare.value / (Self.deviation * Self.deviation)
        reconstruction =
            scale
            * (spread
                + count * (naturalLogarithm(Self.deviation) + Self.halfLogarithmOfTwoPi))

        startGradient = priorSlope + scale * spread
        let sign: Double = slope < 0 ? -1 : 1
        slopeGradient = sign * (priorSlope + 0.5 * errorSquare.value * scale)
        (self.start, self.slope) = (start, slope)
    }

    /// What the derivative by the prediction is of `ε̂ − ε`.
    ///
    /// - Parameter count: Numbers in all images of the batch.
    static func predictionFactor(slope: Double, count: Int) -> Float {
        Float(abs(slope) / (Double(count) * naturalLogarithmOfTwo))
    }

    /// Adds what the schedule does to the loss through the network's inputs: the noisy images and the
    /// γ of each.
    ///
    /// - Parameters:
    ///   - inputGradient: The derivative of the loss by the noisy images, shape `[batch, pixels]`.
    ///   - gammaGradient: That by each image's γ as the network sees it.
    mutating func addInputs(
        times: [Double], images: [Float], noise: [Float], inputGradient: [Float],
        gammaGradient: [Double]
    ) {
        let pixels = images.count / times.count
        let sign: Double = slope < 0 ? -1 : 1
        for (i, time) in times.enumerated() {
            let level = NoiseLevel(gamma: start + abs(slope) * time)
            var sum = Sum()
            for j in i * pixels..<(i + 1) * pixels {
                let motion =
                    level.signalSlope * Double(images[j]) + level.noiseSlope * Double(noise[j])
                sum.add(motion * Double(inputGradient[j]))
            }
            let gradient = sum.value + gammaGradient[i]
            startGradient += gradient
            slopeGradient += sign * time * gradient
        }
    }
}

/// A sum in the order of its terms, over 16 lanes that are added up in a fixed tree.
struct Sum {
    private var lanes = SIMD16<Double>.zero
    private var next = 0

    mutating func add(_ term: Double) {
        lanes[next] += term
        next = (next + 1) & 15
    }

    var value: Double {
        let half = lanes.lowHalf + lanes.highHalf
        let quarter = half.lowHalf + half.highHalf
        let pair = quarter.lowHalf + quarter.highHalf
        return pair.x + pair.y
    }
}
