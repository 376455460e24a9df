public import CVec

/// `output = input · weight + bias`, then ReLU where `rectified`, for 16 trials.
///
/// - Parameter bias: A vector a column.
@inline(never)
public func forwardLanes(
    rows: Int, inputs: Int, outputs: Int, input: LaneMatrix, weight: LaneMatrix,
    bias: UnsafeMutablePointer<Float>, rectified: Bool, output: LaneMatrix
) {
    multiplyLanes(
        input, weight, rows: rows, columns: outputs, depth: inputs, start: .row(bias),
        rectified ? .rectified : .plain, into: output)
}

/// `output = input · weight + bias − target`, for 16 trials.
@inline(never)
public func residualLanes(
    rows: Int, inputs: Int, outputs: Int, input: LaneMatrix, weight: LaneMatrix,
    bias: UnsafeMutablePointer<Float>, target: LaneMatrix, output: LaneMatrix
) {
    multiplyLanes(
        input, weight, rows: rows, columns: outputs, depth: inputs, start: .row(bias),
        .residual(target), into: output)
}

/// `output = gradient · weightᵀ`, zero where `rectified` and `activation` is not positive.
@inline(never)
public func backwardLanes(
    rows: Int, inputs: Int, outputs: Int, gradient: LaneMatrix, weight: LaneMatrix,
    activation: LaneMatrix, rectified: Bool, output: LaneMatrix
) {
    multiplyLanes(
        gradient, weight.transposed, rows: rows, columns: inputs, depth: outputs, start: .zero,
        rectified ? .masked(activation) : .plain, into: output)
}

/// Adds the gradients of a block of rows to sums, or, after a step's last block, moves weight and
/// bias by them.
///
/// - Parameters:
///   - isFirst: Whether the sums start at zero.
///   - rate: A vector; nil before the step's last block.
///   - bias: A vector a column, and its sums; nil where the layer has none.
@inline(never)
public func descendLanes(
    rows: Int, inputs: Int, outputs: Int, input: LaneMatrix, gradient: LaneMatrix, isFirst: Bool,
    rate: UnsafePointer<Float>?, sums: LaneMatrix, weight: LaneMatrix,
    biasSums: UnsafeMutablePointer<Float>, bias: UnsafeMutablePointer<Float>?
) {
    let start = isFirst ? LaneStart.zero : .stored
    let end = rate.map { LaneEpilogue.update(weight, rate: $0) } ?? .plain
    multiplyLanes(
        input.transposed, gradient, rows: inputs, columns: outputs, depth: rows, start: start, end,
        into: sums)
    guard let bias else { return }
    for column in 0..<outputs {
        let target = biasSums + column * lanes
        var sum = isFirst ? Vector(repeating: 0) : load(target)
        for row in 0..<rows { sum += load(gradient.element(row, column)) }
        if let rate {
            var value = load(bias + column * lanes)
            value.accumulate(sum, load(rate))
            store(value, at: bias + column * lanes)
        } else {
            store(sum, at: target)
        }
    }
}

/// `steps` steps `state ← state + rate · state · moments` of 16 linear layers.
///
/// - Parameters:
///   - state: Shape `[rows, columns]`; what is reached after an odd number of steps is in `other`.
///   - moments: Shape `[columns, columns]`.
///   - rate: A vector.
@inline(never)
public func descendLinearLanes(
    steps: Int, rows: Int, columns: Int, moments: LaneMatrix, rate: UnsafePointer<Float>,
    state: LaneMatrix, other: LaneMatrix
) {
    var (from, to) = (state, other)
    for _ in 0..<steps {
        multiplyLanes(
            from, moments, rows: rows, columns: columns, depth: columns, start: .zero,
            .step(from: from, rate: rate), into: to)
        (from, to) = (to, from)
    }
}

/// Adds the squares of a block to chains, of which each column has four that rows take by turns.
///
/// - Parameter chains: Four vectors a column.
@inline(never)
public func addSquaresLanes(
    rows: Int, columns: Int, matrix: LaneMatrix, chains: UnsafeMutablePointer<Float>
) {
    for column in 0..<columns {
        let four = chains + 4 * column * lanes
        var sums = InlineArray<4, Vector>(repeating: Vector(repeating: 0))
        for i in 0..<4 { sums[i] = load(four + i * lanes) }
        var row = 0
        while row + 4 <= rows {
            for i in 0..<4 {
                let value = load(matrix.element(row + i, column))
                sums[i].accumulate(value, value)
            }
            row += 4
        }
        for i in 0..<(rows - row) {
            let value = load(matrix.element(row + i, column))
            sums[i].accumulate(value, value)
        }
        for i in 0..<4 { store(sums[i], at: four + i * lanes) }
    }
}

/// The sums of the squares of 16 trials, by the tree of `squaredSum`, and zeroes the chains.
///
/// - Parameters:
///   - chains: Four vectors for each of 16 columns, zero where there is none.
///   - output: A value a trial is added.
@inline(never)
public func endSquaresLanes(
    chains: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Double>
) {
    for column in 0..<16 {
        let four = chains + 4 * column * lanes
        let sum =
            (load(four) + load(four + lanes)) + (load(four + 2 * lanes) + load(four + 3 * lanes))
        for i in 0..<4 { store(Vector(repeating: 0), at: four + i * lanes) }
        store(sum, at: four)
    }
    var count = 8
    while count > 0 {
        for column in 0..<count {
            let target = chains + 4 * column * lanes
            let other = chains + 4 * (column + count) * lanes
            store(load(target) + load(other), at: target)
            store(Vector(repeating: 0), at: other)
        }
        count /= 2
    }
    let sums = load(chains)
    for lane in 0..<lanes { output[lane] += Double(sums[lane]) }
    store(Vector(repeating: 0), at: chains)
}

extension LaneMatrix {
    @inline(__always)
    var transposed: LaneMatrix {
        LaneMatrix(base: base, row_stride: column_stride, column_stride: row_stride)
    }
}
