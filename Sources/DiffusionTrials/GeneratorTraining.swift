import NumericCore
import Sweeps

/// A generator in training.
struct GeneratorTraining {
    let configuration: DiffusionConfiguration
    let seed: UInt64
    let kernels: Kernels
    let prediction: NoisePrediction
    private let optimizer: NetworkOptimizer
    private let images: ImageSet
    private var order: BatchOrder
    private(set) var schedule: LearnedSchedule

    init(
        _ configuration: DiffusionConfiguration, images: ImageSet, seed: UInt64, threads: Int,
        kernels: Kernels
    ) {
        self.configuration = configuration
        self.images = images
        self.seed = seed
        self.kernels = kernels
        let training = configuration.training
        prediction = NoisePrediction(
            configuration.shape, batchSize: training.batchSize, threads: threads, kernels: kernels)
        prediction.network.start(seed: seed)
        optimizer = NetworkOptimizer(prediction.network, training)
        order = BatchOrder(
            count: images.count, batchSize: training.batchSize, seed: seed, kernels: kernels)
        schedule = LearnedSchedule(training)
    }

    var stepsPerEpoch: Int { order.stepsPerEpoch }

    /// Has `body` see the network that images are drawn from.
    func withAverages<Result>(_ body: (NoisePrediction) throws -> Result) rethrows -> Result {
        try optimizer.withAverages { try body(prediction) }
    }

    /// All that the next step depends on, besides configuration and seed.
    var state: [Tensor] { [prediction.network.state, schedule.state] + optimizer.state }

    mutating func restore(_ state: TrainingState) throws(CheckpointError) {
        try prediction.network.restore(state)
        try schedule.restore(state)
        try optimizer.restore(state)
    }

    /// What a step saw before its update.
    struct StepLoss {
        let total: Double
        /// The mean squared error of the predicted noise.
        let noiseError: Double
        /// The norm of the gradient, before it is clipped.
        let gradientNorm: Double
    }

    /// Takes step `step`, counted from 1.
    mutating func step(_ step: Int) -> StepLoss {
        let rows = order.rows(step: step)
        let batch = images.picked(rows)
        let noise = normal(step, .noise, count: batch.images.count)
        let draw = uniform(step, .time, count: 1)[0]
        switch configuration.training.loss {
        case .variational:
            return variationalStep(step, batch, noise: noise, draw: draw)
        case .noise:
            return noiseStep(step, batch, noise: noise)
        }
    }

    private mutating func variationalStep(
        _ step: Int, _ batch: ImageSet, noise: [Float], draw: Double
    ) -> StepLoss {
        let times = NoisyBatch.times(count: batch.count, draw: draw)
        let (start, slope) = (schedule.start, schedule.slope)
        let gammas = times.map { start + abs(slope) * $0 }
        let gradients = accumulate(
            step, batch, noise: noise, gammas: gammas,
            factor: VariationalLoss.predictionFactor(slope: slope, count: batch.images.count))
        var loss = VariationalLoss(
            start: start, slope: slope, images: batch.images, noise: noise,
            predicted: gradients.predicted,
            leastNoise: normal(step, .leastNoise, count: batch.images.count))
        if configuration.training.isScheduleLearned {
            loss.addInputs(
                times: times, images: batch.images, noise: noise,
                inputGradient: gradients.images, gammaGradient: gradients.gammas)
        }
        let norm = move(by: loss)
        return StepLoss(total: loss.total, noiseError: loss.noiseError, gradientNorm: norm)
    }

    private mutating func noiseStep(_ step: Int, _ batch: ImageSet, noise: [Float]) -> StepLoss {
        let gradients = accumulate(
            step, batch, noise: noise, gammas: discreteGammas(step, count: batch.count),
            factor: 2 / Float(batch.images.count))
        var sum = Sum()
        for (a, b) in zip(gradients.predicted, noise) {
            sum.add(Double(a - b) * Double(a - b))
        }
        let norm = move(by: nil)
        let error = sum.value / Double(noise.count)
        return StepLoss(total: error, noiseError: error, gradientNorm: norm)
    }

    private func discreteGammas(_ step: Int, count: Int) -> [Double] {
        let levels = Double(LearnedSchedule.discreteCount)
        return uniform(step, .time, count: count).map { draw in
            schedule.schedule.gamma(at: Double(Int(draw * levels) + 1) / levels)
        }
    }

    /// What a step with the loss `noise` has the network do, without the step.
    mutating func noiseTask(_ step: Int) -> (input: NoisePrediction.Input, noise: [Float]) {
        let batch = images.picked(order.rows(step: step))
        let noise = normal(step, .noise, count: batch.images.count)
        let gammas = discreteGammas(step, count: batch.count)
        return (input(step, batch, noise: noise, gammas: gammas), noise)
    }

    private func accumulate(
        _ step: Int, _ batch: ImageSet, noise: [Float], gammas: [Double], factor: Float
    ) -> NoisePrediction.Gradients {
        prediction.accumulate(
            input(step, batch, noise: noise, gammas: gammas), noise: noise, factor: factor,
            dropout: (seed, step))
    }

    private func input(
        _ step: Int, _ batch: ImageSet, noise: [Float], gammas: [Double]
    ) -> NoisePrediction.Input {
        var noisy = batch.images
        NoisyBatch.mix(batch.images, noise, gammas.map(NoiseLevel.init(gamma:)), into: &noisy)
        var conditions = batch.conditions
        let dropped = configuration.training.conditionDropout
        if dropped > 0 {
            let width = ImageTask.conditionWidth
            for (i, draw) in uniform(step, .conditions, count: batch.count).enumerated()
            where draw < dropped {
                for j in i * width..<(i + 1) * width { conditions[j] = 0 }
            }
        }
        return NoisePrediction.Input(images: noisy, gammas: gammas, conditions: conditions)
    }

    /// Moves network and schedule by their gradients.
    ///
    /// - Returns: The norm of the gradient, of the schedule's as well where it counts.
    private mutating func move(by loss: VariationalLoss?) -> Double {
        let training = configuration.training
        let gradients = prediction.network.takeGradients()
        var square = prediction.network.kernels.squaredSum(gradients)
        let isLearned = training.isScheduleLearned
        if isLearned, training.clipScope == .all, let loss {
            square +=
                loss.startGradient * loss.startGradient + loss.slopeGradient * loss.slopeGradient
        }
        let norm = square.squareRoot()
        // As torch.nn.utils.clip_grad_norm_ has it.
        let scale = training.clip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        optimizer.step(gradients, scale: Float(scale))
        if isLearned, let loss {
            schedule.step(
                loss.startGradient, loss.slopeGradient,
                scale: training.clipScope == .all ? scale : 1)
        }
        return norm
    }

    private func normal(_ step: Int, _ draw: RandomStream.Purpose.StepDraw, count: Int) -> [Float] {
        RandomStream(seed: seed, .step(step, draw), kernels: kernels)
            .normal(count: count, threads: 1)
    }

    /// Uniform on [0, 1).
    private func uniform(
        _ step: Int, _ draw: RandomStream.Purpose.StepDraw, count: Int
    ) -> [Double] {
        RandomStream(seed: seed, .step(step, draw), kernels: kernels)
            .uniform(count: count, bound: 0.5).map { min(Double($0) + 0.5, 0.999_999_9) }
    }
}
