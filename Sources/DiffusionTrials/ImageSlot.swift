/// Where images, one after another, lie in the memory that a shard of a batch is worked out in.
struct ImageSlot: Hashable, Sendable {
    let offset: Int
    /// Rows, and columns, of an image; vectors are images of one pixel.
    let size: Int
    /// A multiple of 16.
    let channels: Int
    /// Floats from one pixel to the next.
    let stride: Int

    /// `count` of the channels, from `first` on.
    func channels(from first: Int, count: Int) -> ImageSlot {
        precondition(first >= 0 && count <= channels - first, "\(count) of \(channels) channels")
        return ImageSlot(offset: offset + first, size: size, channels: count, stride: stride)
    }
}

/// Images that layers hand on, and the loss's gradient by them.
struct Node: Hashable, Sendable {
    let value: ImageSlot
    let gradient: ImageSlot

    func channels(from first: Int, count: Int) -> Node {
        Node(
            value: value.channels(from: first, count: count),
            gradient: gradient.channels(from: first, count: count))
    }
}
