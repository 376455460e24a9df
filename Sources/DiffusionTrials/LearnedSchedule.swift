import NumericCore
import Sweeps

/// The noise schedule of a trial, which AdamW moves with the network where it is learned.
struct LearnedSchedule: Hashable, Sendable {
    static let discreteCount = 500

    private(set) var start = -5.0
    private(set) var slope = 15.0
    private let discrete: NoiseSchedule?
    private let rate: Double
    private let decay: Double
    private let betas: [Double]
    /// Means of both gradients and of their squares, and β₁ᵗ and β₂ᵗ.
    private var means = [0.0, 0.0]
    private var squares = [0.0, 0.0]
    private var powers = [1.0, 1.0]

    init(_ training: DiffusionConfiguration.Training) {
        discrete =
            training.loss == .noise ? .discrete(count: Self.discreteCount) : nil
        rate = training.learningRate
        decay = training.weightDecay
        betas = training.betas
    }

    var schedule: NoiseSchedule { discrete ?? .linear(start: start, slope: slope) }

    var state: Tensor {
        Tensor("schedule", shape: [8], .double([start, slope] + means + squares + powers))
    }

    mutating func restore(_ state: TrainingState) throws(CheckpointError) {
        let numbers = try state.doubles("schedule", count: 8)
        (start, slope) = (numbers[0], numbers[1])
        means = Array(numbers[2..<4])
        squares = Array(numbers[4..<6])
        powers = Array(numbers[6..<8])
    }

    /// One step of AdamW.
    mutating func step(_ startGradient: Double, _ slopeGradient: Double, scale: Double) {
        for k in 0..<2 { powers[k] *= betas[k] }
        func moved(_ value: Double, by gradient: Double, _ k: Int) -> Double {
            means[k] = betas[0] * means[k] + (1 - betas[0]) * gradient
            squares[k] = betas[1] * squares[k] + (1 - betas[1]) * gradient * gradient
            let width = (squares[k] / (1 - powers[1])).squareRoot() + 1e-8
            return value * (1 - rate * decay) - rate * means[k] / (1 - powers[0]) / width
        }
        start = moved(start, by: scale * startGradient, 0)
        slope = moved(slope, by: scale * slopeGradient, 1)
    }
}
