/// Counter-based random numbers: element `i` of a stream is a pure function of seed, stream and `i`.
///
/// - SeeAlso: Philox4x32-10 of Salmon et al., "Parallel Random Numbers: As Easy as 1, 2, 3", 2011.
public struct RandomStream: Sendable {
    /// What a stream is for; streams of one seed are independent.
    public enum Purpose: Sendable, Hashable {
        case data
        case shuffle
        case rotation
        /// The points that take the place of rejected ones, at the n-th attempt.
        case redraw(attempt: Int)
        /// The weights of a layer, counted from 0.
        case weights(layer: Int)
        /// The biases of a layer, counted from 0.
        case biases(layer: Int)
        /// What a layer of a network drops, counted from 0.
        case dropout(layer: Int)
        /// What images show: place, colour, size …
        case scenes(ImageSet)
        /// The noise on their pixels.
        case pixels(ImageSet)
        /// The order of the data in an epoch, counted from 0.
        case order(epoch: Int)
        /// What a training step draws of one kind: times, noise …
        case step(Int, StepDraw)
        /// The noise from which images are drawn for the n-th time, and what each step adds to it.
        case sampling(time: Int)
        /// Likewise of images that are asked for by more than one prompt.
        case probing(time: Int)

        var stream: UInt64 {
            switch self {
            case .data: 1
            case .shuffle: 2
            case .rotation: 3
            case .redraw(let attempt): 3 << 32 | UInt64(attempt)
            case .weights(let layer): 1 << 32 | UInt64(layer)
            case .biases(let layer): 2 << 32 | UInt64(layer)
            case .dropout(let layer): 6 << 32 | UInt64(layer)
            case .scenes(let set): 4 << 32 | UInt64(set.rawValue)
            case .pixels(let set): 5 << 32 | UInt64(set.rawValue)
            case .order(let epoch): 7 << 32 | UInt64(epoch)
            case .step(let step, let draw): (8 + UInt64(draw.rawValue)) << 32 | UInt64(step)
            case .sampling(let time): 64 << 32 | UInt64(time)
            case .probing(let time): 65 << 32 | UInt64(time)
            }
        }

        /// What a training step draws, each independently of the others.
        public enum StepDraw: Int, Sendable, Hashable {
            case time
            /// What images are mixed with.
            case noise
            /// That of the least noisy image.
            case leastNoise
            /// Which images lose their condition.
            case conditions
        }

        /// Images that are drawn independently of each other.
        public enum ImageSet: Int, Sendable, Hashable {
            case training
            case test
            /// Those without a disc.
            case empty
        }
    }

    private let seed: UInt64
    private let stream: UInt64
    private let kernels: Kernels

    public init(seed: UInt64, _ purpose: Purpose, kernels: Kernels) {
        self.init(seed: seed, stream: purpose.stream, kernels: kernels)
    }

    init(seed: UInt64, stream: UInt64, kernels: Kernels) {
        self.seed = seed
        self.stream = stream
        self.kernels = kernels
    }

    /// Blocks `firstBlock` and on, 4 words a block.
    func words(firstBlock: UInt64 = 0, blockCount: Int) -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: 4 * blockCount) { buffer, count in
            guard let base = buffer.baseAddress else { return }
            kernels.fillWords(seed, stream, firstBlock, blockCount, base)
            count = 4 * blockCount
        }
    }

    /// The first `count` numbers, uniform on (−`bound`, `bound`).
    public func uniform(count: Int, bound: Float) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            kernels.fillUniform(seed, stream, count, bound, base)
            initialized = count
        }
    }

    /// The first `count` standard normal numbers, drawn on up to `threads` threads.
    public func normal(count: Int, threads: Int = 1) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            forEachBlock(of: count, size: 1 << 14, threads: threads) { block in
                let firstBlock = UInt64(block.lowerBound / 4)
                kernels.fillNormal(seed, stream, firstBlock, block.count, base + block.lowerBound)
            }
            initialized = count
        }
    }

    /// `count` standard normal numbers from block `firstBlock` on, 4 a block.
    public func normal(firstBlock: UInt64, count: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard let base = buffer.baseAddress else { return }
            kernels.fillNormal(seed, stream, firstBlock, count, base)
            initialized = count
        }
    }

    /// The numbers `0..<count` in random order, by Fisher and Yates.
    public func permutation(count: Int) -> [Int] {
        var order = Array(0..<count)
        let words = words(blockCount: (count + 1) / 2)
        for i in stride(from: count - 1, to: 0, by: -1) {
            let draw = UInt64(words[2 * i]) << 32 | UInt64(words[2 * i + 1])
            order.swapAt(i, Int(draw.multipliedFullWidth(by: UInt64(i + 1)).high))
        }
        return order
    }
}
