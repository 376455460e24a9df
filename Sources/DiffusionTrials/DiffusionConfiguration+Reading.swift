import NumericCore
import Sweeps

extension DiffusionConfiguration {
    /// - Throws: `ConfigurationError`, where a value is out of range or values do not fit together.
    init(_ given: Configuration) throws(ConfigurationError) {
        let first = try ConfigurationReader(given, parameters: DiffusionKind.parameters)
        let role = Role(rawValue: try first.choice("task.kind")) ?? .generator
        let tier = Tier(rawValue: try first.choice("tier")) ?? .t1
        var filled = given
        for (key, value) in tier.defaults(role) where given[key] == nil { filled[key] = value }
        let reader = try ConfigurationReader(filled, parameters: DiffusionKind.parameters)

        self.role = role
        images = try Self.images(reader)
        samples = try reader.integer("data.samples")
        emptyShare = role == .classifier ? try reader.number("data.empty") : 0
        shape = try Self.shape(
            reader, role, concepts: images.concepts.count, hasEmpty: emptyShare > 0)
        training = try Self.training(reader, role)
        sampling = try Self.sampling(reader)
        judgeFile = role == .generator ? try reader.optionalFile("judge.classifier") : nil
        probing = role == .generator ? try Self.probing(reader) : nil
        logInterval = try reader.integer("log.every")
        try check()
    }

    private static func images(
        _ reader: ConfigurationReader
    ) throws(ConfigurationError) -> ImageTask {
        let names = try reader.choice("data.concepts").split(separator: "-")
        let concepts = names.compactMap { Concept(rawValue: String($0)) }
        return ImageTask(
            concepts: concepts, size: try reader.integer("data.size"),
            colorSeparation: try reader.number("data.color_separation"),
            sizeSeparation: try reader.number("data.size_separation"),
            backgroundSeparation: concepts.contains(.background)
                ? try reader.number("data.background_separation") : 0,
            radius: try reader.number("data.radius"), blur: try reader.number("data.blur"))
    }

    private static func shape(
        _ reader: ConfigurationReader, _ role: Role, concepts: Int, hasEmpty: Bool
    ) throws(ConfigurationError) -> UNetShape {
        let channels = try reader.numbers("model.channels")
        let isGenerator = role == .generator
        return UNetShape(
            size: try reader.integer("data.size"),
            channels: try channels.map { value throws(ConfigurationError) in
                guard let count = Int(exactly: value), count % 16 == 0 else {
                    throw ConfigurationError(
                        "model.channels",
                        "has \(Value.number(value)); multiples of 16 are meant")
                }
                return count
            },
            blocks: try reader.integer("model.blocks"),
            heads: try reader.flag("model.attention") ? 4 : 0,
            style: BlockStyle(
                groups: try reader.integer("model.groups"), activation: .gelu,
                dropout: try reader.number("model.dropout")),
            timeWidth: isGenerator ? try reader.integer("model.time_width") : 0,
            head: isGenerator ? .noise : .logits(2 * (concepts + (hasEmpty ? 1 : 0))),
            startScale: try reader.number("model.scale"))
    }

    private static func training(
        _ reader: ConfigurationReader, _ role: Role
    ) throws(ConfigurationError) -> Training {
        let clip = try reader.number("train.clip")
        let average = try reader.number("train.average")
        let isGenerator = role == .generator
        let loss =
            isGenerator ? Loss(rawValue: try reader.choice("train.loss")) ?? .variational : .noise
        let isLearned =
            isGenerator && loss == .variational
            ? try reader.choice("train.schedule") == "learned" : false
        let scope = ClipScope(rawValue: try reader.choice("train.clip_scope")) ?? .all
        return Training(
            steps: try reader.integer("train.steps"),
            batchSize: try reader.integer("train.batch_size"),
            learningRate: try reader.number("train.learning_rate"),
            weightDecay: try reader.number("train.weight_decay"),
            betas: try reader.numbers("train.betas"), clip: clip > 0 ? clip : nil,
            clipScope: isLearned && clip > 0 ? scope : .network, loss: loss,
            isScheduleLearned: isLearned, average: average > 0 ? average : nil,
            conditionDropout: isGenerator ? try reader.number("train.condition_dropout") : 0,
            noise: isGenerator ? 0 : try reader.number("train.noise"))
    }

    private static func sampling(
        _ reader: ConfigurationReader
    ) throws(ConfigurationError) -> Sampling {
        Sampling(
            steps: try reader.integer("sample.steps"), images: try reader.integer("sample.images"),
            oodImages: try reader.integer("sample.ood_images"),
            checkpoints: try reader.integer("sample.checkpoints"),
            firstStep: try reader.integer("sample.first_step"),
            guidance: try reader.number("sample.guidance"), kept: try reader.integer("sample.keep"))
    }

    private static func probing(
        _ reader: ConfigurationReader
    ) throws(ConfigurationError) -> Probing? {
        guard reader.isGiven("probe.color_separations") else { return nil }
        return Probing(
            colorSeparations: try reader.numbers("probe.color_separations"),
            size: reader.isGiven("probe.size") ? try reader.number("probe.size") : nil,
            images: try reader.integer("probe.images"))
    }

    /// The steps at which images are drawn: equally far apart in the square root of the step.
    ///
    /// - SeeAlso: arXiv:2406.19370, whose checkpoints these are.
    var sampledSteps: [Int] {
        let (first, last) = (min(sampling.firstStep, training.steps), training.steps)
        guard sampling.checkpoints > 1 else { return [last] }
        let (low, high) = (Double(first).squareRoot(), Double(last).squareRoot())
        let steps = (0..<sampling.checkpoints).map { i in
            let root = low + (high - low) * Double(i) / Double(sampling.checkpoints - 1)
            // The square of a root may fall short of a whole number by rounding alone.
            return min(last, Int(root * root + 1e-6))
        }
        return Set(steps).sorted()
    }

    /// Images of all trained classes, the held-out ones left out.
    var trainedCount: Int {
        let count =
            role == .generator
            ? samples * images.trainedClasses.count
            : LabelledImages.fullCount(self) + LabelledImages.emptyCount(self)
        return Int(0.85 * Double(count))
    }

    var stepsPerEpoch: Int { (trainedCount + training.batchSize - 1) / training.batchSize }

    private func check() throws(ConfigurationError) {
        let levels = shape.channels.count
        guard images.size % (1 << (levels - 1)) == 0 else {
            throw ConfigurationError(
                "data.size",
                "is \(images.size), which \(levels) levels cannot halve \(levels - 1) times; "
                    + "it must be a multiple of \(1 << (levels - 1))")
        }
        let fewest = min(sampling.images, sampling.oodImages)
        guard sampling.kept <= fewest else {
            throw ConfigurationError(
                "sample.keep",
                "is \(sampling.kept), more than the \(fewest) images that are drawn of a class "
                    + "(sample.images, sample.ood_images)")
        }
        if probing != nil, judgeFile == nil {
            throw ConfigurationError(
                "probe.color_separations",
                "needs a classifier that judges the images; write judge: {classifier: PATH}")
        }
        for count in shape.channels where count % shape.style.groups != 0 {
            throw ConfigurationError(
                "model.channels",
                "has \(count), which are not whole groups of \(shape.style.groups) (model.groups)")
        }
        if role == .classifier, UNetShape.mapCount % shape.style.groups != 0 {
            throw ConfigurationError(
                "model.groups",
                "is \(shape.style.groups), of which a classifier's \(UNetShape.mapCount) maps are no "
                    + "whole groups")
        }
        for member in images.classes {
            let spread = images.radius(of: member)
            guard spread.reach >= 0, spread.middle > 0 else {
                throw ConfigurationError(
                    "data.size_separation",
                    "leaves class \(member) no radius over \(ImageTask.leastRadius); "
                        + "take it smaller, or data.radius larger")
            }
        }
    }
}
