import NumericCore

/// The loss on images of the class that is never trained on, always with the same times and noise.
struct OODProbe {
    static let imageCount = 32

    private let images: ImageSet
    private let noise: [Float]
    private let leastNoise: [Float]
    private let times: [Double]
    private let kind: DiffusionConfiguration.Loss

    init(_ configuration: DiffusionConfiguration, seed: UInt64, kernels: Kernels) {
        let task = configuration.images
        let member = ConceptClass(values: task.concepts.map { _ in true })
        images = ImageSet.means(
            of: member, task, count: Self.imageCount, seed: seed, kernels: kernels)
        func normal(_ draw: RandomStream.Purpose.StepDraw, _ count: Int) -> [Float] {
            RandomStream(seed: seed, .step(0, draw), kernels: kernels).normal(count: count)
        }
        noise = normal(.noise, images.images.count)
        leastNoise = normal(.leastNoise, images.images.count)
        times = NoisyBatch.times(count: images.count, draw: 0.5)
        kind = configuration.training.loss
    }

    /// - Returns: The loss, and the mean squared error of the predicted noise.
    func loss(
        _ prediction: NoisePrediction, _ schedule: LearnedSchedule
    ) -> (total: Double, noiseError: Double) {
        let gammas = times.map { schedule.schedule.gamma(at: $0) }
        var noisy = images.images
        NoisyBatch.mix(images.images, noise, gammas.map(NoiseLevel.init(gamma:)), into: &noisy)
        let predicted = prediction.predictAll(
            NoisePrediction.Input(images: noisy, gammas: gammas, conditions: images.conditions))
        let loss = VariationalLoss(
            start: schedule.start, slope: schedule.slope, images: images.images, noise: noise,
            predicted: predicted, leastNoise: leastNoise)
        return (kind == .variational ? loss.total : loss.noiseError, loss.noiseError)
    }
}
