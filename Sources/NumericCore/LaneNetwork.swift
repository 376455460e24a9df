import CVec

/// Up to 16 networks of one shape that train side by side, a trial in each lane of a vector: for
/// nets too narrow to fill vectors alone.
///
/// Each has the bits that `Network` gives it alone. All memory is allocated when it is made; a step
/// allocates nothing. It lives on one thread.
public final class LaneNetwork {
    private struct Layer {
        let inputs: Int
        let outputs: Int
        let hasBias: Bool
        /// Shape `[in, out]`.
        let weight: LaneMatrix
        let bias: UnsafeMutablePointer<Float>
        let weightSums: LaneMatrix
        let biasSums: UnsafeMutablePointer<Float>
    }

    /// How many networks train at once; fewer leave lanes idle.
    public static let laneCount = 16
    /// Most inputs and outputs: the order in which losses are added up is that of one panel.
    public static let widthLimit = 16

    public let widths: [Int]
    public let isRectified: Bool

    private let kernels: Kernels
    private let arena: Arena
    private var layers: [Layer] = []
    private var activations: [LaneMatrix] = []
    private var gradients: [LaneMatrix] = []
    /// Rows that go through the layers at once, so that their activations stay near.
    private let blockRows: Int
    private let rates: UnsafeMutablePointer<Float>
    private let chains: UnsafeMutablePointer<Float>
    /// Σ ‖f(x) − x‖² of each network before the last step.
    public private(set) var losses = [Double](repeating: 0, count: laneCount)

    /// - Parameters:
    ///   - networks: The first parameters of 1 to 16 networks of one shape.
    ///   - isRectified: Whether ReLU follows every layer but the last.
    public init(_ networks: [[LinearParameters]], isRectified: Bool, kernels: Kernels) {
        precondition(
            (1...Self.laneCount).contains(networks.count) && !networks[0].isEmpty,
            "\(networks.count) networks")
        let widths = [networks[0][0].inputs] + networks[0].map(\.outputs)
        for network in networks {
            precondition(
                [network[0].inputs] + network.map(\.outputs) == widths
                    && zip(network, network.dropFirst()).allSatisfy { $0.outputs == $1.inputs }
                    && network.map { $0.bias == nil } == networks[0].map { $0.bias == nil },
                "networks of several shapes")
        }
        precondition(
            widths[0] <= Self.widthLimit && widths[0] == widths[networks[0].count],
            "\(widths[0]) inputs, \(widths[networks[0].count]) outputs")
        self.widths = widths
        self.isRectified = isRectified
        self.kernels = kernels
        blockRows = Self.blockRows(widths: widths)
        arena = Arena(floatCount: Self.floatCount(widths: widths, blockRows: blockRows))
        rates = arena.floats(16)
        chains = arena.floats(4 * 16 * 16)
        for (index, layer) in networks[0].enumerated() {
            if index > 0 { activations.append(makeMatrix(rows: blockRows, layer.inputs)) }
            gradients.append(makeMatrix(rows: blockRows, layer.outputs))
            layers.append(
                Layer(
                    inputs: layer.inputs, outputs: layer.outputs, hasBias: layer.bias != nil,
                    weight: makeMatrix(rows: layer.inputs, layer.outputs),
                    bias: arena.floats(16 * layer.outputs),
                    weightSums: makeMatrix(rows: layer.inputs, layer.outputs),
                    biasSums: arena.floats(16 * layer.outputs)))
        }
        assert(arena.isUsedUp, "the arena is larger than the networks")
        for (lane, network) in networks.enumerated() { set(network, lane: lane) }
    }

    /// As many rows as leave the activations in the second-level cache, whole chains of four.
    private static func blockRows(widths: [Int]) -> Int {
        let bytesPerRow = 2 * 64 * widths.reduce(0, +)
        return max(4, min(Network.defaultBlockRows, (256 << 10) / bytesPerRow / 4 * 4))
    }

    private static func floatCount(widths: [Int], blockRows: Int) -> Int {
        var count = 16 + 4 * 16 * 16
        for (index, (inputs, outputs)) in zip(widths, widths.dropFirst()).enumerated() {
            count += 16 * (2 * inputs * outputs + 2 * outputs)
            count += 16 * blockRows * (outputs + (index == 0 ? 0 : inputs))
        }
        return count
    }

    private func makeMatrix(rows: Int, _ columns: Int) -> LaneMatrix {
        LaneMatrix(
            base: arena.floats(16 * rows * columns), row_stride: 16 * columns, column_stride: 16)
    }

    private func set(_ network: [LinearParameters], lane: Int) {
        for (layer, parameters) in zip(layers, network) {
            for o in 0..<layer.outputs {
                for i in 0..<layer.inputs {
                    layer.weight.base[(i * layer.outputs + o) * 16 + lane] =
                        parameters.weight[o * layer.inputs + i]
                }
            }
            for (o, value) in (parameters.bias ?? []).enumerated() {
                layer.bias[o * 16 + lane] = value
            }
        }
    }
}

extension LaneNetwork {
    /// One step of gradient descent of each network on `rows` of its own data, as `Network.step`
    /// takes it; `losses` are those before the step.
    ///
    /// - Parameter rates: One a lane, negative to descend.
    public func step(_ data: LaneData, rows: Range<Int>, rates: [Float]) {
        check(data, rows)
        precondition(rates.count == Self.laneCount, "\(rates.count) rates")
        for lane in 0..<rates.count { self.rates[lane] = rates[lane] }
        forEachBlock(of: rows) { block, isLast in
            let points = data.matrix(from: block.lowerBound)
            propagate(points, block.count)
            let isFirst = block.lowerBound == rows.lowerBound
            var index = layers.count
            while index > 0 {
                index -= 1
                let layer = layers[index]
                // The gradient of the input comes first: the update changes the weight.
                if index > 0 {
                    kernels.backwardLanes(
                        block.count, layer.inputs, layer.outputs, gradients[index], layer.weight,
                        activations[index - 1], isRectified, gradients[index - 1])
                }
                kernels.descendLanes(
                    block.count, layer.inputs, layer.outputs,
                    index > 0 ? activations[index - 1] : points, gradients[index], isFirst,
                    isLast ? UnsafePointer(self.rates) : nil, layer.weightSums, layer.weight,
                    layer.biasSums, layer.hasBias ? layer.bias : nil)
            }
        }
    }

    /// Leaves in `losses` Σ ‖f(x) − x‖² of each network over `rows` of its own data.
    public func measure(_ data: LaneData, rows: Range<Int>) {
        check(data, rows)
        forEachBlock(of: rows) { block, _ in
            propagate(data.matrix(from: block.lowerBound), block.count)
        }
    }

    /// Gives `network` the parameters of a lane.
    public func copy(lane: Int, to network: Network) {
        precondition(
            network.widths == widths && (0..<Self.laneCount).contains(lane),
            "lane \(lane) of widths \(widths) to \(network.widths)")
        for (index, layer) in layers.enumerated() {
            network.setLayer(
                index, weight: layer.weight.base + lane, bias: layer.bias + lane, stride: 16)
        }
    }

    private func check(_ data: LaneData, _ rows: Range<Int>) {
        precondition(
            data.columns == widths[0] && rows.lowerBound >= 0 && rows.upperBound <= data.rows
                && !rows.isEmpty, "rows \(rows) of [\(data.rows), \(data.columns)]")
    }

    /// Calls `body` for each block of `rows`; losses are added up over as many rows as in `Network`.
    private func forEachBlock(
        of rows: Range<Int>, _ body: (_ block: Range<Int>, _ isLast: Bool) -> Void
    ) {
        for lane in 0..<losses.count { losses[lane] = 0 }
        var start = rows.lowerBound
        while start < rows.upperBound {
            let lossEnd = min(start + Network.defaultBlockRows, rows.upperBound)
            while start < lossEnd {
                let end = min(start + blockRows, lossEnd)
                body(start..<end, end == rows.upperBound)
                start = end
            }
            losses.withUnsafeMutableBufferPointer { losses in
                if let base = losses.baseAddress { kernels.endSquaresLanes(chains, base) }
            }
        }
    }

    /// Leaves `f(x) − x` where the last layer's gradient belongs, and its squares in the chains.
    private func propagate(_ points: LaneMatrix, _ rows: Int) {
        var input = points
        let last = layers.count - 1
        for index in 0..<last {
            let layer = layers[index]
            kernels.forwardLanes(
                rows, layer.inputs, layer.outputs, input, layer.weight, layer.bias, isRectified,
                activations[index])
            input = activations[index]
        }
        kernels.residualLanes(
            rows, layers[last].inputs, layers[last].outputs, input, layers[last].weight,
            layers[last].bias, points, gradients[last])
        kernels.addSquaresLanes(rows, layers[last].outputs, gradients[last], chains)
    }
}
