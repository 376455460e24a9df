import NumericCore

/// A network in training on a SIM task: batches in the same order every epoch, the mean squared
/// error over points and outputs as loss.
///
/// What a linear network does on all points at once it does on their second moments.
struct SIMTraining {
    /// Larger batches go in blocks of this many rows, which changes no bit.
    static let blockRows = 256

    let task: SIMTask
    let network: Network
    private let batchSize: Int
    private let learningRate: Double
    /// In place of all points; nil where the network is not linear, or nothing is done on all points.
    let moments: Moments?
    /// nil for plain descent.
    private let optimizer: Optimizer?

    init(
        _ configuration: SIMConfiguration, task: SIMTask, parameters: [LinearParameters],
        kernels: Kernels, threads: Int = 1
    ) {
        self.task = task
        moments =
            configuration.usesMoments
            ? Moments(of: task.points, hasBias: configuration.hasBias, kernels: kernels) : nil
        network = Network(
            parameters, isRectified: configuration.isRectified,
            blockRows: min(Self.blockRows, task.points.rows), kernels: kernels, threads: threads)
        batchSize = configuration.batchSize
        learningRate = configuration.learningRate
        optimizer =
            configuration.isPlainDescent
            ? nil
            : Optimizer(
                configuration.rule, rate: configuration.learningRate, of: network,
                kernels: kernels)
    }

    /// Draws initial parameters as `SIMConfiguration.Initialization` says.
    static func initialParameters(
        _ configuration: SIMConfiguration, seed: UInt64, kernels: Kernels
    ) -> [LinearParameters] {
        let widths = configuration.widths
        return zip(widths, widths.dropFirst()).enumerated().map { layer, width in
            let bound = configuration.scale / Double(width.0).squareRoot()
            func draw(_ purpose: RandomStream.Purpose, _ count: Int) -> [Float] {
                let stream = RandomStream(seed: seed, purpose, kernels: kernels)
                switch configuration.initialization {
                case .torch: return stream.uniform(count: count, bound: Float(bound))
                case .nonnegative:
                    return stream.uniform(count: count, bound: Float(bound)).map(abs)
                case .gaussian:
                    let deviation = Float(configuration.scale)
                    return stream.normal(count: count).map { deviation * $0 }
                }
            }
            return LinearParameters(
                inputs: width.0, outputs: width.1,
                weight: draw(.weights(layer: layer), width.0 * width.1),
                bias: configuration.hasBias ? draw(.biases(layer: layer), width.1) : nil)
        }
    }

    /// What plain descent multiplies the summed gradients of a batch by.
    func rate(rowCount: Int) -> Float {
        Float(-2 * learningRate / Double(rowCount * task.points.columns))
    }

    /// The rows of the points from which step `step`, counted from 1, comes.
    func batch(step: Int) -> Range<Int> {
        let batchCount = (task.points.rows + batchSize - 1) / batchSize
        let start = (step - 1) % batchCount * batchSize
        return start..<min(start + batchSize, task.points.rows)
    }

    /// Takes step `step`, counted from 1.
    ///
    /// - Parameter pause: Called before each block of rows with their number; what it throws ends
    ///   the step half done.
    /// - Returns: The loss of the batch before the step: the mean over points and outputs of the
    ///   squared error.
    func step(_ step: Int, pause: (Int) throws -> Void) rethrows -> Double {
        let rows = batch(step: step)
        let count = Double(rows.count * task.points.columns)
        if optimizer == nil, rows.count <= Self.blockRows, moments(of: rows) == nil {
            try pause(rows.count)
            return network.step(task.points, rows: rows, rate: rate(rowCount: rows.count)) / count
        }
        let loss = try accumulate(rows, pause: pause)
        if let optimizer {
            optimizer.step(network, scale: Float(2 / count))
        } else {
            network.apply(rate: rate(rowCount: rows.count))
        }
        return loss / count
    }

    /// The loss of a step's batch, without taking the step.
    func loss(step: Int, pause: (Int) throws -> Void) rethrows -> Double {
        try loss(of: batch(step: step), pause: pause)
    }

    /// The loss over all points.
    func fullLoss(pause: (Int) throws -> Void) rethrows -> Double {
        try loss(of: 0..<task.points.rows, pause: pause)
    }

    private func moments(of rows: Range<Int>) -> Moments? {
        rows.count == task.points.rows ? moments : nil
    }

    private func accumulate(
        _ rows: Range<Int>, pause: (Int) throws -> Void
    ) rethrows -> Double {
        if let moments = moments(of: rows) {
            try pause(moments.rowCount)
            return network.accumulate(moments)
        }
        return try sum(overBlocksOf: rows, pause: pause) {
            network.accumulate(task.points, rows: $0)
        }
    }

    private func loss(of rows: Range<Int>, pause: (Int) throws -> Void) rethrows -> Double {
        if let moments = moments(of: rows) {
            try pause(moments.rowCount)
            return network.squaredError(moments) / Double(rows.count * task.points.columns)
        }
        let loss = try sum(overBlocksOf: rows, pause: pause) {
            network.squaredError(task.points, rows: $0)
        }
        return loss / Double(rows.count * task.points.columns)
    }

    private func sum(
        overBlocksOf rows: Range<Int>, pause: (Int) throws -> Void, _ term: (Range<Int>) -> Double
    ) rethrows -> Double {
        var sum = 0.0
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
            let block = start..<min(start + Self.blockRows, rows.upperBound)
            try pause(block.count)
            sum += term(block)
        }
        return sum
    }
}
