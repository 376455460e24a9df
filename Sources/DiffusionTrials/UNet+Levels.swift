/// The levels of a U-Net: down to small images, through the middle, and up again.
extension UNet {
    /// What a level puts out, and the gradient that all of its blocks with as many channels share.
    private struct Level {
        let size: Int
        let channels: Int
        /// What came up from below beside what went down; nil at the bottom.
        let joined: Node?

        /// What went down.
        var kept: Node? { joined?.channels(from: channels, count: channels) }
        /// What came up.
        var raised: Node? { joined?.channels(from: 0, count: channels) }
    }

    /// - Returns: What the last block puts out.
    mutating func addBody(embedding: Embedding?) -> Node {
        let count = shape.channels.count
        let levels = shape.channels.enumerated().map { index, channels in
            let size = shape.size >> index
            return Level(
                size: size, channels: channels,
                joined: index < count - 1
                    ? graph.node(size: size, channels: 2 * channels) : nil)
        }
        // The gradient that runs through the bottom, from the way down to the way up.
        let bottom = graph.slot(size: levels[count - 1].size, channels: shape.channels[count - 1])

        let first = levels[0].kept?.gradient ?? bottom
        var current = node(levels[0], gradient: first)
        graph.convolution(
            "in", images, inputs: ImageTask.channels, shape.head == .noise ? .add : .none,
            to: current, outputs: shape.channels[0])
        for (index, level) in levels.enumerated() {
            current = addDown(index, level, current, bottom: bottom, embedding: embedding)
            guard index < count - 1 else { continue }
            let below = levels[index + 1]
            let isSame = level.channels == below.channels
            let gradient =
                isSame
                ? below.kept?.gradient ?? bottom
                : graph.slot(size: below.size, channels: level.channels)
            let shrunk = Node(
                value: graph.slot(size: below.size, channels: level.channels),
                gradient: gradient)
            graph.shrink("down.\(index).shrink", current, .add, to: shrunk)
            current = shrunk
        }
        current = addMiddle(levels[count - 1], current, embedding: embedding)
        for (index, level) in levels.enumerated().reversed() {
            current = addUp(index, level, current, embedding: embedding)
            guard index > 0, let raised = levels[index - 1].raised else { continue }
            graph.grow("up.\(index).grow", current, to: raised)
        }
        return current
    }

    private mutating func node(_ level: Level, gradient: ImageSlot) -> Node {
        Node(value: graph.slot(size: level.size, channels: level.channels), gradient: gradient)
    }

    private mutating func addDown(
        _ index: Int, _ level: Level, _ input: Node, bottom: ImageSlot, embedding: Embedding?
    ) -> Node {
        var current = input
        for block in 0..<shape.blocks {
            let isLast = block == shape.blocks - 1
            let output =
                isLast && level.kept != nil
                ? level.kept : node(level, gradient: level.kept?.gradient ?? bottom)
            guard let output else { return current }
            graph.residualBlock(
                "down.\(index).blocks.\(block)", current, to: output, shape.style,
                embedding: embedding)
            current = output
        }
        return current
    }

    private mutating func addMiddle(
        _ level: Level, _ input: Node, embedding: Embedding?
    ) -> Node {
        var current = input
        func next() -> Node { node(level, gradient: input.gradient) }
        var output = next()
        graph.residualBlock(
            "middle.0", current, to: output, shape.style, embedding: embedding)
        current = output
        if shape.heads > 0 {
            output = next()
            graph.attentionBlock(
                "middle.1", current, to: output, groups: shape.style.groups, heads: shape.heads)
            current = output
        }
        output = next()
        graph.residualBlock(
            "middle.2", current, to: output, shape.style, embedding: embedding)
        return output
    }

    private mutating func addUp(
        _ index: Int, _ level: Level, _ below: Node, embedding: Embedding?
    ) -> Node {
        var current = level.joined ?? below
        let gradient =
            level.joined == nil
            ? below.gradient : graph.slot(size: level.size, channels: level.channels)
        for block in 0..<shape.blocks {
            let output = node(level, gradient: gradient)
            graph.residualBlock(
                "up.\(index).blocks.\(block)", current, to: output, shape.style,
                embedding: embedding)
            current = output
        }
        return current
    }
}
