import Foundation
import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("The U-Net")
struct UNetTests {
    private struct Case: Encodable {
        let size: Int
        let channels: [Int]
        let blocks: Int
        let heads: Int
        let groups: Int
        let timeWidth: Int
        let activation: String
        let count: Int

        init(_ shape: UNetShape, count: Int) {
            (size, channels, blocks) = (shape.size, shape.channels, shape.blocks)
            (heads, groups, timeWidth) = (shape.heads, shape.style.groups, shape.timeWidth)
            activation = shape.style.activation == .gelu ? "gelu" : "silu"
            self.count = count
        }
    }

    /// Every size that there are trials of, and one with what they lack: levels of equal channels,
    /// images that are no multiple of the tiles, the other activation.
    private static let cases: [(shape: UNetShape, count: Int)] = [
        (.small, 9), (.medium, 16), (.paper, 2),
        (
            UNetShape(
                size: 28, channels: [32, 32], blocks: 2, heads: 2,
                style: BlockStyle(groups: 4, activation: .silu, dropout: 0), timeWidth: 48), 3
        ),
    ]

    @Test("has the paper's number of parameters")
    func parameterCount() {
        let graph = UNet(.paper, capacity: 1).graph
        #expect(graph.parameters.reduce(0) { $0 + $1.count } == 10_913_859)
    }

    @Test(
        "agrees with PyTorch: outputs to 1e-5, every gradient to 1e-4", arguments: cases.indices)
    func beside(index: Int) throws {
        var (shape, count) = Self.cases[index]
        shape.style.dropout = 0
        let kernels = try Kernels.chosen()
        let shards = ShardedNetwork.shards(of: shape, batchSize: count, threads: 2)
        let unet = UNet(shape, capacity: shards.size * shards.atOnce)
        let network = ShardedNetwork(
            unet.graph, shardsAtOnce: shards.atOnce, threads: 2, kernels: kernels)
        network.start(seed: 1)
        shakeWeights(network)
        let pixels = shape.size * shape.size * 3
        func normal(_ seed: UInt64, _ count: Int) -> [Float] {
            RandomStream(seed: seed, .pixels(.test), kernels: kernels).normal(count: count)
        }
        let images = normal(2, count * pixels)
        let gradient = normal(3, count * pixels)
        let conditions = normal(4, count * 11)
        let times = (0..<count).map { (Double($0) + 0.4) / Double(count) }
        let waves = times.flatMap(TimeWaves.values)

        var output = images
        var imageGradient = images
        var waveGradient = waves
        output.withUnsafeMutableBufferPointer { output in
            imageGradient.withUnsafeMutableBufferPointer { imageGradient in
                waveGradient.withUnsafeMutableBufferPointer { waveGradient in
                    nonisolated(unsafe) let (output, imageGradient, waveGradient) =
                        (output, imageGradient, waveGradient)
                    network.forEachRun(of: count) { run, range in
                        func part(_ values: [Float], _ width: Int) -> ArraySlice<Float> {
                            values[range.lowerBound * width..<range.upperBound * width]
                        }
                        func copy(
                            _ values: [Float], to buffer: UnsafeMutableBufferPointer<Float>,
                            _ width: Int
                        ) {
                            for (i, value) in values.enumerated() {
                                buffer[range.lowerBound * width + i] = value
                            }
                        }
                        run.images(unet.images.value).set(part(images, pixels), width: 3)
                        run.images(unet.waves.value).set(part(waves, 64), width: 64)
                        run.images(unet.condition.value).set(part(conditions, 11), width: 11)
                        network.forward(run)
                        copy(run.images(unet.output.value).get(width: 3), to: output, pixels)
                        run.images(unet.output.gradient).set(part(gradient, pixels), width: 3)
                        network.backward(run)
                        copy(
                            run.images(unet.images.gradient).get(width: 3), to: imageGradient,
                            pixels)
                        copy(
                            run.images(unet.waves.gradient).get(width: 64), to: waveGradient, 64)
                    }
                }
            }
        }
        let gradients = network.tensors(network.takeGradients(), isTrained: true)

        try Reference.withFolder { folder in
            func file(_ name: String) -> URL { folder.appendingPathComponent(name) }
            try JSONEncoder().encode(Case(shape, count: count)).write(to: file("case.json"))
            try Data(Safetensors.bytes(of: network.tensors(network.values)))
                .write(to: file("weights.safetensors"))
            func channelsFirst(_ values: [Float], _ name: String) -> Tensor {
                Tensor(
                    name, shape: [count, 3, shape.size, shape.size],
                    .float(moved(values, count: count, pixels: pixels / 3)))
            }
            try Data(
                Safetensors.bytes(of: [
                    channelsFirst(images, "images"), channelsFirst(gradient, "gradient"),
                    Tensor("waves", shape: [count, 64], .float(waves)),
                    Tensor("condition", shape: [count, 11], .float(conditions)),
                ])
            ).write(to: file("inputs.safetensors"))
            _ = try Reference.run("unet.py", arguments: [folder.path])
            let theirs = try Safetensors.read(
                Array(try Data(contentsOf: file("outputs.safetensors"))))
            let expected = Dictionary(uniqueKeysWithValues: theirs.map { ($0.name, $0.floats) })
            func check(_ name: String, _ ours: [Float], _ tolerance: Double) throws {
                let other = try #require(expected[name], "PyTorch has no \(name)")
                // Attention does not change with the keys' bias: what either side has is rounding.
                let scale = name.hasSuffix("key.bias") ? "middle.1.key.weight" : name
                let error = distance(ours, other, scale: try #require(expected[scale]))
                #expect(error <= tolerance, "\(name) differs by \(error) of its norm")
            }
            func first(_ values: [Float]) -> [Float] {
                moved(values, count: count, pixels: pixels / 3)
            }
            try check("output", first(output), 1e-5)
            try check("images", first(imageGradient), 1e-4)
            try check("waves", waveGradient, 1e-4)
            for tensor in gradients { try check(tensor.name, tensor.floats, 1e-4) }
            #expect(gradients.count + 3 == expected.count)
        }
    }

    /// Gives what begins at zero or one, too, numbers of its own: zeros would hide gradients.
    private func shakeWeights(_ network: ShardedNetwork) {
        for (index, parameter) in network.graph.parameters.enumerated() {
            guard case .constant(let start) = parameter.start else { continue }
            let numbers = RandomStream(
                seed: 9, .weights(layer: index), kernels: network.kernels
            ).uniform(count: parameter.count, bound: 0.2)
            let floats = network.values.part(parameter.offset, parameter.floatCount)
            for (i, number) in numbers.enumerated() {
                floats[parameter.place(i)] = start + number
            }
        }
        network.prepare()
    }

    /// From pixels of three channels to three channels of pixels.
    private func moved(_ values: [Float], count: Int, pixels: Int) -> [Float] {
        var moved = values
        for image in 0..<count {
            for pixel in 0..<pixels {
                for channel in 0..<3 {
                    moved[(image * 3 + channel) * pixels + pixel] =
                        values[(image * pixels + pixel) * 3 + channel]
                }
            }
        }
        return moved
    }

    /// The norm of the difference over the norm of `scale`.
    private func distance(_ ours: [Float], _ theirs: [Float], scale: [Float]) -> Double {
        guard ours.count == theirs.count else { return .infinity }
        var difference = 0.0
        for (a, b) in zip(ours, theirs) {
            difference += (Double(a) - Double(b)) * (Double(a) - Double(b))
        }
        let norm = scale.reduce(0.0) { $0 + Double($1) * Double($1) }
        return (difference / max(norm, 1e-300)).squareRoot()
    }
}
