/// Attention of every pixel of an image to all of its pixels, each head with a range of channels.
public struct AttentionShape: Hashable, Sendable {
    public let size: Int
    public let channels: Int
    public let heads: Int

    public init(size: Int, channels: Int, heads: Int) {
        precondition(
            size > 0 && heads > 0 && channels % heads == 0,
            "\(heads) heads for \(channels) channels of \(size)² pixels")
        self.size = size
        self.channels = channels
        self.heads = heads
    }

    var width: Int { channels / heads }

    public var scratchCount: Int {
        let room = padded(size * size)
        return 4 * width * room + 3 * room * room
    }
}

extension Kernels {
    /// `output = softmax(query · keyᵀ / √width) · value`, head by head.
    public func attend(
        heads: Int, query: ImageSpan, key: ImageSpan, value: ImageSpan, scratch: FloatSpan,
        into output: ImageSpan
    ) {
        let shape = check(heads, query, [key, value, output], scratch)
        images.attend(
            heads, shape.width, 1 / Float(shape.width).squareRoot(), query.view, key.view,
            value.view, scratch.base, output.view)
    }

    /// The gradients of `attend`.
    ///
    /// - Parameters:
    ///   - gradient: Of the output.
    ///   - queryGradient: Left, like the other two.
    public func attendBack(
        heads: Int, query: ImageSpan, key: ImageSpan, value: ImageSpan, gradient: ImageSpan,
        scratch: FloatSpan, queryGradient: ImageSpan, keyGradient: ImageSpan,
        valueGradient: ImageSpan
    ) {
        let shape = check(
            heads, query, [key, value, gradient, queryGradient, keyGradient, valueGradient],
            scratch)
        images.attendBack(
            heads, shape.width, 1 / Float(shape.width).squareRoot(), query.view, key.view,
            value.view, gradient.view, scratch.base, queryGradient.view, keyGradient.view,
            valueGradient.view)
    }

    private func check(
        _ heads: Int, _ query: ImageSpan, _ others: [ImageSpan], _ scratch: FloatSpan
    ) -> AttentionShape {
        let shape = AttentionShape(size: query.size, channels: query.channels, heads: heads)
        for other in others { precondition(other.hasShape(of: query), "other images") }
        precondition(scratch.count >= shape.scratchCount, "\(scratch.count) floats of scratch")
        return shape
    }
}
