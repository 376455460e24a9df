import NumericCore
import Testing

@testable import DiffusionTrials

/// A layer, or several in a row, and the same by their definition.
struct LayerCase: Sendable, CustomTestStringConvertible {
    /// What goes in or comes out.
    struct End {
        let node: Node
        /// Without those that fill up to 16.
        let channels: Int
        var hasGradient = true
    }

    /// Inputs by name.
    struct Ends {
        var inputs: [String: End]
        let output: End
    }

    let testDescription: String
    let build: @Sendable (inout LayerGraph) -> Ends
    let plain: @Sendable (PlainLayers) -> PlainBatch

    init(
        _ description: String, _ build: @escaping @Sendable (inout LayerGraph) -> Ends,
        plain: @escaping @Sendable (PlainLayers) -> PlainBatch
    ) {
        testDescription = description
        self.build = build
        self.plain = plain
    }

    static let all = single + rows

    /// From one node to another, with a gradient that is set.
    private static func layer(
        _ description: String, size: Int = 4, inputs: Int, outputs: Int, outputSize: Int? = nil,
        _ add: @escaping @Sendable (inout LayerGraph, Node, Node) -> Void,
        plain: @escaping @Sendable (PlainLayers, PlainBatch) -> PlainBatch
    ) -> LayerCase {
        LayerCase(description) { graph in
            let input = graph.node(size: size, channels: inputs)
            let output = graph.node(size: outputSize ?? size, channels: outputs)
            add(&graph, input, output)
            return Ends(
                inputs: ["x": End(node: input, channels: inputs)],
                output: End(node: output, channels: outputs))
        } plain: { layers in
            plain(layers, layers.input("x", size: size, channels: inputs))
        }
    }

    private static let single: [LayerCase] =
        [
            layer("a convolution 3 × 3", inputs: 16, outputs: 32) { graph, x, y in
                graph.convolution("c", x, inputs: 16, .set, to: y, outputs: 32)
            } plain: {
                $0.convolution("c", $1, outputs: 32)
            },
            layer("a convolution of few channels, odd size", size: 5, inputs: 3, outputs: 7) {
                graph, x, y in
                graph.convolution("c", x, inputs: 3, .set, to: y, outputs: 7)
            } plain: {
                $0.convolution("c", $1, outputs: 7)
            },
            layer("a convolution 1 × 1", inputs: 16, outputs: 32) { graph, x, y in
                graph.pixelLinear("c", x, .set, to: y)
            } plain: {
                $0.linear("c", $1, outputs: 32)
            },
            layer("a strided convolution", inputs: 16, outputs: 32, outputSize: 2) { graph, x, y in
                graph.shrink("c", x, .set, to: y)
            } plain: {
                $0.shrink("c", $1, outputs: 32)
            },
            layer("a transposed convolution", inputs: 32, outputs: 16, outputSize: 8) {
                graph, x, y in
                graph.grow("c", x, to: y)
            } plain: {
                $0.grow("c", $1, outputs: 16)
            },
            layer("a linear layer on vectors", size: 1, inputs: 11, outputs: 20) { graph, x, y in
                graph.linear("l", x, inputs: 11, .set, to: y, outputs: 20, .none)
            } plain: {
                $0.linear("l", $1, outputs: 20)
            },
            layer("a linear layer with GELU", size: 1, inputs: 16, outputs: 32) { graph, x, y in
                graph.linear("l", x, inputs: 16, .set, to: y, outputs: 32, .gelu)
            } plain: { layers, x in
                layers.linear("l", x, outputs: 32).map { PlainLayers.activate(.gelu, $0) }
            },
            layer("a linear layer with SiLU", size: 1, inputs: 16, outputs: 32) { graph, x, y in
                graph.linear("l", x, inputs: 16, .set, to: y, outputs: 32, .silu)
            } plain: { layers, x in
                layers.linear("l", x, outputs: 32).map { PlainLayers.activate(.silu, $0) }
            },
            layer("the largest values", inputs: 16, outputs: 16, outputSize: 1) { graph, x, y in
                graph.append(
                    MaxPool(input: x, output: y, places: graph.slot(size: 1, channels: 16)))
            } plain: {
                $0.maximum($1)
            },
        ]
        + [Activation.none, .gelu, .silu].map { activation in
            layer("a group normalisation, then \(activation)", inputs: 32, outputs: 32) {
                graph, x, y in
                graph.normalization("n", x, .set, to: y, groups: 4, activation)
            } plain: { layers, x in
                layers.normalization("n", x, groups: 4).map { PlainLayers.activate(activation, $0) }
            }
        } + [
            LayerCase("attention") { graph in
                let nodes = (0..<3).map { _ in graph.node(size: 3, channels: 16) }
                let output = graph.node(size: 3, channels: 16)
                let shape = AttentionShape(size: 3, channels: 16, heads: 4)
                graph.needScratch(shape.scratchCount)
                graph.append(
                    PixelAttention(
                        query: nodes[0], key: nodes[1], value: nodes[2], output: output, heads: 4))
                let names = ["query", "key", "value"]
                return Ends(
                    inputs: Dictionary(
                        uniqueKeysWithValues: zip(names, nodes).map {
                            ($0, End(node: $1, channels: 16))
                        }),
                    output: End(node: output, channels: 16))
            } plain: { layers in
                let parts = ["query", "key", "value"].map {
                    layers.input($0, size: 3, channels: 16)
                }
                return layers.attention(parts[0], parts[1], parts[2], heads: 4)
            }
        ]

    private static let style = BlockStyle(groups: 8, activation: .gelu, dropout: 0)

    private static let rows: [LayerCase] = [
        block("a residual block", style, inputs: 16, outputs: 16, isTold: false),
        block("a residual block to more channels, told", style, inputs: 16, outputs: 32),
        block(
            "a residual block with SiLU, told",
            BlockStyle(groups: 4, activation: .silu, dropout: 0), inputs: 16, outputs: 16),
        LayerCase("an attention block") { graph in
            let input = graph.node(size: 3, channels: 32)
            let output = Node(
                value: graph.slot(size: 3, channels: 32), gradient: input.gradient)
            graph.attentionBlock("a", input, to: output, groups: 8, heads: 4)
            return Ends(
                inputs: ["x": End(node: input, channels: 32)],
                output: End(node: output, channels: 32))
        } plain: { layers in
            layers.attentionBlock(
                "a", layers.input("x", size: 3, channels: 32), groups: 8, heads: 4)
        },
        // What a classifier makes of its maps.
        layer("the head of logits", inputs: 16, outputs: 6, outputSize: 1) { graph, x, y in
            let nodes = (0..<4).map { _ in graph.node(size: 1, channels: 16) }
            graph.append(
                MaxPool(input: x, output: nodes[0], places: graph.slot(size: 1, channels: 16)))
            graph.normalization("n1", nodes[0], .set, to: nodes[1], groups: 4, .none)
            graph.linear("l1", nodes[1], inputs: 16, .set, to: nodes[2], outputs: 16, .gelu)
            graph.normalization("n2", nodes[2], .set, to: nodes[3], groups: 4, .none)
            graph.linear("l2", nodes[3], inputs: 16, .set, to: y, outputs: 6, .none)
        } plain: { layers, x in
            let first = layers.normalization("n1", layers.maximum(x), groups: 4)
            let second = layers.linear("l1", first, outputs: 16)
                .map { PlainLayers.activate(.gelu, $0) }
            return layers.linear("l2", layers.normalization("n2", second, groups: 4), outputs: 6)
        },
    ]

    private static func block(
        _ description: String, _ style: BlockStyle, inputs: Int, outputs: Int, isTold: Bool = true
    ) -> LayerCase {
        LayerCase(description) { graph in
            let input = graph.node(size: 4, channels: inputs)
            let output =
                inputs == outputs
                ? Node(value: graph.slot(size: 4, channels: outputs), gradient: input.gradient)
                : graph.node(size: 4, channels: outputs)
            var ends = Ends(
                inputs: ["x": End(node: input, channels: inputs)],
                output: End(node: output, channels: outputs))
            var embedding: Embedding?
            if isTold {
                let time = graph.node(size: 1, channels: 24)
                let condition = graph.node(size: 1, channels: 11)
                embedding = Embedding(
                    time: time, timeWidth: 24, condition: condition, conditionWidth: 11)
                ends.inputs["time"] = End(node: time, channels: 24)
                ends.inputs["condition"] = End(node: condition, channels: 11, hasGradient: false)
            }
            graph.residualBlock("b", input, to: output, style, embedding: embedding)
            if let embedding { graph.append(GradientStart(node: embedding.time)) }
            return ends
        } plain: { layers in
            layers.residualBlock(
                "b", layers.input("x", size: 4, channels: inputs), outputs: outputs, style,
                time: isTold ? layers.input("time", size: 1, channels: 24) : nil,
                condition: isTold ? layers.input("condition", size: 1, channels: 11) : nil)
        }
    }
}
