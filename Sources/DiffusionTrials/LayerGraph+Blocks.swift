import NumericCore

/// What a network's blocks have in common.
struct BlockStyle: Hashable, Sendable {
    var groups: Int
    var activation: Activation
    var dropout: Double
}

/// Vectors that every block is told.
struct Embedding: Hashable, Sendable {
    let time: Node
    let timeWidth: Int
    let condition: Node
    let conditionWidth: Int
}

extension LayerGraph {
    /// `output = skip(input) + convolution(dropout(activation(norm(convolution(activation(norm(input)))
    /// + embedding))))`, where the second convolution begins at zero and the skip is a linear layer on
    /// pixels where the number of channels changes.
    ///
    /// Where it does not, the gradient of the output must lie where that of the input does: it is
    /// what the input gets past the convolutions.
    mutating func residualBlock(
        _ name: String, _ input: Node, to output: Node, _ style: BlockStyle,
        embedding: Embedding?
    ) {
        let size = input.value.size
        let (inputs, outputs) = (input.value.channels, output.value.channels)
        let isIdentity = inputs == outputs
        precondition(!isIdentity || input.gradient == output.gradient, "\(name) breaks a chain")

        let normed = node(size: size, channels: inputs, sharing: .outer)
        normalization(
            "\(name).norm1", input, .add, to: normed, groups: style.groups, style.activation)
        let middle = node(size: size, channels: outputs, sharing: .inner)
        if let embedding {
            let start = addEmbedding(
                name, embedding, inputs: inputs, outputs: outputs, style.activation)
            convolution(
                "\(name).convolution1", normed, inputs: inputs, .set, to: middle,
                outputs: outputs, start: .vectors(start))
        } else {
            convolution(
                "\(name).convolution1", normed, inputs: inputs, .set, to: middle,
                outputs: outputs)
        }
        let last = Node(
            value: slot(size: size, channels: outputs), gradient: middle.gradient)
        normalization(
            "\(name).norm2", middle, .set, to: last, groups: style.groups, style.activation)
        if style.dropout > 0 {
            append(Dropout(node: last, share: style.dropout, index: nextDropout()))
        }
        if !isIdentity { pixelLinear("\(name).skip", input, .set, to: output) }
        convolution(
            "\(name).convolution2", last, inputs: outputs, .set, to: output, outputs: outputs,
            other: isIdentity ? input.value : output.value, isZero: true)
    }

    /// Two layers each for time and condition.
    ///
    /// - Returns: Their sum, with the bias of the convolution that it is added to.
    private mutating func addEmbedding(
        _ name: String, _ embedding: Embedding, inputs: Int, outputs: Int,
        _ activation: Activation
    ) -> Node {
        func pair(
            _ graph: inout LayerGraph, _ part: String, _ source: Node, _ width: Int,
            _ gradient: InputGradient
        ) -> Node {
            let first = graph.node(size: 1, channels: outputs, sharing: .vector)
            graph.linear(
                "\(name).\(part).0", source, inputs: width, gradient, to: first, outputs: outputs,
                activation)
            let second = graph.node(size: 1, channels: outputs)
            graph.linear(
                "\(name).\(part).1", first, inputs: outputs, .set, to: second, outputs: outputs,
                activation)
            return second
        }
        let time = pair(&self, "time", embedding.time, embedding.timeWidth, .add)
        let condition = pair(
            &self, "condition", embedding.condition, embedding.conditionWidth, .none)
        let sum = node(size: 1, channels: outputs)
        append(
            EmbeddingSum(
                time: time, condition: condition,
                bias: convolutionBias("\(name).convolution1", inputs: inputs, outputs: outputs),
                output: sum))
        return sum
    }

    /// `output = input + linear(attention(norm(input)))`; gradients lie as in a residual block.
    mutating func attentionBlock(
        _ name: String, _ input: Node, to output: Node, groups: Int, heads: Int
    ) {
        let (size, channels) = (input.value.size, input.value.channels)
        precondition(input.gradient == output.gradient, "\(name) breaks a chain")
        needScratch(AttentionShape(size: size, channels: channels, heads: heads).scratchCount)
        let normed = node(size: size, channels: channels, sharing: .outer)
        normalization("\(name).norm", input, .add, to: normed, groups: groups, .none)
        let query = node(size: size, channels: channels, sharing: .query)
        let key = node(size: size, channels: channels, sharing: .key)
        let value = node(size: size, channels: channels, sharing: .value)
        // On the way back the last comes first.
        pixelLinear("\(name).query", normed, .add, to: query)
        pixelLinear("\(name).key", normed, .add, to: key)
        pixelLinear("\(name).value", normed, .set, to: value)
        let mixed = node(size: size, channels: channels, sharing: .inner)
        append(
            PixelAttention(query: query, key: key, value: value, output: mixed, heads: heads))
        pixelLinear("\(name).out", mixed, .set, to: output, other: input.value)
    }
}
