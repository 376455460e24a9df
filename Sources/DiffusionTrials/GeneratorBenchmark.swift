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

    private var training: GeneratorTraining
    private var step = 0
    public let batchSize: Int

    /// - Throws: `ConfigurationError` at a batch that is no batch.
    public init(_ net: Net, batchSize: Int?, threads: Int, kernels: Kernels) throws {
        var values = net.values.merging([
            "train.loss": "noise", "train.clip": 0, "train.average": 0, "model.dropout": 0,
            "data.samples": 64,
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
    }

    public var parameterCount: Int {
        training.prediction.network.graph.parameters.reduce(0) { $0 + $1.count }
    }

    /// Floating-point operations of convolutions and other linear layers in a step, there and back, as
    /// direct convolutions have them.
    public var operationsPerStep: Double {
        let products = training.prediction.network.graph.layers.reduce(0) { sum, layer in
            switch layer {
            case let layer as Convolution:
                sum + layer.weight.count * layer.input.value.size * layer.input.value.size
            case let layer as Linear:
                sum + layer.weight.count * layer.input.value.size * layer.input.value.size
            default: sum
            }
        }
        return 6 * Double(products * batchSize)
    }

    /// Writes what peers need to take the same steps: the first weights as `weights.safetensors`, the
    /// optimizer as `optimizer.json`, and each step's batch as `batch.K.safetensors`, K from 1.
    ///
    /// Images and noise have the shape `[batch, size, size, 3]`.
    ///
    /// - Throws: What cannot be written.
    public mutating func write(steps: Int, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let network = training.prediction.network
        let size = training.configuration.shape.size
        func write(_ tensors: [Tensor], _ name: String) throws {
            try Data(Safetensors.bytes(of: tensors)).write(to: folder.appending(path: name))
        }
        try write(network.tensors(network.values), "weights.safetensors")
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
    }

    /// Takes a step.
    ///
    /// - Returns: The mean squared error of the noise before it.
    public mutating func takeStep() -> Double {
        step += 1
        return training.step(step).total
    }
}
