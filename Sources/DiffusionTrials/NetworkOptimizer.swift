import NumericCore
import Sweeps

/// AdamW on a network's parameters, and the running average of them.
///
/// - SeeAlso: Loshchilov and Hutter, arXiv:1711.05101.
final class NetworkOptimizer {
    private let network: ShardedNetwork
    private let rate: Double
    private let shrink: Double
    private let betas: [Double]
    private let average: Double?
    private let arena: Arena
    private let memory: FloatSpan
    /// The averaged parameters; empty where none are wanted.
    private let averages: FloatSpan
    /// β₁ᵗ and β₂ᵗ after t steps.
    private var powers = (1.0, 1.0)
    private var stepCount = 0

    init(_ network: ShardedNetwork, _ training: DiffusionConfiguration.Training) {
        self.network = network
        rate = training.learningRate
        shrink = 1 - training.learningRate * training.weightDecay
        betas = training.betas
        average = training.average
        let count = network.graph.trainedCount
        let averageCount = average == nil ? 0 : count
        arena = Arena(floatCount: 2 * count + padded(averageCount))
        memory = arena.span(2 * count)
        averages = arena.span(averageCount)
        if average != nil { averages.copy(from: network.trained) }
    }

    /// - Parameters:
    ///   - gradients: Sums over the batch; left: zeros.
    ///   - scale: What they are multiplied by.
    func step(_ gradients: FloatSpan, scale: Float) {
        powers = (powers.0 * betas[0], powers.1 * betas[1])
        stepCount += 1
        let step = AdamWStep(
            rate: Float(rate / (1 - powers.0)), scale: scale, shrink: Float(shrink),
            beta1: betas[0], beta2: betas[1],
            correction: Float(1 / (1 - powers.1).squareRoot()))
        network.forEachBlockOfParameters { kernels, block in
            let means = memory.part(2 * block.lowerBound, 2 * block.count)
            let values = network.trained.part(block.lowerBound, block.count)
            kernels.adapt(
                step, gradients.part(block.lowerBound, block.count), memory: means, values)
            if let average {
                // While there are few steps, all count alike.
                let share = max(1 - average, 1 / Double(stepCount))
                kernels.approach(
                    values, share: Float(share),
                    averages.part(block.lowerBound, block.count))
            }
        }
        network.prepare()
    }

    /// What it remembers, and the averages.
    var state: [Tensor] {
        [
            Tensor("optimizer/memory", shape: [memory.count], .float(memory.values)),
            Tensor("optimizer/averages", shape: [averages.count], .float(averages.values)),
            Tensor(
                "optimizer/counts", shape: [3],
                .double([powers.0, powers.1, Double(stepCount)])),
        ]
    }

    func restore(_ state: TrainingState) throws(CheckpointError) {
        memory.set(try state.floats("optimizer/memory", count: memory.count))
        averages.set(try state.floats("optimizer/averages", count: averages.count))
        let counts = try state.doubles("optimizer/counts", count: 3)
        powers = (counts[0], counts[1])
        stepCount = state.step
    }

    /// Has `body` see the network with its averaged parameters.
    func withAverages<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard average != nil else { return try body() }
        swapAverages()
        defer { swapAverages() }
        return try body()
    }

    private func swapAverages() {
        let values = network.trained
        let kept = values.values
        values.copy(from: averages)
        for (i, value) in kept.enumerated() { averages[i] = value }
        network.prepare()
    }
}
