import NumericCore
public import Sweeps

extension DiffusionKind: DataShowing {
    /// A generator's training images; of the class that is never trained on, those of its `ood_loss`.
    /// A classifier's images in each of its settings, with the noise of its first step.
    public func data(of spec: TrialSpec, each: Int) throws -> [DataImages] {
        let configuration = try DiffusionConfiguration(spec.configuration)
        let kernels = try Kernels.chosen()
        switch configuration.role {
        case .generator: return generatorData(configuration, spec.seed, each, kernels)
        case .classifier: return classifierData(configuration, spec.seed, each, kernels)
        }
    }

    private func generatorData(
        _ configuration: DiffusionConfiguration, _ seed: UInt64, _ each: Int, _ kernels: Kernels
    ) -> [DataImages] {
        let task = configuration.images
        let set = ImageSet.drawn(
            task, classes: task.trainedClasses, perClass: configuration.samples, seed: seed,
            kernels: kernels)
        return task.classes.map { member in
            let rows = set.members.indices.filter { set.members[$0] == member }.prefix(each)
            let isTrained = !rows.isEmpty
            let images =
                isTrained
                ? set.picked(Array(rows)[...])
                : ImageSet.means(of: member, task, count: each, seed: seed, kernels: kernels)
            let label = "\(member) " + task.words(for: member).joined(separator: ", ")
            return DataImages(
                label: label + (isTrained ? "" : " (not trained)"),
                images: array("data/\(member)", images.images, count: images.count, task))
        }
    }

    private func classifierData(
        _ configuration: DiffusionConfiguration, _ seed: UInt64, _ each: Int, _ kernels: Kernels
    ) -> [DataImages] {
        let task = configuration.images
        let all = LabelledImages.drawn(configuration, seed: seed, kernels: kernels)
        let labels = task.classes.map { Optional($0.values) } + [nil]
        return labels.compactMap { label in
            let rows = all.labels.indices.filter { all.labels[$0] == label }
            guard !rows.isEmpty else { return nil }
            // Settings follow each other: some of each.
            let count = min(each, rows.count)
            var images = all.picked((0..<count).map { rows[$0 * rows.count / count] }[...])
            images.addNoise(
                largest: configuration.training.noise, step: 1, seed: seed, kernels: kernels)
            let member = label.map(ConceptClass.init(values:))
            let name = member.map(\.description) ?? "nothing"
            let words = member.map { " " + task.words(for: $0).joined(separator: ", ") } ?? ""
            return DataImages(
                label: name + words,
                images: array("data/\(name)", images.images, count: count, task))
        }
    }

    private func array(
        _ name: String, _ images: [Float], count: Int, _ task: ImageTask
    ) -> TrialArray {
        TrialArray(
            name: name, steps: [0], shape: [count, task.size, task.size, ImageTask.channels],
            bytes: images.map(\.byte))
    }
}
