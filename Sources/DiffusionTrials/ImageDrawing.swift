import NumericCore

/// Draws images from a network's predictions, so many for each of several requests.
struct ImageDrawing {
    /// What is asked for.
    struct Request {
        let member: ConceptClass
        /// Shape `[count, conditionWidth]`.
        let conditions: [Float]

        var count: Int { conditions.count / ImageTask.conditionWidth }
    }

    let requests: [Request]
    /// The random numbers of a time.
    private let stream: @Sendable (_ time: Int) -> RandomStream
    private let task: ImageTask
    private let sampling: DiffusionConfiguration.Sampling

    /// Images of every class.
    ///
    /// - Parameter prompts: Images whose conditions are asked for: those of their classes; a class
    ///   that is not among them is asked for by its means.
    static func classes(
        _ configuration: DiffusionConfiguration, prompts: ImageSet, seed: UInt64, kernels: Kernels
    ) -> ImageDrawing {
        let (task, sampling) = (configuration.images, configuration.sampling)
        let requests = task.classes.map { member in
            let count =
                member.distance == member.values.count ? sampling.oodImages : sampling.images
            let rows = prompts.members.indices.filter { prompts.members[$0] == member }
            guard !rows.isEmpty else {
                let mean = Scene(meanOf: member, task, x: 0, y: 0).condition(task)
                return Request(member, mean, count: count)
            }
            let width = ImageTask.conditionWidth
            let conditions = (0..<count).flatMap { i in
                let row = rows[i % rows.count]
                return prompts.conditions[row * width..<(row + 1) * width]
            }
            return Request(member: member, conditions: conditions)
        }
        return ImageDrawing(
            requests: requests,
            stream: { RandomStream(seed: seed, .sampling(time: $0), kernels: kernels) },
            task: task, sampling: sampling)
    }

    /// Images of the class with all concepts: by its own prompt, then by prompts of other colours.
    ///
    /// - SeeAlso: arXiv:2406.19370, section 4, whose over-prompts these are.
    static func overPrompts(
        _ probing: DiffusionConfiguration.Probing, _ configuration: DiffusionConfiguration,
        seed: UInt64, kernels: Kernels
    ) -> ImageDrawing {
        let task = configuration.images
        let member = ConceptClass(values: task.concepts.map { _ in true })
        let own = Scene(meanOf: member, task, x: 0, y: 0).condition(task)
        let prompts = probing.colorSeparations.map { separation in
            var other = task
            other.colorSeparation = separation
            var scene = Scene(meanOf: member, other, x: 0, y: 0)
            scene.radius = probing.size ?? scene.radius
            return scene.condition(task)
        }
        return ImageDrawing(
            requests: ([own] + prompts).map { Request(member, $0, count: probing.images) },
            stream: { RandomStream(seed: seed, .probing(time: $0), kernels: kernels) },
            task: task, sampling: configuration.sampling)
    }

    /// Draws images of all requests for the `time`-th time.
    ///
    /// - Parameter check: Called before each step of the sampler.
    /// - Returns: A set of images for each request, shape `[count, size, size, channels]`.
    func draw(
        _ prediction: NoisePrediction, _ schedule: NoiseSchedule, time: Int,
        check: () throws -> Void
    ) rethrows -> [[Float]] {
        let sampler = sampler(schedule)
        let conditions = conditions
        var noisy = noise(0, time: time)
        for i in 0..<sampler.stepCount {
            try check()
            let gamma = sampler.gammas(step: i).from
            let predicted = predict(prediction, noisy, gamma: gamma, conditions)
            sampler.step(i, &noisy, predicted: predicted, fresh: noise(i + 1, time: time))
        }
        var start = 0
        return requests.map { request in
            defer { start += request.count * task.pixelCount }
            return Array(noisy[start..<start + request.count * task.pixelCount])
        }
    }

    func sampler(_ schedule: NoiseSchedule) -> AncestralSampler {
        AncestralSampler(schedule: schedule, stepCount: sampling.steps)
    }

    /// Shape `[images, conditionWidth]`, request after request.
    var conditions: [Float] { requests.flatMap(\.conditions) }

    /// The noise that all images begin with, `i` = 0, or get in step `i`, counted from 1.
    func noise(_ i: Int, time: Int) -> [Float] {
        let size = requests.reduce(0) { $0 + $1.count } * task.pixelCount
        let blocks = (size + 3) / 4
        return stream(time).normal(firstBlock: UInt64(i * blocks), count: size)
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

extension ImageDrawing.Request {
    /// The same prompt for all images.
    fileprivate init(_ member: ConceptClass, _ condition: [Float], count: Int) {
        self.init(
            member: member, conditions: Array(repeating: condition, count: count).flatMap { $0 })
    }
}
