import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("Every layer")
struct LayerGradientTests {
    private static let count = 2

    /// Standard normal numbers.
    private func normal(_ count: Int, _ purpose: RandomStream.Purpose) throws -> [Float] {
        RandomStream(seed: 5, purpose, kernels: try Kernels.chosen()).normal(count: count)
    }

    /// What a layer makes of its numbers, and the gradients of the sum of its outputs, each times a
    /// number of `direction`.
    private struct Outcome {
        var output: [Float] = []
        var gradients: [String: [Float]] = [:]
    }

    private func run(
        _ network: ShardedNetwork, _ ends: LayerCase.Ends, _ inputs: [String: [Float]],
        direction: [Float]
    ) -> Outcome {
        let count = Self.count
        // One run works on all shards, with one image in two of them.
        nonisolated(unsafe) var outcome = Outcome()
        network.forEachRun(of: count) { run, range in
            func part(_ values: [Float]) -> ArraySlice<Float> {
                let each = values.count / count
                return values[range.lowerBound * each..<range.upperBound * each]
            }
            for (name, end) in ends.inputs {
                run.images(end.node.value).set(part(inputs[name]!), width: end.channels)
            }
            network.forward(run)
            outcome.output += run.images(ends.output.node.value).get(width: ends.output.channels)
            run.images(ends.output.node.gradient)
                .set(part(direction), width: ends.output.channels)
            network.backward(run)
            for (name, end) in ends.inputs where end.hasGradient {
                outcome.gradients[name, default: []] +=
                    run.images(end.node.gradient).get(width: end.channels)
            }
        }
        let sums = network.tensors(network.takeGradients(), isTrained: true)
        for tensor in sums { outcome.gradients[tensor.name] = tensor.floats }
        return outcome
    }

    @Test(
        "has the outputs of its definition in double precision, and the gradients of finite differences",
        arguments: LayerCase.all)
    func gradients(layer: LayerCase) throws {
        var graph = LayerGraph(capacity: 8)
        let ends = layer.build(&graph)
        let network = ShardedNetwork(
            graph, shardsAtOnce: 8, threads: 1, kernels: try Kernels.chosen())
        network.values.fill(0)
        var numbers: [String: [Double]] = [:]
        for (index, parameter) in graph.parameters.enumerated() {
            // Larger than at the start of a training, where some are 0, and gains near 1.
            let isGain =
                parameter.name.contains("norm") && parameter.name.hasSuffix("weight")
                || parameter.name.hasPrefix("n") && parameter.name.hasSuffix("weight")
            let values = try normal(parameter.count, .weights(layer: index))
                .map { (isGain ? 1 : 0) + 0.3 * $0 }
            let floats = network.values.part(parameter.offset, parameter.floatCount)
            for (i, value) in values.enumerated() { floats[parameter.place(i)] = value }
            numbers[parameter.name] = values.map(Double.init)
        }
        network.prepare()
        var inputs: [String: [Float]] = [:]
        for (place, name) in ends.inputs.keys.sorted().enumerated() {
            let end = try #require(ends.inputs[name])
            let size = end.node.value.size
            inputs[name] = try normal(
                Self.count * size * size * end.channels, .biases(layer: place))
            numbers[name] = inputs[name]?.map(Double.init)
        }
        let size = ends.output.node.value.size
        let direction = try normal(Self.count * size * size * ends.output.channels, .shuffle)

        let ours = run(network, ends, inputs, direction: direction)
        let plain = PlainLayers(count: Self.count, numbers: numbers)
        expectClose(ours.output, layer.plain(plain).values, "the output")
        for (name, gradient) in ours.gradients {
            let values = try #require(numbers[name], "\(name)")
            #expect(gradient.count == values.count, "\(name)")
            // A key's bias moves all scores alike: its gradient is nothing but rounding.
            let scale = name.hasSuffix("key.bias") ? ours.gradients["a.key.weight"] : gradient
            let largest = try #require(scale).reduce(0) { max($0, abs(Double($1))) }
            #expect(largest > 1e-3, "\(name)")
            for i in stride(from: 0, to: values.count, by: values.count / 4 + 1) {
                func loss(_ change: Double) -> Double {
                    var changed = plain
                    changed.numbers[name]?[i] += change
                    return zip(layer.plain(changed).values, direction).reduce(0) {
                        $0 + $1.0 * Double($1.1)
                    }
                }
                let slope = (loss(1e-5) - loss(-1e-5)) / 2e-5
                #expect(
                    abs(Double(gradient[i]) - slope) <= 2e-5 * largest,
                    "\(name)[\(i)]: \(gradient[i]), not \(slope)")
            }
        }
    }

    private func expectClose(_ ours: [Float], _ theirs: [Double], _ what: String) {
        #expect(ours.count == theirs.count)
        let largest = theirs.reduce(0) { max($0, abs($1)) }
        let worst = zip(ours, theirs).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(worst <= 1e-5 * largest, "\(what): off by \(worst) of \(largest)")
    }

    /// Given the mask, dropout is linear: what it does to ones is what it does to everything.
    @Test("that drops numbers drops the same ones on the way back", arguments: [0.1, 0.5])
    func dropout(share: Double) throws {
        var graph = LayerGraph(capacity: 3)
        let node = graph.node(size: 8, channels: 32)
        graph.append(Dropout(node: node, share: share, index: graph.nextDropout()))
        let network = ShardedNetwork(graph, threads: 1, kernels: try Kernels.chosen())
        let count = 17
        let floats = count * 8 * 8 * 32
        func pass(_ values: [Float], step: Int, isBack: Bool) -> [Float] {
            nonisolated(unsafe) var result: [Float] = []
            network.forEachRun(of: count, dropout: (seed: 3, step: step)) { run, range in
                let slot = isBack ? node.gradient : node.value
                let each = values.count / count
                run.images(slot).set(
                    values[range.lowerBound * each..<range.upperBound * each], width: 32)
                if isBack { network.backward(run) } else { network.forward(run) }
                result += run.images(slot).get(width: 32)
            }
            return result
        }
        let mask = pass(Array(repeating: 1, count: floats), step: 1, isBack: false)
        let kept = Float(1 / (1 - share))
        #expect(mask.allSatisfy { $0 == 0 || $0 == kept })
        let dropped = Double(mask.count { $0 == 0 }) / Double(floats)
        // Four standard errors.
        #expect(abs(dropped - share) < 4 * (share * (1 - share) / Double(floats)).squareRoot())
        let values = try normal(floats, .data)
        let expected = zip(values, mask).map { $0 * $1 }
        #expect(pass(values, step: 1, isBack: false) == expected)
        #expect(pass(values, step: 1, isBack: true) == expected)
        #expect(pass(values, step: 2, isBack: false) != expected)
        // Images do not share a mask.
        let each = floats / count
        #expect(mask.prefix(each) != mask.dropFirst(each).prefix(each))
    }

    @Test("whose input's gradient another layer has begun adds its share", arguments: 0..<3)
    func adding(index: Int) throws {
        var graph = LayerGraph(capacity: 1)
        let input = graph.node(size: 4, channels: 16)
        let outputs = (0..<2).map { _ in
            index == 2
                ? graph.node(size: 2, channels: 16) : graph.node(size: 4, channels: 16)
        }
        for (name, (gradient, output)) in zip(
            ["a", "b"], zip([InputGradient.add, .set], outputs))
        {
            switch index {
            case 0: graph.convolution(name, input, inputs: 16, gradient, to: output, outputs: 16)
            case 1: graph.pixelLinear(name, input, gradient, to: output)
            default: graph.shrink(name, input, gradient, to: output)
            }
        }
        let network = ShardedNetwork(graph, threads: 1, kernels: try Kernels.chosen())
        network.start(seed: 1)
        let values = try normal(outputs[0].value.size * outputs[0].value.size * 16, .data)
        let zeros = values.map { _ in Float(0) }
        func gradient(_ a: [Float], _ b: [Float]) -> [Float] {
            nonisolated(unsafe) var result: [Float] = []
            network.forEachRun(of: 1) { run, _ in
                run.images(input.value).set(
                    Array(repeating: 1, count: 256)[...], width: 16)
                network.forward(run)
                run.images(outputs[0].gradient).set(a[...], width: 16)
                run.images(outputs[1].gradient).set(b[...], width: 16)
                network.backward(run)
                result = run.images(input.gradient).get(width: 16)
            }
            return result
        }
        let both = gradient(values, values)
        let sum = zip(gradient(values, zeros), gradient(zeros, values)).map { Double($0 + $1) }
        expectClose(both, sum, "the sum")
        #expect(both != gradient(values, zeros))
    }
}
