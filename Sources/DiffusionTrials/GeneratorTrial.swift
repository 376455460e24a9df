import NumericCore
import Sweeps

/// One generator, from its seed to its result.
struct GeneratorTrial: ResumableTrial {
    private let configuration: DiffusionConfiguration
    private let seed: UInt64
    private let context: TrialContext
    private let kernels: Kernels
    private var training: GeneratorTraining
    private let probe: OODProbe
    private let drawing: ImageDrawing
    private let judge: Judge?
    private let overPrompts: ImageDrawing?
    private var record: DiffusionRecord
    /// How many steps are taken.
    private var stepCount = 0
    private var kept: KeptImages

    init(
        _ configuration: DiffusionConfiguration, seed: UInt64, context: TrialContext,
        kernels: Kernels
    ) throws {
        self.configuration = configuration
        self.seed = seed
        self.context = context
        self.kernels = kernels
        let task = configuration.images
        let all = ImageSet.drawn(
            task, classes: task.trainedClasses, perClass: configuration.samples, seed: seed,
            kernels: kernels)
        let (trained, held) = all.split(share: 0.85, seed: seed, kernels: kernels)
        training = GeneratorTraining(
            configuration, images: trained, seed: seed, threads: context.threads, kernels: kernels)
        probe = OODProbe(configuration, seed: seed, kernels: kernels)
        drawing = .classes(configuration, prompts: held, seed: seed, kernels: kernels)
        overPrompts = configuration.probing.map {
            .overPrompts($0, configuration, seed: seed, kernels: kernels)
        }
        judge = try configuration.judgeFile.map {
            try Judge(
                context.file($0), configuration, threads: context.threads, kernels: kernels)
        }
        record = DiffusionRecord(names: configuration.curveNames)
        kept = KeptImages(task, each: configuration.sampling.kept)
    }

    private var state: TrainingState {
        TrainingState(
            step: stepCount, layout: training.prediction.network.layout,
            tensors: training.state + kept.state,
            curves: record.curves)
    }

    mutating func restore(_ state: TrainingState) throws(CheckpointError) {
        try training.restore(state)
        try record.restore(state.curves)
        try kept.restore(state)
        stepCount = state.step
    }

    mutating func run() throws -> TrialResult {
        let steps = configuration.training.steps
        let sampled = Set(configuration.sampledSteps)
        while stepCount < steps, record.divergedStep == nil {
            if context.isCancelled() { throw CancellationError() }
            if let checkpoints = context.checkpoints, stepCount > 0, checkpoints.isDue() {
                checkpoints.keep { state }
            }
            let step = stepCount + 1
            let loss = training.step(step)
            if !loss.total.isFinite || isLogged(step) { note(step, loss) }
            if sampled.contains(step), record.divergedStep == nil { try look(step) }
            stepCount = step
        }
        let weights = training.prediction.network.tensors(training.prediction.network.values)
        context.keepWeights?(weights)
        return TrialResult(
            outcome: record.outcome, curves: record.curves, scalars: [], weights: weights,
            arrays: kept.arrays)
    }

    private func isLogged(_ step: Int) -> Bool {
        step % configuration.logInterval == 0 || step == configuration.training.steps
    }

    private mutating func note(_ step: Int, _ loss: GeneratorTraining.StepLoss) {
        record.add("train_loss", step, loss.total)
        record.add("noise_error", step, loss.noiseError)
        record.add("gradient_norm", step, loss.gradientNorm)
        if configuration.training.isScheduleLearned {
            record.add("schedule/start", step, training.schedule.start)
            record.add("schedule/slope", step, training.schedule.slope)
        }
        context.report(
            TrialProgress(
                step: step, stepCount: configuration.training.steps, values: record.newest))
    }

    /// Tests the averaged network and draws images with it.
    private mutating func look(_ step: Int) throws {
        let loss = training.withAverages { probe.loss($0, training.schedule) }
        record.add("ood_loss", step, loss.total)
        record.add("ood_noise_error", step, loss.noiseError)
        let drawn = try draw(drawing, step)
        // A judge's largest value of each map would hide what is not a number.
        guard drawn.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            record.diverge(at: step)
            return
        }
        kept.add(step, drawn)
        guard let judge else { return }
        note(step, drawn, judge)
        if let overPrompts { try probe(step, overPrompts, judge) }
    }

    private func draw(_ drawing: ImageDrawing, _ step: Int) throws -> [[Float]] {
        try training.withAverages { prediction in
            try drawing.draw(prediction, training.schedule.schedule, time: step) {
                if context.isCancelled() { throw CancellationError() }
            }
        }
    }

    /// Logs how well prompts of stronger colours bring out the class with all concepts.
    ///
    /// - SeeAlso: arXiv:2406.19370, section 4, where the best of several shows what a model can do
    ///   before its own prompt does.
    private mutating func probe(_ step: Int, _ overPrompts: ImageDrawing, _ judge: Judge) throws {
        let drawn = try draw(overPrompts, step)
        let accuracies = zip(overPrompts.requests, drawn).map { request, images in
            Judgement(judge.readings(images), of: request.member).jointAccuracy
        }
        record.add("probe/naive", step, accuracies[0])
        for (i, accuracy) in accuracies.dropFirst().enumerated() {
            record.add("probe/\(i + 1)", step, accuracy)
        }
        record.add("probe/best", step, accuracies.dropFirst().max() ?? accuracies[0])
    }

    /// Logs what the judge says of images of every class, of the one with all concepts in full.
    private mutating func note(_ step: Int, _ drawn: [[Float]], _ judge: Judge) {
        for (request, images) in zip(drawing.requests, drawn) {
            let member = request.member
            let judgement = Judgement(judge.readings(images), of: member)
            record.add("accuracy/\(member)", step, judgement.jointAccuracy)
            guard member.distance == member.values.count else { continue }
            for (concept, value) in zip(configuration.images.concepts, judgement.coordinates) {
                record.add("concept/\(concept.rawValue)", step, value)
            }
            record.add("concept_loss", step, judgement.loss)
            record.add("accuracy", step, judgement.accuracy)
            record.add("presence", step, judgement.presence)
        }
    }
}
