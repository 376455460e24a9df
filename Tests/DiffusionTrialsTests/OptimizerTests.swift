import Foundation
import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("Steps of the optimizer")
struct OptimizerTests {
    private struct Case: Encodable {
        let channels: [Int]
        let blocks: Int
        let heads = 0
        let groups: Int
        let timeWidth: Int
        let activation = "gelu"
        let steps = 20
        let rate: Double
        let decay: Double
        let clip: Double
        let average: Double
    }

    @Test("are PyTorch's, clipped and averaged", arguments: [0.3, 1e9])
    func torch(clip: Double) throws {
        let kernels = try Kernels.chosen()
        let configuration = try DiffusionConfiguration(
            Configuration([
                "tier": "T0", "model.dropout": 0, "train.clip": .number(clip),
                "train.average": 0.9, "train.batch_size": 12, "train.weight_decay": 0.1,
                "train.learning_rate": 0.002,
            ]))
        let (shape, training) = (configuration.shape, configuration.training)
        let prediction = NoisePrediction(shape, batchSize: 12, threads: 2, kernels: kernels)
        let network = prediction.network
        network.start(seed: 1)
        let first = network.tensors(network.values)
        let optimizer = NetworkOptimizer(network, training)
        let count = 12 * shape.size * shape.size * 3
        func normal(_ seed: UInt64, _ count: Int) -> [Float] {
            RandomStream(seed: seed, .pixels(.test), kernels: kernels).normal(count: count)
        }
        let (images, noise, conditions) = (normal(2, count), normal(3, count), normal(4, 12 * 11))
        let gammas = (0..<12).map { Double($0) - 4.5 }
        let input = NoisePrediction.Input(images: images, gammas: gammas, conditions: conditions)
        var losses: [Float] = []
        for step in 1...20 {
            let result = prediction.accumulate(
                input, noise: noise, factor: 2 / Float(count), dropout: (1, step))
            var sum = 0.0
            for (a, b) in zip(result.predicted, noise) { sum += Double((a - b) * (a - b)) }
            losses.append(Float(sum / Double(count)))
            let gradients = network.takeGradients()
            let norm = kernels.squaredSum(gradients).squareRoot()
            optimizer.step(gradients, scale: Float(min(1, clip / (norm + 1e-6))))
        }

        let expected = try Reference.withFolder { folder in
            func write(_ name: String, _ tensors: [Tensor]) throws {
                try Data(Safetensors.bytes(of: tensors))
                    .write(to: folder.appendingPathComponent(name))
            }
            let item = Case(
                channels: shape.channels, blocks: shape.blocks, groups: shape.style.groups,
                timeWidth: shape.timeWidth, rate: training.learningRate,
                decay: training.weightDecay, clip: clip, average: 0.9)
            try JSONEncoder().encode(item)
                .write(to: folder.appendingPathComponent("case.json"))
            try write("weights.safetensors", first)
            func moved(_ name: String, _ values: [Float]) -> Tensor {
                let area = shape.size * shape.size
                let channelsFirst = values.indices.map { i in
                    values[i / (3 * area) * 3 * area + i % area * 3 + i / area % 3]
                }
                return Tensor(
                    name, shape: [12, 3, shape.size, shape.size], .float(channelsFirst))
            }
            let waves = gammas.flatMap { TimeWaves.values(at: NoisePrediction.time(gamma: $0)) }
            try write(
                "inputs.safetensors",
                [
                    moved("images", images), moved("noise", noise),
                    Tensor("waves", shape: [12, 64], .float(waves)),
                    Tensor("condition", shape: [12, 11], .float(conditions)),
                ])
            _ = try Reference.run("steps.py", arguments: [folder.path])
            let file = folder.appendingPathComponent("outputs.safetensors")
            return Dictionary(
                uniqueKeysWithValues: try Safetensors.read([UInt8](Data(contentsOf: file)))
                    .map { ($0.name, $0.floats) })
        }
        for (ours, theirs) in zip(losses, try #require(expected["losses"])) {
            #expect(abs(ours - theirs) <= 1e-4 * theirs)
        }
        #expect(losses[19] < 0.9 * losses[0], "\(losses)")
        func check(_ prefix: String) throws {
            for tensor in network.tensors(network.values) {
                let theirs = try #require(expected[prefix + tensor.name])
                var (difference, norm) = (0.0, 0.0)
                for (a, b) in zip(tensor.floats, theirs) {
                    difference += Double(a - b) * Double(a - b)
                    norm += Double(b) * Double(b)
                }
                let distance = (difference / max(norm, 1e-30)).squareRoot()
                #expect(distance <= 1e-3, "\(prefix)\(tensor.name): \(distance)")
            }
        }
        try check("")
        try optimizer.withAverages { try check("average/") }
    }
}
