import NumericCore
import Sweeps

/// A trained classifier that tells what images show.
struct Judge {
    /// The tensor of a classifier's file that says what its weights are for: groups, heads, blocks of a
    /// level, and the place of each concept among all.
    static let description = "description"
    /// Likewise what its images were like. A file of somebody else's may lack these.
    private static let imageTraits = [
        ImageTrait(tensor: "image_size", key: "data.size") { Float($0.size) },
        ImageTrait(tensor: "radius", key: "data.radius") { Float($0.radius) },
        ImageTrait(tensor: "blur", key: "data.blur") { Float($0.blur) },
    ]

    private let classifier: Classifier

    /// A classifier's weights and what they are for, as `judge.classifier` takes them.
    static func tensors(
        _ classifier: Classifier, _ configuration: DiffusionConfiguration
    ) -> [Tensor] {
        let shape = configuration.shape
        let concepts = configuration.images.concepts.map { concept in
            Float(Concept.allCases.firstIndex(of: concept) ?? 0)
        }
        let numbers = [shape.style.groups, shape.heads, shape.blocks].map(Float.init) + concepts
        return classifier.network.tensors(classifier.network.values)
            + [Tensor(description, shape: [numbers.count], .float(numbers))]
    }

    /// What the images that a classifier learned from were like.
    static func imageTensors(_ images: ImageTask) -> [Tensor] {
        imageTraits.map { Tensor($0.tensor, shape: [1], .float([$0.value(images)])) }
    }

    /// - Parameter file: Of a classifier of the same concepts and the same kind of images.
    /// - Throws: `ConfigurationError`, where the weights are no classifier's or do not fit.
    init(
        _ file: [UInt8], _ configuration: DiffusionConfiguration, threads: Int, kernels: Kernels
    ) throws {
        let (shape, tensors) = try Self.read(file, configuration)
        classifier = Classifier(
            shape, concepts: configuration.images.concepts.count, batchSize: 64, threads: threads,
            kernels: kernels)
        let network = classifier.network
        for parameter in network.graph.parameters {
            for (i, value) in (tensors[parameter.name]?.floats ?? []).enumerated() {
                network.values[parameter.offset + parameter.place(i)] = value
            }
        }
        network.prepare()
    }

    /// What a classifier's file holds: a shape, and all of its parameters.
    ///
    /// - Throws: `ConfigurationError`, as of a judge.
    static func read(
        _ file: [UInt8], _ configuration: DiffusionConfiguration
    ) throws(ConfigurationError) -> (shape: UNetShape, tensors: [String: Tensor]) {
        var tensors: [String: Tensor] = [:]
        do {
            for tensor in try Safetensors.read(file) { tensors[tensor.name] = tensor }
        } catch {
            throw ConfigurationError("judge.classifier", "is \(error)")
        }
        let shape = try shape(tensors, configuration)
        for parameter in UNet(shape, capacity: 1).graph.parameters {
            guard let tensor = tensors[parameter.name], tensor.shape == parameter.shape,
                tensor.floats.allSatisfy(\.isFinite)
            else {
                throw error("has no finite '\(parameter.name)' of shape \(parameter.shape)")
            }
        }
        return (shape, tensors)
    }

    private static func error(_ what: String) -> ConfigurationError {
        ConfigurationError(
            "judge.classifier",
            what + "; the weights of a finished trial with task.kind classifier are meant")
    }

    private static func shape(
        _ tensors: [String: Tensor], _ configuration: DiffusionConfiguration
    ) throws(ConfigurationError) -> UNetShape {
        let numbers = (tensors[description]?.floats ?? []).map { Int(exactly: $0) ?? -1 }
        let concepts = configuration.images.concepts
        guard numbers.count >= 4, let logits = tensors["head.linear2.bias"]?.shape.first else {
            throw error("holds no classifier")
        }
        guard numbers[3...].elementsEqual(concepts.map { Concept.allCases.firstIndex(of: $0) ?? 0 })
        else { throw error("tells other concepts than data.concepts names") }
        var channels: [Int] = []
        while let count = tensors["down.\(channels.count).blocks.0.norm2.weight"]?.shape.first {
            channels.append(count)
        }
        let (groups, heads, blocks) = (numbers[0], numbers[1], numbers[2])
        guard !channels.isEmpty, groups > 0, heads >= 0, blocks > 0,
            channels.allSatisfy({ $0 > 0 && $0 % 16 == 0 && $0 % groups == 0 }),
            UNetShape.mapCount % groups == 0,
            heads == 0 || channels[channels.count - 1] % heads == 0,
            logits == 2 * concepts.count || logits == 2 * concepts.count + 2
        else { throw error("has a shape that no classifier has") }
        for trait in imageTraits {
            let value = trait.value(configuration.images)
            guard let own = tensors[trait.tensor]?.floats.first, own != value else { continue }
            throw ConfigurationError(
                "judge.classifier",
                "knows images of \(trait.key) \(trait.text(own)), and these have "
                    + "\(trait.text(value)); train one with \(trait.key)=\(trait.text(value))")
        }
        guard configuration.images.size % (1 << (channels.count - 1)) == 0 else {
            throw ConfigurationError(
                "judge.classifier",
                "has \(channels.count) levels, which images of \(configuration.images.size)² pixels "
                    + "cannot be halved for")
        }
        return UNetShape(
            size: configuration.images.size, channels: channels, blocks: blocks, heads: heads,
            style: BlockStyle(groups: groups, activation: .gelu, dropout: 0), timeWidth: 0,
            head: .logits(logits))
    }

    /// What images show, shape `[count, size, size, channels]`.
    func readings(_ images: [Float]) -> [Reading] {
        let logits = classifier.logits(images)
        let width = classifier.logitCount
        return stride(from: 0, to: logits.count, by: width).map {
            Reading(logits: logits[$0..<$0 + width], concepts: classifier.concepts)
        }
    }
}

/// Something about images that a judge must have learned from to be believed.
private struct ImageTrait: Sendable {
    /// The tensor of a classifier's file that holds it.
    let tensor: String
    let key: String
    let value: @Sendable (ImageTask) -> Float

    func text(_ number: Float) -> String { Int(exactly: number).map(String.init) ?? "\(number)" }
}
