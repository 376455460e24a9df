import CVec

/// Up to 16 linear layers `f(x) = W x + b` that learn the identity on all their points at once, a
/// trial in each lane of a vector.
///
/// The gradient over all points is `(W̃ − Ĩ) S`, where `S` is the mean of `x̃ x̃ᵀ` and a bias is the
/// weight of one more input, `x̃ = (x, 1)`: a step costs O(d³), however many points there are. What
/// is kept is the distance `W̃ − Ĩ`. A lane's bits do not depend on its neighbours.
///
/// All memory is allocated when it is made; a step allocates nothing. It lives on one thread.
public final class LinearLanes {
    public static let laneCount = 16
    /// Most inputs: from here on a network alone fills its vectors.
    public static let widthLimit = 16

    /// d, inputs and outputs.
    public let dimension: Int
    private let hasBias: Bool
    private let kernels: Kernels
    private let arena: Arena
    /// `W̃ − Ĩ`, shape `[d, columns]`.
    private var state: LaneMatrix
    private var other: LaneMatrix
    private let moments: LaneMatrix
    private let rates: UnsafeMutablePointer<Float>
    private let scratch: UnsafeMutablePointer<Float>
    /// `W`, shape `[in, out]`, and `b`, or zeros, a vector an output: as they were at the last look.
    private let weight: LaneMatrix
    private let bias: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - layers: The first parameters of 1 to 16 layers of one shape.
    ///   - points: Those of each, shape `[n, d]`.
    public convenience init(
        _ layers: [LinearParameters], points: [PanelMatrix], kernels: Kernels
    ) {
        precondition(
            layers.count == points.count && (1...Self.laneCount).contains(layers.count),
            "\(layers.count) layers on \(points.count) sets of points")
        self.init(
            dimension: layers[0].inputs, hasBias: layers[0].bias != nil, kernels: kernels)
        for (lane, layer) in layers.enumerated() {
            precondition(
                layer.inputs == dimension && layer.outputs == dimension
                    && (layer.bias != nil) == hasBias && points[lane].columns == dimension,
                "layers of several shapes")
            set(layer, lane: lane)
            set(points[lane], lane: lane)
        }
    }

    private init(dimension: Int, hasBias: Bool, kernels: Kernels) {
        precondition((1...Self.widthLimit).contains(dimension), "\(dimension) dimensions")
        self.dimension = dimension
        self.hasBias = hasBias
        self.kernels = kernels
        let columns = dimension + (hasBias ? 1 : 0)
        let arena = Arena(
            floatCount: 16 * (2 * dimension * columns + columns * columns + 1)
                + 16 * dimension * (dimension + 1) + padded(dimension * columns))
        func matrix(_ rows: Int) -> LaneMatrix {
            LaneMatrix(
                base: arena.floats(16 * rows * columns), row_stride: 16 * columns,
                column_stride: 16)
        }
        self.arena = arena
        state = matrix(dimension)
        other = matrix(dimension)
        moments = matrix(columns)
        rates = arena.floats(16)
        scratch = arena.floats(dimension * columns)
        weight = LaneMatrix(
            base: arena.floats(16 * dimension * dimension), row_stride: 16,
            column_stride: 16 * dimension)
        bias = arena.floats(16 * dimension)
        assert(arena.isUsedUp, "the arena is larger than the layers")
    }

    private var columns: Int { dimension + (hasBias ? 1 : 0) }

    private func index(_ row: Int, _ column: Int, _ lane: Int) -> Int {
        (row * columns + column) * 16 + lane
    }

    private func set(_ layer: LinearParameters, lane: Int) {
        for o in 0..<dimension {
            for i in 0..<dimension {
                state.base[index(o, i, lane)] =
                    layer.weight[o * dimension + i] - (o == i ? 1 : 0)
            }
            if let bias = layer.bias { state.base[index(o, dimension, lane)] = bias[o] }
        }
    }

    private func set(_ points: PanelMatrix, lane: Int) {
        let count = Double(points.rows)
        let sums = points.sumsOfProducts(kernels)
        for i in 0..<dimension {
            for j in 0..<dimension {
                moments.base[index(i, j, lane)] = Float(sums[i][j] / count)
            }
        }
        guard hasBias else { return }
        for (i, mean) in points.means().enumerated() {
            moments.base[index(i, dimension, lane)] = Float(mean)
            moments.base[index(dimension, i, lane)] = Float(mean)
        }
        moments.base[index(dimension, dimension, lane)] = 1
    }
}

extension LinearLanes {
    /// Takes `steps` steps: every parameter moves by `rate` times the gradient of the mean over the
    /// points of ½ ‖f(x) − x‖².
    ///
    /// - Parameter rates: One a lane, negative to descend.
    public func advance(steps: Int, rates: [Float]) {
        precondition(steps >= 0 && rates.count == Self.laneCount, "\(rates.count) rates")
        for lane in 0..<rates.count { self.rates[lane] = rates[lane] }
        kernels.descendLinearLanes(
            steps, dimension, columns, moments, UnsafePointer(self.rates), state, other)
        if steps % 2 == 1 { swap(&state, &other) }
    }

    /// Whether the parameters of a lane are finite numbers: if not, they never will be again.
    public func isFinite(lane: Int) -> Bool {
        for element in 0..<dimension * columns
        where !state.base[element * 16 + lane].isFinite {
            return false
        }
        return true
    }

    /// Leaves `f(x)` of each layer in `outputs`, where `x` is row `row` of its own points: the bits of
    /// `Network.evaluate`.
    ///
    /// - Parameter outputs: Shape `[d, 16]`.
    public func evaluate(_ points: LaneData, row: Int, into outputs: inout [Float]) {
        precondition(
            points.columns == dimension && (0..<points.rows).contains(row)
                && outputs.count == 16 * dimension,
            "row \(row) of [\(points.rows), \(points.columns)] into \(outputs.count) outputs")
        restoreWeight()
        outputs.withUnsafeMutableBufferPointer { outputs in
            guard let base = outputs.baseAddress else { return }
            kernels.forwardLanes(
                1, dimension, dimension, points.matrix(from: row), weight, bias, false,
                LaneMatrix(base: base, row_stride: 16 * dimension, column_stride: 16))
        }
    }

    /// Σ ‖f(x) − x‖² of each layer over all points that its moments stand for: the bits of
    /// `Network.squaredError`.
    ///
    /// - Parameter errors: One a lane.
    public func squaredErrors(_ moments: LaneMoments, into errors: inout [Double]) {
        precondition(
            moments.columns == dimension && (moments.mean != nil) == hasBias
                && errors.count == Self.laneCount,
            "moments of \(moments.columns) columns into \(errors.count) errors")
        restoreWeight()
        for lane in 0..<errors.count { errors[lane] = 0 }
        if let spread = moments.spread {
            // Where there is a bias, the points are taken about their mean, where it cancels out.
            addSquares(spread, hasBias ? moments.zeros : bias, moments, &errors)
        }
        guard let mean = moments.mean else { return }
        let spreadErrors = errors
        for lane in 0..<errors.count { errors[lane] = 0 }
        addSquares(mean, bias, moments, &errors)
        for lane in 0..<errors.count {
            errors[lane] = spreadErrors[lane] + Double(moments.counts[lane]) * errors[lane]
        }
    }

    private func addSquares(
        _ points: LaneData, _ bias: UnsafeMutablePointer<Float>, _ moments: LaneMoments,
        _ errors: inout [Double]
    ) {
        let residuals = moments.residuals
        kernels.residualLanes(
            points.rows, dimension, dimension, points.matrix(from: 0), weight, bias,
            points.matrix(from: 0), residuals)
        kernels.addSquaresLanes(points.rows, dimension, residuals, moments.chains)
        errors.withUnsafeMutableBufferPointer { errors in
            if let base = errors.baseAddress { kernels.endSquaresLanes(moments.chains, base) }
        }
    }

    /// Makes `W` and `b` of the state.
    private func restoreWeight() {
        let count = 16 * dimension
        for o in 0..<dimension {
            let row = state.base + o * 16 * columns
            let target = weight.base + o * count
            target.update(from: row, count: count)
            for lane in 0..<16 { target[16 * o + lane] += 1 }
            if hasBias { (bias + 16 * o).update(from: row + count, count: 16) }
        }
    }

    /// The same layers, to go on from here another way.
    public func copy() -> LinearLanes {
        let copy = LinearLanes(dimension: dimension, hasBias: hasBias, kernels: kernels)
        copy.resume(from: self)
        for element in 0..<16 * columns * columns {
            copy.moments.base[element] = moments.base[element]
        }
        return copy
    }

    /// Goes on from the parameters of `source`, a copy.
    public func resume(from source: LinearLanes) {
        precondition(source.dimension == dimension && source.hasBias == hasBias, "another shape")
        state.base.update(from: source.state.base, count: 16 * dimension * columns)
    }

    /// Gives `network`, one layer, the parameters of a lane.
    public func copy(lane: Int, to network: Network) {
        precondition(
            network.widths == [dimension, dimension] && (0..<Self.laneCount).contains(lane),
            "lane \(lane) of dimension \(dimension) to \(network.widths)")
        let bias = scratch + dimension * dimension
        for o in 0..<dimension {
            for i in 0..<dimension {
                scratch[i * dimension + o] =
                    state.base[index(o, i, lane)] + (o == i ? 1 : 0)
            }
            if hasBias { bias[o] = state.base[index(o, dimension, lane)] }
        }
        network.setLayer(0, weight: scratch, bias: bias, stride: 1)
    }
}
