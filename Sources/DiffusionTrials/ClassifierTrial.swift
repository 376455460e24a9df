import NumericCore
import Sweeps

/// One classifier, from its seed to its result.
struct ClassifierTrial: ResumableTrial {
    /// How often the held-out images are looked at.
    static let validationCount = 10

    private let configuration: DiffusionConfiguration
    private let seed: UInt64
    private let context: TrialContext
    private let kernels: Kernels
    private let classifier: Classifier
    private let optimizer: NetworkOptimizer
    private let trained: LabelledImages
    private let held: LabelledImages
    private var order: BatchOrder
    private var record: DiffusionRecord
    /// How many steps are taken.
    private var stepCount = 0

    init(
        _ configuration: DiffusionConfiguration, seed: UInt64, context: TrialContext,
        kernels: Kernels
    ) {
        self.configuration = configuration
        self.seed = seed
        self.context = context
        self.kernels = kernels
        let training = configuration.training
        classifier = Classifier(
            configuration.shape, concepts: configuration.images.concepts.count,
            batchSize: training.batchSize, threads: context.threads, kernels: kernels)
        classifier.network.start(seed: seed)
        optimizer = NetworkOptimizer(classifier.network, training)
        (trained, held) = LabelledImages.drawn(configuration, seed: seed, kernels: kernels)
            .split(share: 0.85, seed: seed, kernels: kernels)
        order = BatchOrder(
            count: trained.count, batchSize: training.batchSize, seed: seed, kernels: kernels)
        record = DiffusionRecord(names: configuration.curveNames)
    }

    private var state: TrainingState {
        TrainingState(
            step: stepCount, layout: classifier.network.layout,
            tensors: [classifier.network.state] + optimizer.state, curves: record.curves)
    }

    mutating func restore(_ state: TrainingState) throws(CheckpointError) {
        try classifier.network.restore(state)
        try optimizer.restore(state)
        try record.restore(state.curves)
        stepCount = state.step
    }

    mutating func run() throws -> TrialResult {
        let steps = configuration.training.steps
        let interval = max(1, steps / Self.validationCount)
        while stepCount < steps, record.divergedStep == nil {
            if context.isCancelled() { throw CancellationError() }
            if let checkpoints = context.checkpoints, stepCount > 0, checkpoints.isDue() {
                checkpoints.keep { state }
            }
            let step = stepCount + 1
            let (loss, norm) = self.step(step)
            if !loss.isFinite || step % configuration.logInterval == 0 || step == steps {
                record.add("train_loss", step, loss)
                record.add("gradient_norm", step, norm)
                context.report(
                    TrialProgress(step: step, stepCount: steps, values: record.newest))
            }
            if record.divergedStep == nil, step % interval == 0 || step == steps {
                validate(step)
            }
            stepCount = step
        }
        let weights = optimizer.withAverages { Judge.tensors(classifier, configuration) }
        context.keepWeights?(weights + Judge.imageTensors(configuration.images))
        return TrialResult(
            outcome: record.outcome, curves: record.curves, scalars: [], weights: weights)
    }

    private mutating func step(_ step: Int) -> (loss: Double, gradientNorm: Double) {
        var batch = trained.picked(order.rows(step: step))
        batch.addNoise(
            largest: configuration.training.noise, step: step, seed: seed, kernels: kernels)
        let loss = classifier.accumulate(batch, dropout: (seed, step))
        let gradients = classifier.network.takeGradients()
        let norm = kernels.squaredSum(gradients).squareRoot()
        // As torch.nn.utils.clip_grad_norm_ has it.
        let scale = configuration.training.clip.map { min(1, $0 / (norm + 1e-6)) } ?? 1
        optimizer.step(gradients, scale: Float(scale))
        return (loss, norm)
    }

    private mutating func validate(_ step: Int) {
        let losses = optimizer.withAverages { classifier.losses(held) }
        let count = Double(losses.count)
        record.add("validation_loss", step, losses.reduce(0) { $0 + $1.value } / count)
        record.add("validation_accuracy", step, Double(losses.count { $0.isRight }) / count)
    }
}
