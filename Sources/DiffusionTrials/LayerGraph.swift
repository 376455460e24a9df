import NumericCore

/// A network as its layers in order, with all the memory that they need laid out.
struct LayerGraph: Sendable {
    /// The most images that a thread works on at once.
    let capacity: Int
    private(set) var layers: [any Layer] = []
    /// Those that are trained, then those that only exist.
    private(set) var parameters: [NetworkParameter] = []
    /// Floats of the parameters that are trained, the first ones.
    private(set) var trainedCount = 0
    private(set) var preparedCount = 0
    private(set) var memoryCount = 0
    private(set) var scratchCount = 0
    private var shared: [Shared: ImageSlot] = [:]
    private var dropouts = 0
    /// A factor on the start of the parameters to come.
    var startScale = 1.0

    private struct Shared: Hashable {
        let role: Role
        let size: Int
        let channels: Int
    }

    /// What layers use one after another, each for itself.
    enum Role: Hashable, Sendable {
        case outer
        case inner
        case vector
        case query
        case key
        case value
        case sums
    }

    init(capacity: Int) {
        precondition(capacity > 0, "\(capacity) images")
        self.capacity = capacity
    }

    /// Images of their own.
    mutating func slot(size: Int, channels: Int) -> ImageSlot {
        let channels = padded(channels)
        defer { memoryCount += capacity * size * size * channels }
        return ImageSlot(offset: memoryCount, size: size, channels: channels, stride: channels)
    }

    mutating func node(size: Int, channels: Int) -> Node {
        let value = slot(size: size, channels: channels)
        return Node(value: value, gradient: slot(size: size, channels: channels))
    }

    /// Images of their own, whose gradient nobody needs after the layer before.
    mutating func node(size: Int, channels: Int, sharing role: Role) -> Node {
        let value = slot(size: size, channels: channels)
        return Node(value: value, gradient: shared(role, size: size, channels: channels))
    }

    mutating func shared(_ role: Role, size: Int, channels: Int) -> ImageSlot {
        let key = Shared(role: role, size: size, channels: padded(channels))
        if let slot = shared[key] { return slot }
        let slot = slot(size: size, channels: channels)
        shared[key] = slot
        return slot
    }

    /// - Parameter isTrained: Parameters that are not come last.
    mutating func parameter(
        _ name: String, _ layout: NetworkParameter.Layout, _ start: NetworkParameter.Start,
        isTrained: Bool = true
    ) -> NetworkParameter {
        let offset = parameters.last.map { $0.offset + $0.floatCount } ?? 0
        precondition(!isTrained || offset == trainedCount, "\(name) after parameters of no use")
        let parameter = NetworkParameter(
            name: name, layout: layout, start: start.scaled(by: startScale), offset: offset)
        if isTrained { trainedCount = offset + parameter.floatCount }
        parameters.append(parameter)
        return parameter
    }

    /// Floats of all parameters.
    var valueCount: Int { parameters.last.map { $0.offset + $0.floatCount } ?? 0 }

    mutating func prepared(_ count: Int) -> Range<Int> {
        defer { preparedCount += count }
        return preparedCount..<preparedCount + count
    }

    mutating func needScratch(_ count: Int) { scratchCount = max(scratchCount, count) }

    mutating func nextDropout() -> Int {
        defer { dropouts += 1 }
        return dropouts
    }

    mutating func append(_ layer: any Layer) { layers.append(layer) }
}
