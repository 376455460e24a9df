public import Foundation
public import NumericCore
import Sweeps

/// The whole training step of a generator, for benchmarks: noise, prediction, loss, gradients, AdamW.
public struct GeneratorBenchmark {
    /// Networks that are timed.
    public enum Net: String, CaseIterable, Sendable {
        /// The paper's network with half its channels.
        case half = "b32"
        /// The paper's.
        case paper = "b64"
        /// That of tier T1.
        case medium = "t1"

        var values: [String: Value] {
            switch self {
            case .half: ["tier": "T2", "model.channels": [32, 64, 128]]
            case .paper: ["tier": "T2"]
            case .medium: ["tier": "T1", "train.batch_size": 32]
            }
        }
    }

    var training: GeneratorTraining
    let drawing: ImageDrawing
    private var step = 0
    public let batchSize: Int

    /// - Throws: `ConfigurationError` at a batch that is no batch.
    public init(_ net: Net, batchSize: Int?, threads: Int, kernels: Kernels) throws {
        var values = net.values.merging([
            "train.loss": "noise", "train.clip": 0, "train.average": 0, "model.dropout": 0,
            "data.samples": 64, "sample.steps": 10, "sample.images": 16, "sample.ood_images": 16,
        ]) { $1 }
        if let batchSize { values["train.batch_size"] = .number(Double(batchSize)) }
        let configuration = try DiffusionConfiguration(Configuration(values))
        self.batchSize = configuration.training.batchSize
        let task = configuration.images
        let images = ImageSet.drawn(
            task, classes: task.trainedClasses, perClass: self.batchSize, seed: 1,
            kernels: kernels)
        training = GeneratorTraining(
            configuration, images: images, seed: 1, threads: threads, kernels: kernels)
        drawing = .classes(configuration, prompts: images, seed: 1, kernels: kernels)
    }

    public var parameterCount: Int {
        training.prediction.network.graph.parameters.reduce(0) { $0 + $1.count }
    }

    /// Floating-point operations of convolutions and other linear layers in a step, there and back, as
    /// direct convolutions have them.
    public var operationsPerStep: Double {
        convolutionOperations
            + operations(of: layers(Linear.self).map { ($0.weight, $0.input.value.size) })
    }

    /// Those of convolutions with 3 × 3 weights alone.
    public var convolutionOperations: Double {
        operations(of: layers(Convolution.self).map { ($0.weight, $0.input.value.size) })
    }

    private func layers<Kind: Layer>(_: Kind.Type) -> [Kind] {
        training.prediction.network.graph.layers.compactMap { $0 as? Kind }
    }

    private func operations(of layers: [(weight: NetworkParameter, size: Int)]) -> Double {
        let products = layers.reduce(0) { $0 + $1.weight.count * $1.size * $1.size }
        return 6 * Double(products * batchSize)
    }

    /// Has all convolutions with 3 × 3 weights work on a batch, there and back, as a step does, whatever
    /// lies in their inputs.
    public func convolve() {
        let convolutions = layers(Convolution.self)
        training.prediction.network.forEachRun(of: batchSize) { run, _ in
            for layer in convolutions { layer.forward(run) }
            for layer in convolutions.reversed() { layer.backward(run) }
        }
        training.prediction.network.takeGradients().fill(0)
    }

    /// Writes what peers need to take the same steps: the first weights as `weights.safetensors`, the
    /// optimizer as `optimizer.json`, and each step's batch as `batch.K.safetensors`, K from 1. Then
    /// takes the steps, and writes the weights as `trained.safetensors` and what it draws by them as
    /// `drawing.safetensors`.
    ///
    /// Images and noise have the shape `[batch, size, size, 3]`.
    ///
    /// - Throws: What cannot be written.
    public mutating func write(steps: Int, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let size = training.configuration.shape.size
        func write(_ tensors: [Tensor], _ name: String) throws {
            try Data(Safetensors.bytes(of: tensors)).write(to: folder.appending(path: name))
        }
        try write(weights, "weights.safetensors")
        let optimizer = training.configuration.training
        let numbers = [
            "rate": [optimizer.learningRate], "decay": [optimizer.weightDecay],
            "betas": optimizer.betas,
        ]
        try JSONEncoder().encode(numbers).write(to: folder.appending(path: "optimizer.json"))
        for step in 1...steps {
            let (input, noise) = training.noiseTask(step)
            let times = input.gammas.map(NoisePrediction.time(gamma:))
            let waves = times.flatMap(TimeWaves.values(at:))
            let shape = [input.count, size, size, ImageTask.channels]
            try write(
                [
                    Tensor("images", shape: shape, .float(input.images)),
                    Tensor("noise", shape: shape, .float(noise)),
                    Tensor("waves", shape: [input.count, UNetShape.waveCount], .float(waves)),
                    Tensor(
                        "condition", shape: [input.count, ImageTask.conditionWidth],
                        .float(input.conditions)),
                ], "batch.\(step).safetensors")
        }
        for _ in 1...steps { _ = takeStep() }
        try write(weights, "trained.safetensors")
        try write(drawingTensors, "drawing.safetensors")
    }

    private var weights: [Tensor] {
        let network = training.prediction.network
        return network.tensors(network.values)
    }

    /// Takes a step.
    ///
    /// - Returns: The mean squared error of the noise before it.
    public mutating func takeStep() -> Double {
        step += 1
        return training.step(step).total
    }
}
