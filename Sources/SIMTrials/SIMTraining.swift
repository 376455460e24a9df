import NumericCore

/// A network in training on a SIM task: plain SGD on the mean squared error, batches in the same
/// order every epoch.
struct SIMTraining {
    /// Larger batches go in blocks of this many rows, which changes no bit.
    static let blockRows = 256

    let task: SIMTask
    let network: Network
    private let batchSize: Int
    private let learningRate: Double
    private var output: [Float]

    init(
        _ configuration: SIMConfiguration, task: SIMTask, parameters: [LinearParameters],
        kernels: Kernels
    ) {
        self.task = task
        network = Network(
            parameters, isRectified: configuration.isRectified,
            blockRows: min(Self.blockRows, configuration.batchSize), kernels: kernels)
        batchSize = configuration.batchSize
        learningRate = configuration.learningRate
        output = Array(repeating: 0, count: configuration.dimension)
    }

    /// The initial parameters of PyTorch's linear layers: weights and biases uniform on ±1/√in,
    /// times `scale`.
    static func initialParameters(
        _ configuration: SIMConfiguration, seed: UInt64, kernels: Kernels
    ) -> [LinearParameters] {
        let widths = configuration.widths
        return zip(widths, widths.dropFirst()).enumerated().map { layer, width in
            let bound = Float(configuration.scale / Double(width.0).squareRoot())
            func draw(_ purpose: RandomStream.Purpose, _ count: Int) -> [Float] {
                RandomStream(seed: seed, purpose, kernels: kernels)
                    .uniform(count: count, bound: bound)
            }
            return LinearParameters(
                inputs: width.0, outputs: width.1,
                weight: draw(.weights(layer: layer), width.0 * width.1),
                bias: configuration.hasBias ? draw(.biases(layer: layer), width.1) : nil)
        }
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
        let rate = Float(-2 * learningRate / count)
        if rows.count <= Self.blockRows {
            try pause(rows.count)
            return network.step(task.points, rows: rows, rate: rate) / count
        }
        let loss = try sum(overBlocksOf: rows, pause: pause) {
            network.accumulate(task.points, rows: $0)
        }
        network.apply(rate: rate)
        return loss / count
    }

    /// The loss of a step's batch, without taking the step.
    func loss(step: Int, pause: (Int) throws -> Void) rethrows -> Double {
        let rows = batch(step: step)
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

    /// Where the OOD point goes: the output in concept coordinates, and its loss ½‖f(x̂) − x̂‖².
    mutating func probe() -> (outputs: [Double], loss: Double) {
        network.evaluate(task.probe, row: 0, into: &output)
        let axes = task.axes
        var loss = 0.0
        for j in output.indices {
            let error = Double(output[j]) - Double(task.probe[0, j])
            loss += error * error
        }
        let outputs = (0..<axes.rows).map { k in
            var sum = 0.0
            for j in output.indices { sum += Double(output[j]) * Double(axes[k, j]) }
            return sum
        }
        return (outputs, loss / 2)
    }
}
