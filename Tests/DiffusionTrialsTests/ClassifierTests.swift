import Foundation
import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("A classifier")
struct ClassifierTests {
    private func configuration(_ values: [String: Value] = [:]) throws -> DiffusionConfiguration {
        try DiffusionConfiguration(Configuration(Trials.classifier.merging(values) { $1 }))
    }

    @Test("has the paper's number of parameters")
    func parameterCount() throws {
        let configuration = try configuration(["tier": "T2"])
        let graph = UNet(configuration.shape, capacity: 1).graph
        #expect(graph.parameters.reduce(0) { $0 + $1.count } == 226_692)
    }

    private struct Case: Encodable {
        let channels: [Int]
        let blocks: Int
        let heads: Int
        let groups: Int
        let timeWidth = 0
        let activation = "gelu"
        let logits: Int
    }

    @Test(
        "agrees with PyTorch in logits, loss and every gradient",
        arguments: [
            ["train.steps": 3],
            ["tier": "T2", "data.size": 16, "data.samples": 8, "train.steps": 2],
        ] as [[String: Value]])
    func torch(values: [String: Value]) throws {
        let kernels = try Kernels.chosen()
        let configuration = try configuration(values.merging(["model.dropout": 0]) { $1 })
        let shape = configuration.shape
        let classifier = Classifier(
            shape, concepts: 2, batchSize: 11, threads: 2, kernels: kernels)
        let network = classifier.network
        network.start(seed: 1)
        // What begins at zero, or small, would hide gradients.
        for (index, parameter) in network.graph.parameters.enumerated() {
            let numbers = RandomStream(seed: 9, .weights(layer: index), kernels: kernels)
                .uniform(count: parameter.count, bound: 0.1)
            let middle: Float = parameter.name.hasSuffix("norm1.weight") ? 1 : 0
            let floats = network.values.part(parameter.offset, parameter.floatCount)
            for (i, number) in numbers.enumerated() {
                floats[parameter.place(i)] = middle + number
            }
        }
        network.prepare()
        let rows = LabelledImages.drawn(configuration, seed: 1, kernels: kernels)
            .split(share: 0.5, seed: 1, kernels: kernels).0.picked(Array(0..<11)[...])
        let logits = classifier.logits(rows.images)
        let loss = classifier.accumulate(rows, dropout: (1, 1))
        let gradients = network.tensors(network.takeGradients(), isTrained: true)

        let expected = try Reference.withFolder { folder in
            func write(_ name: String, _ tensors: [Tensor]) throws {
                try Data(Safetensors.bytes(of: tensors))
                    .write(to: folder.appendingPathComponent(name))
            }
            let item = Case(
                channels: shape.channels, blocks: shape.blocks, heads: shape.heads,
                groups: shape.style.groups, logits: classifier.logitCount)
            try JSONEncoder().encode(item)
                .write(to: folder.appendingPathComponent("case.json"))
            try write("weights.safetensors", network.tensors(network.values))
            let area = shape.size * shape.size
            let images = rows.images.indices.map { i in
                let (image, place) = (i / (3 * area), i % (3 * area))
                return rows.images[image * 3 * area + place % area * 3 + place / area]
            }
            let pairs = classifier.logitCount / 2
            let labels = rows.labels.flatMap { label in
                (0..<pairs).map { pair in
                    pair < 2 ? label.map { $0[pair] ? 1 : 0 } ?? -1 : label == nil ? 0 : 1
                }
            }
            try write(
                "inputs.safetensors",
                [
                    Tensor("images", shape: [11, 3, shape.size, shape.size], .float(images)),
                    Tensor("labels", shape: [11, pairs], .float(labels.map { Float($0) })),
                ])
            _ = try Reference.run("classifier.py", arguments: [folder.path])
            let file = folder.appendingPathComponent("outputs.safetensors")
            return Dictionary(
                uniqueKeysWithValues: try Safetensors.read([UInt8](Data(contentsOf: file)))
                    .map { ($0.name, $0.floats) })
        }
        func check(_ name: String, _ ours: [Float], _ tolerance: Double) throws {
            let theirs = try #require(expected[name], "PyTorch has no \(name)")
            let scale = name.hasSuffix("key.bias") ? "middle.1.key.weight" : name
            var (difference, norm) = (0.0, 0.0)
            for (a, b) in zip(ours, theirs) { difference += Double(a - b) * Double(a - b) }
            for b in try #require(expected[scale]) { norm += Double(b) * Double(b) }
            #expect(difference <= tolerance * tolerance * norm, "\(name)")
        }
        try check("output", logits, 1e-5)
        try check("loss", [Float(loss)], 1e-5)
        for tensor in gradients { try check(tensor.name, tensor.floats, 1e-4) }
        #expect(gradients.count + 2 == expected.count)
    }

    @Test("has the same bits on 1, 2 and 5 threads, and with narrower vectors")
    func bits() throws {
        let values: [String: Value] = ["train.steps": 6]
        let digest = try Trials.classify(values).result.digest
        #expect(try Trials.classify(values, threads: 2).result.digest == digest)
        #expect(try Trials.classify(values, threads: 5).result.digest == digest)
        #expect(try Trials.classify(values, level: .v3).result.digest == digest)
    }

    @Test("learns to tell colours, sizes and empty images")
    func learns() throws {
        let result = try Trials.classify([
            "train.steps": 120, "train.batch_size": 32, "data.samples": 24,
            "train.learning_rate": 3e-3,
        ]).result
        let accuracy = try #require(result.curve("validation_accuracy")).values
        let loss = try #require(result.curve("validation_loss")).values
        #expect(accuracy.count == 10 && result.outcome == .finished)
        // A guess is right on a fifth of the images.
        #expect((accuracy.last ?? 0) > 0.45, "\(accuracy), \(loss)")
    }

    @Test("judges what a generator draws")
    func judges() throws {
        let weights = try Trials.classify(["train.steps": 4]).weights
        let result = try Trials.generate(judge: weights)
        for name in ["concept/color", "concept/size", "accuracy", "presence", "accuracy/11"] {
            let values = try #require(result.curve(name), "\(name)").values
            #expect(values.count == 2 && values.allSatisfy { $0 > 0 && $0 < 1 }, "\(name)")
        }
        #expect(try Trials.generate(judge: weights).digest == result.digest)
    }

    @Test("has a loss that no logit is too large for")
    func largeLogits() {
        // Beyond what an exponential holds.
        #expect(
            ClassificationLoss(logits: [2000, 0], label: [true], concepts: 1).value == 2000)
    }
}
