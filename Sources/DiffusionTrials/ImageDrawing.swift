import NumericCore

/// Draws images of every class from a network's predictions.
struct ImageDrawing {
    /// What is asked for.
    struct Request {
        let member: ConceptClass
        /// Shape `[count, conditionWidth]`.
        let conditions: [Float]

        var count: Int { conditions.count / ImageTask.conditionWidth }
    }

    let requests: [Request]
    private let task: ImageTask
    private let sampling: DiffusionConfiguration.Sampling
    private let seed: UInt64
    private let kernels: Kernels

    /// - Parameter prompts: Images whose conditions are asked for: those of their classes; a class
    ///   that is not among them is asked for by its means.
    init(_ configuration: DiffusionConfiguration, prompts: ImageSet, seed: UInt64, kernels: Kernels)
    {
        task = configuration.images
        sampling = configuration.sampling
        self.seed = seed
        self.kernels = kernels
        let (task, sampling) = (task, sampling)
        requests = task.classes.map { member in
            let count =
                member.distance == member.values.count ? sampling.oodImages : sampling.images
            let rows = prompts.members.indices.filter { prompts.members[$0] == member }
            guard !rows.isEmpty else {
                let mean = Scene(meanOf: member, task, x: 0, y: 0).condition(task)
                return Request(
                    member: member,
                    conditions: Array(repeating: mean, count: count).flatMap { $0 })
            }
            let width = ImageTask.conditionWidth
            let conditions = (0..<count).flatMap { i in
                let row = rows[i % rows.count]
                return prompts.conditions[row * width..<(row + 1) * width]
            }
            return Request(member: member, conditions: conditions)
        }
    }

    /// Draws images of all classes for the `time`-th time.
    ///
    /// - Parameter check: Called before each step of the sampler.
    /// - Returns: A set of images for each request, shape `[count, size, size, channels]`.
    func draw(
        _ prediction: NoisePrediction, _ schedule: NoiseSchedule, time: Int,
        check: () throws -> Void
    ) rethrows -> [[Float]] {
        let sampler = AncestralSampler(schedule: schedule, stepCount: sampling.steps)
        let conditions = requests.flatMap(\.conditions)
        let count = requests.reduce(0) { $0 + $1.count }
        let stream = RandomStream(seed: seed, .sampling(time: time), kernels: kernels)
        let size = count * task.pixelCount
        let blocks = UInt64((size + 3) / 4)
        func normal(_ i: Int) -> [Float] {
            stream.normal(firstBlock: UInt64(i) * blocks, count: size)
        }
        var noisy = normal(0)
        for i in 0..<sampler.stepCount {
            try check()
            let gamma = sampler.gammas(step: i).from
            let predicted = predict(prediction, noisy, gamma: gamma, conditions)
            sampler.step(i, &noisy, predicted: predicted, fresh: normal(i + 1))
        }
        var start = 0
        return requests.map { request in
            defer { start += request.count * task.pixelCount }
            return Array(noisy[start..<start + request.count * task.pixelCount])
        }
    }

    private func predict(
        _ prediction: NoisePrediction, _ noisy: [Float], gamma: Double, _ conditions: [Float]
    ) -> [Float] {
        let gammas = Array(repeating: gamma, count: noisy.count / task.pixelCount)
        var input = NoisePrediction.Input(images: noisy, gammas: gammas, conditions: conditions)
        let told = prediction.predictAll(input)
        guard sampling.guidance > 0 else { return told }
        input.conditions = Array(repeating: 0, count: conditions.count)
        let untold = prediction.predictAll(input)
        let weight = Float(sampling.guidance)
        return zip(told, untold).map { (1 + weight) * $0 - weight * $1 }
    }
}
