import NumericCore

/// A part of a network: it knows where its inputs, outputs and parameters lie, and holds no numbers.
protocol Layer: Sendable {
    /// Floats that `prepare` leaves, a measure of its work.
    var preparedCount: Int { get }
    /// Brings parameters into the form in which kernels read them; called whenever they have changed.
    func prepare(_ run: ShardRun)
    /// Works out the outputs of the inputs.
    func forward(_ run: ShardRun)
    /// Works out the inputs' gradients of the outputs', and adds to the parameters' gradients.
    func backward(_ run: ShardRun)
}

extension Layer {
    var preparedCount: Int { 0 }
    func prepare(_ run: ShardRun) {}
}

/// What a layer does with its input's gradient.
enum InputGradient: Hashable, Sendable {
    /// Nobody wants it.
    case none
    case set
    /// Another layer that reads the same input comes later, and has left its share there.
    case add
}

/// The numbers that layers work on: neighbouring shards of a batch, on one thread.
struct ShardRun {
    /// Some of the run's images, with sums of their own for the parameters' gradients.
    struct Shard {
        /// Counted from the run's first one.
        let images: Range<Int>
        let gradients: FloatSpan
    }

    let kernels: Kernels
    /// All parameters.
    let values: FloatSpan
    /// What layers made of them.
    let prepared: FloatSpan
    let shards: [Shard]
    /// Inputs, outputs and their gradients.
    let memory: FloatSpan
    let scratch: FloatSpan
    /// The images that are worked on, of those that there is room for.
    let range: Range<Int>
    /// nil drops nothing.
    let dropout: DropoutDraw?

    /// How many images are worked on.
    var count: Int { range.count }

    /// Each shard alone.
    func forEachShard(_ body: (ShardRun) -> Void) {
        for shard in shards {
            body(
                ShardRun(
                    kernels: kernels, values: values, prepared: prepared, shards: [shard],
                    memory: memory, scratch: scratch, range: shard.images, dropout: nil))
        }
    }

    func images(_ slot: ImageSlot) -> ImageSpan {
        let floats = (count * slot.size * slot.size - 1) * slot.stride + slot.channels
        return ImageSpan(
            memory.part(start(of: slot), floats), count: count, size: slot.size,
            channels: slot.channels, stride: slot.stride)
    }

    private func start(of slot: ImageSlot) -> Int {
        slot.offset + range.lowerBound * slot.size * slot.size * slot.stride
    }

    /// A row a pixel.
    func rows(_ slot: ImageSlot) -> RowSpan { images(slot).rows }

    /// All floats of images that lie without gaps.
    func floats(_ slot: ImageSlot) -> FloatSpan {
        precondition(slot.stride == slot.channels, "images with gaps")
        return memory.part(start(of: slot), count * slot.size * slot.size * slot.stride)
    }

    func value(_ parameter: NetworkParameter) -> FloatSpan {
        values.part(parameter.offset, parameter.floatCount)
    }

    /// The share of one shard, which must be alone.
    func gradient(_ parameter: NetworkParameter) -> FloatSpan {
        precondition(shards.count == 1, "\(shards.count) shards")
        return shards[0].gradients.part(parameter.offset, parameter.floatCount)
    }

    func rows(_ floats: FloatSpan, of parameter: NetworkParameter) -> RowSpan {
        RowSpan(floats, rows: parameter.rows, columns: parameter.columns)
    }

    func prepared(_ range: Range<Int>) -> FloatSpan {
        prepared.part(range.lowerBound, range.count)
    }
}

/// Which numbers dropout draws: others at every step and for every image.
struct DropoutDraw: Hashable, Sendable {
    let seed: UInt64
    let step: Int
    /// The place in the batch of the run's first image.
    let firstImage: Int
}
