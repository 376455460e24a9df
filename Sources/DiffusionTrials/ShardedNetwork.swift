import NumericCore
import Sweeps

/// A network's numbers, and the threads that work on a batch in shards.
///
/// There are always eight shards, each with its own sums of gradients, which a fixed tree adds up: the
/// same bits on any number of threads. A thread takes several shards at once through each layer where
/// they are small, as each layer's weights, fetched once, then serve more images. All memory is
/// allocated when it is made.
final class ShardedNetwork {
    static let shardCount = 8

    let graph: LayerGraph
    let kernels: Kernels
    private let lanes: Int
    private let shardsAtOnce: Int
    /// The layers with something to prepare, the most first: dealt out in turn, threads have as much.
    private let preparing: [any Layer]
    private let arena: Arena
    /// All parameters, the trained ones first.
    let values: FloatSpan
    private let prepared: FloatSpan
    /// One for each shard.
    private let gradients: [FloatSpan]
    /// One for each thread, like scratch.
    private let memories: [FloatSpan]
    private let scratches: [FloatSpan]

    /// - Parameters:
    ///   - graph: With room for the images of `shardsAtOnce` shards.
    ///   - threads: How many work on a batch, up to the number of shards.
    init(_ graph: LayerGraph, shardsAtOnce: Int = 1, threads: Int, kernels: Kernels) {
        precondition(
            shardsAtOnce > 0 && graph.capacity % shardsAtOnce == 0,
            "\(shardsAtOnce) shards in \(graph.capacity) images")
        self.graph = graph
        self.shardsAtOnce = shardsAtOnce
        self.kernels = kernels
        lanes = max(1, min(threads, Self.shardCount))
        preparing = graph.layers.filter { $0.preparedCount > 0 }
            .sorted { $0.preparedCount > $1.preparedCount }
        let own = lanes * (padded(graph.memoryCount) + padded(graph.scratchCount))
        let arena = Arena(
            floatCount: padded(graph.valueCount) + padded(graph.preparedCount)
                + Self.shardCount * padded(graph.trainedCount) + own)
        func span(_ count: Int) -> FloatSpan { arena.span(padded(count)) }
        values = span(graph.valueCount)
        prepared = span(graph.preparedCount)
        gradients = (0..<Self.shardCount).map { _ in span(graph.trainedCount) }
        memories = (0..<lanes).map { _ in span(graph.memoryCount) }
        scratches = (0..<lanes).map { _ in span(graph.scratchCount) }
        self.arena = arena
    }

    /// The most images in a batch.
    var capacity: Int { Self.shardCount * graph.capacity / shardsAtOnce }

    /// How many images a shard of a batch has at most, and how many shards a thread had best take at
    /// once: as many as keep the largest maps in the second-level cache, but not so many that threads
    /// would idle.
    static func shards(
        of shape: UNetShape, batchSize: Int, threads: Int
    ) -> (size: Int, atOnce: Int) {
        let size = (batchSize + shardCount - 1) / shardCount
        let lanes = max(1, min(threads, shardCount))
        let mapBytes = 4 * size * shape.size * shape.size * shape.channels[0]
        let share = (shardCount + lanes - 1) / lanes
        return (size, max(1, min(share, (1 << 20) / mapBytes)))
    }

    /// The parameters that are trained.
    var trained: FloatSpan { values.part(0, graph.trainedCount) }

    /// The images of a batch that a shard has.
    static func range(ofShard shard: Int, of count: Int) -> Range<Int> {
        shard * count / shardCount..<(shard + 1) * count / shardCount
    }

    /// Draws every parameter as it is before training.
    func start(seed: UInt64) {
        for (index, parameter) in graph.parameters.enumerated() {
            let floats = values.part(parameter.offset, parameter.floatCount)
            floats.fill(0)
            let numbers: [Float]
            switch parameter.start {
            case .constant(let value): numbers = Array(repeating: value, count: parameter.count)
            case .uniform(let bound):
                numbers = RandomStream(seed: seed, .weights(layer: index), kernels: kernels)
                    .uniform(count: parameter.count, bound: Float(bound))
            }
            for (i, number) in numbers.enumerated() { floats[parameter.place(i)] = number }
        }
        prepare()
    }

    /// How its parameters lie, and in which blocks an optimizer's memory does.
    var layout: String {
        let places = graph.parameters.map { "\($0.name) \($0.layout) \($0.offset)" }
        let text = "blocks of \(Self.blockSize), \(graph.trainedCount) trained\n"
        return "\(Digest256(hashing: (text + places.joined(separator: "\n")).utf8))"
    }

    var state: Tensor { Tensor("values", shape: [values.count], .float(values.values)) }

    func restore(_ state: TrainingState) throws(CheckpointError) {
        try state.expect(layout: layout)
        values.set(try state.floats("values", count: values.count))
        prepare()
    }

    /// Brings changed parameters into the form in which kernels read them.
    func prepare() {
        forEachBlock(of: preparing.count, size: 1, threads: lanes) { block in
            let lane = block.lowerBound % min(lanes, preparing.count)
            preparing[block.lowerBound].prepare(run(lane: lane, [], count: 1, nil))
        }
    }

    /// Has a batch worked on in runs of neighbouring shards, each on one thread.
    ///
    /// - Parameters:
    ///   - count: Images in the batch.
    ///   - dropout: Seed and step; nil drops nothing.
    ///   - body: Called for each run with its images' range.
    func forEachRun(
        of count: Int, dropout: (seed: UInt64, step: Int)? = nil,
        body: (_ run: ShardRun, _ images: Range<Int>) -> Void
    ) {
        precondition(count <= capacity, "\(count) images of at most \(capacity)")
        forEachBlock(of: Self.shardCount, size: shardsAtOnce, threads: lanes) { block in
            let first = Self.range(ofShard: block.lowerBound, of: count).lowerBound
            let shards = block.compactMap { shard -> ShardRun.Shard? in
                let images = Self.range(ofShard: shard, of: count)
                guard !images.isEmpty else { return nil }
                return ShardRun.Shard(
                    images: images.lowerBound - first..<images.upperBound - first,
                    gradients: gradients[shard])
            }
            guard let end = shards.last?.images.upperBound else { return }
            let draw = dropout.map {
                DropoutDraw(seed: $0.seed, step: $0.step, firstImage: first)
            }
            let lane = block.lowerBound / shardsAtOnce % lanes
            body(run(lane: lane, shards, count: end, draw), first..<first + end)
        }
    }

    private func run(
        lane: Int, _ shards: [ShardRun.Shard], count: Int, _ dropout: DropoutDraw?
    ) -> ShardRun {
        ShardRun(
            kernels: kernels, values: values, prepared: prepared, shards: shards,
            memory: memories[lane], scratch: scratches[lane], range: 0..<count, dropout: dropout)
    }

    func forward(_ run: ShardRun) {
        for layer in graph.layers { layer.forward(run) }
    }

    func backward(_ run: ShardRun) {
        for layer in graph.layers.reversed() { layer.backward(run) }
    }

    /// Floats that are added up, or moved by an optimizer, at once.
    static let blockSize = 1 << 14

    /// Adds up the shards' gradients, which start anew.
    ///
    /// - Returns: The sums, which whoever uses them is to zero.
    func takeGradients() -> FloatSpan {
        forEachBlock(of: graph.trainedCount, size: Self.blockSize, threads: lanes) { block in
            for distance in [1, 2, 4] {
                for shard in stride(from: 0, to: Self.shardCount, by: 2 * distance) {
                    kernels.move(
                        gradients[shard + distance].part(block.lowerBound, block.count),
                        to: gradients[shard].part(block.lowerBound, block.count))
                }
            }
        }
        return gradients[0]
    }

    /// Has blocks of the trained parameters worked on, each by one thread.
    func forEachBlockOfParameters(_ body: (Kernels, Range<Int>) -> Void) {
        forEachBlock(of: graph.trainedCount, size: Self.blockSize, threads: lanes) {
            body(kernels, $0)
        }
    }

    /// The parameters, or floats that lie like them, as PyTorch has them.
    func tensors(_ floats: FloatSpan, isTrained: Bool = false) -> [Tensor] {
        graph.parameters.filter { !isTrained || $0.offset < graph.trainedCount }.map { parameter in
            let place = floats.part(parameter.offset, parameter.floatCount)
            return Tensor(
                parameter.name, shape: parameter.shape,
                .float((0..<parameter.count).map { place[parameter.place($0)] }))
        }
    }
}
