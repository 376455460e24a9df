import NumericCore

/// A U-Net: levels of residual blocks down to small images, attention in the middle, and levels up
/// again, each of which sees what the level down had.
///
/// - SeeAlso: arXiv:2410.08309, appendix G.2.
struct UNet: Sendable {
    let shape: UNetShape
    var graph: LayerGraph
    /// Images, and what the network makes of them. As predicted noise contains the input, one
    /// gradient becomes the other on the way back.
    let images: Node
    let output: Node
    /// Sines and cosines of the time, and the condition.
    let waves: Node
    let condition: Node

    /// - Parameter capacity: The most images that a thread works on at once.
    init(_ shape: UNetShape, capacity: Int) {
        precondition(
            shape.channels.allSatisfy { $0 > 0 && $0 % 16 == 0 && $0 % shape.style.groups == 0 }
                && !shape.channels.isEmpty && shape.blocks > 0
                && shape.size % (1 << (shape.channels.count - 1)) == 0,
            "\(shape)")
        var graph = LayerGraph(capacity: capacity)
        let input = graph.slot(size: shape.size, channels: ImageTask.channels)
        switch shape.head {
        case .noise:
            output = graph.node(size: shape.size, channels: ImageTask.channels)
            images = Node(value: input, gradient: output.gradient)
        case .logits(let count):
            output = graph.node(size: 1, channels: count)
            // Nobody asks for the gradient.
            images = Node(value: input, gradient: input)
        }
        waves = graph.node(size: 1, channels: UNetShape.waveCount)
        condition = graph.node(size: 1, channels: ImageTask.conditionWidth)
        self.shape = shape
        self.graph = graph
        build()
    }

    private mutating func build() {
        graph.startScale = shape.startScale
        switch shape.head {
        case .noise:
            let embedding = addTime()
            let last = addBody(embedding: embedding)
            addEnd(last, to: output, outputs: ImageTask.channels, other: images.value)
            graph.append(GradientStart(node: embedding.time))
            addUnused()
        case .logits(let count):
            graph.startScale = UNetShape.classifierScale * shape.startScale
            let last = addBody(embedding: nil)
            addJudgement(last, count: count)
        }
    }

    private mutating func addEnd(_ last: Node, to end: Node, outputs: Int, other: ImageSlot) {
        let normed = graph.node(
            size: shape.size, channels: shape.channels[0], sharing: .outer)
        graph.normalization(
            "out.norm", last, .set, to: normed, groups: shape.style.groups,
            shape.style.activation)
        graph.convolution(
            "out.convolution", normed, inputs: shape.channels[0], .set, to: end,
            outputs: outputs, other: other, isZero: true)
    }

    /// The largest values of maps, normalised, through two linear layers.
    ///
    /// - SeeAlso: The classifier of arXiv:2410.08309, appendix G.3, as its authors' code has it.
    private mutating func addJudgement(_ last: Node, count: Int) {
        let (maps, groups) = (UNetShape.mapCount, shape.style.groups)
        let features = graph.node(size: shape.size, channels: maps)
        graph.convolution(
            "residual", images, inputs: ImageTask.channels, .none, to: features, outputs: maps,
            isZero: true)
        addEnd(last, to: features, outputs: maps, other: features.value)
        graph.startScale = shape.startScale
        let nodes = (0..<4).map { _ in graph.node(size: 1, channels: maps) }
        graph.append(
            MaxPool(
                input: features, output: nodes[0], places: graph.slot(size: 1, channels: maps)))
        graph.normalization("head.norm1", nodes[0], .set, to: nodes[1], groups: groups, .none)
        graph.linear(
            "head.linear1", nodes[1], inputs: maps, .set, to: nodes[2], outputs: maps, .gelu)
        graph.normalization("head.norm2", nodes[2], .set, to: nodes[3], groups: groups, .none)
        graph.linear(
            "head.linear2", nodes[3], inputs: maps, .set, to: output, outputs: count, .none)
        graph.startScale = UNetShape.classifierScale * shape.startScale
        addUnused()
    }

    private mutating func addTime() -> Embedding {
        let (width, activation) = (shape.timeWidth, shape.style.activation)
        let first = graph.node(size: 1, channels: width)
        graph.linear(
            "time.0", waves, inputs: UNetShape.waveCount, .set, to: first, outputs: width,
            activation)
        let time = graph.node(size: 1, channels: width)
        graph.linear(
            "time.1", first, inputs: width, .set, to: time, outputs: width, activation)
        return Embedding(
            time: time, timeWidth: width, condition: condition,
            conditionWidth: ImageTask.conditionWidth)
    }

    /// The authors' network has two more layers, whose outputs nobody reads: they count as
    /// parameters, and no step changes them.
    private mutating func addUnused() {
        let last = shape.channels.count - 1
        let (bottom, top) = (shape.channels[last], shape.channels[0])
        let unused: [(String, NetworkParameter.Layout)] = [
            ("down.\(last).shrink.weight", .shrink(inputs: bottom, outputs: bottom)),
            ("down.\(last).shrink.bias", .vector(bottom)),
            ("up.0.grow.weight", .grow(inputs: top, outputs: top)),
            ("up.0.grow.bias", .vector(top)),
        ]
        for (name, layout) in unused {
            let channels = name.hasPrefix("up") ? top : bottom
            _ = graph.parameter(
                name, layout, .uniform(bound: 1 / Double(4 * channels).squareRoot()),
                isTrained: false)
        }
    }
}
