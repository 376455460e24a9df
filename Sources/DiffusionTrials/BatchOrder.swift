import NumericCore

/// Which images a step takes: all of them once an epoch, in an order of each epoch's own; the last
/// batch of an epoch may be smaller.
struct BatchOrder {
    let count: Int
    let batchSize: Int
    private let seed: UInt64
    private let kernels: Kernels
    private var epoch = -1
    private var order: [Int] = []

    init(count: Int, batchSize: Int, seed: UInt64, kernels: Kernels) {
        self.count = count
        self.batchSize = min(batchSize, count)
        self.seed = seed
        self.kernels = kernels
    }

    var stepsPerEpoch: Int { (count + batchSize - 1) / batchSize }

    /// - Parameter step: Counted from 1.
    mutating func rows(step: Int) -> ArraySlice<Int> {
        let (wanted, batch) = (step - 1).quotientAndRemainder(dividingBy: stepsPerEpoch)
        if wanted != epoch {
            epoch = wanted
            order = RandomStream(seed: seed, .order(epoch: epoch), kernels: kernels)
                .permutation(count: count)
        }
        return order[batch * batchSize..<min((batch + 1) * batchSize, count)]
    }
}
