import NumericCore

/// One training of a net.
struct BenchRun: Sendable {
    let time: Duration
    /// ½ ‖f(x) − x‖², the mean over all points.
    let loss: Double

    private static let learningRate = 0.02

    /// Trains the net from its first weights, 16 times over in the lanes of a vector where `lanes`.
    static func train(_ net: BenchNet, lanes: Bool, _ kernels: Kernels) -> BenchRun {
        if net.isLinear { return BenchRun(linear: net, lanes: lanes ? 16 : 1, kernels) }
        return lanes ? BenchRun(lanes: net, kernels) : BenchRun(net, kernels)
    }

    private init(_ net: BenchNet, _ kernels: Kernels) {
        let points = PanelMatrix(net.data(kernels), rows: net.points)
        let network = net.network(kernels)
        let rate = Float(-Self.learningRate / Double(net.batchRows))
        var output = Array(repeating: Float(0), count: net.dimension)
        time = ContinuousClock().measure {
            for step in 0..<net.steps {
                _ = network.step(points, rows: net.batch(step), rate: rate)
                if step % 10 == 9 { network.evaluate(points, row: 0, into: &output) }
            }
        }
        loss = network.squaredError(points, rows: 0..<net.points) / Double(2 * net.points)
    }

    /// Trains a linear layer on all points, `lanes` times over in the lanes of a vector.
    private init(linear net: BenchNet, lanes: Int, _ kernels: Kernels) {
        let points = PanelMatrix(net.data(kernels), rows: net.points)
        let layers = LinearLanes(
            Array(repeating: net.parameters(kernels)[0], count: lanes),
            points: Array(repeating: points, count: lanes), kernels: kernels)
        let data = LaneData(Array(repeating: points, count: lanes))
        let rates = Array(repeating: Float(-Self.learningRate), count: LinearLanes.laneCount)
        var outputs = Array(repeating: Float(0), count: LinearLanes.laneCount * net.dimension)
        time = ContinuousClock().measure {
            for _ in 0..<net.steps / 10 {
                layers.advance(steps: 10, rates: rates)
                layers.evaluate(data, row: 0, into: &outputs)
            }
        }
        let probe = net.network(kernels)
        layers.copy(lane: lanes - 1, to: probe)
        loss = probe.squaredError(points, rows: 0..<net.points) / Double(2 * net.points)
    }

    /// Trains the net 16 times over, in the lanes of a vector.
    private init(lanes net: BenchNet, _ kernels: Kernels) {
        let points = PanelMatrix(net.data(kernels), rows: net.points)
        let data = LaneData(Array(repeating: points, count: 16))
        let parameters = net.parameters(kernels)
        let networks = LaneNetwork(
            Array(repeating: parameters, count: 16), isRectified: net.isRectified, kernels: kernels)
        let probe = net.network(kernels)
        let rates = Array(
            repeating: Float(-Self.learningRate / Double(net.batchRows)), count: 16)
        var output = Array(repeating: Float(0), count: net.dimension)
        time = ContinuousClock().measure {
            for step in 0..<net.steps {
                networks.step(data, rows: net.batch(step), rates: rates)
                guard step % 10 == 9 else { continue }
                for lane in 0..<16 {
                    networks.copy(lane: lane, to: probe)
                    probe.evaluate(points, row: 0, into: &output)
                }
            }
        }
        networks.measure(data, rows: 0..<net.points)
        loss = networks.losses[15] / Double(2 * net.points)
    }
}
