import CVec

/// What a tile's sums start from.
enum LaneStart {
    case zero
    /// A vector a column.
    case row(UnsafeMutablePointer<Float>)
    /// What is stored where the sums will be.
    case stored
}

/// What becomes of a tile of sums.
enum LaneEpilogue {
    /// Stored as it is.
    case plain
    /// Negative values become zero.
    case rectified
    /// The tile of another matrix is subtracted.
    case residual(LaneMatrix)
    /// Zero where the tile of another matrix is not positive.
    case masked(LaneMatrix)
    /// The matrix moves by the sums times a rate, a vector.
    case update(LaneMatrix, rate: UnsafePointer<Float>)
    /// The sums times a rate, a vector, are added to the tile of another matrix.
    case step(from: LaneMatrix, rate: UnsafePointer<Float>)
}

extension LaneMatrix {
    @inline(__always)
    func element(_ row: Int, _ column: Int) -> UnsafeMutablePointer<Float> {
        base + row * row_stride + column * column_stride
    }
}

/// `output = epilogue(start + a · b)` for 16 trials at once, none of which sees another.
///
/// Every element of every trial is one chain of fused multiply-adds over `k` in increasing order:
/// the bits of a trial alone.
@inline(__always)
func multiplyLanes(
    _ a: LaneMatrix, _ b: LaneMatrix, rows: Int, columns: Int, depth: Int, start: LaneStart,
    _ epilogue: LaneEpilogue, into output: LaneMatrix
) {
    let product = LaneProduct(
        a: a, b: b, depth: depth, start: start, epilogue: epilogue, output: output)
    let zero = Vector(repeating: 0)
    var row = 0
    if cvec_is_wide() {
        while row + 4 <= rows {
            product.strip(row, columns, InlineArray<4, Vector>(repeating: zero))
            row += 4
        }
    }
    while row + 2 <= rows {
        product.strip(row, columns, InlineArray<2, Vector>(repeating: zero))
        row += 2
    }
    if row < rows { product.strip(row, columns, InlineArray<1, Vector>(repeating: zero)) }
}

private struct LaneProduct {
    let a: LaneMatrix
    let b: LaneMatrix
    let depth: Int
    let start: LaneStart
    let epilogue: LaneEpilogue
    let output: LaneMatrix

    /// All columns of `height` rows.
    @inline(__always)
    func strip<let height: Int>(_ row: Int, _ columns: Int, _ zero: InlineArray<height, Vector>) {
        var column = 0
        if cvec_is_wide() {
            while column + 4 <= columns {
                tile(row, column, width: 4, zero)
                column += 4
            }
        }
        while column + 2 <= columns {
            tile(row, column, width: 2, zero)
            column += 2
        }
        if column < columns { tile(row, column, width: 1, zero) }
    }

    /// `width` columns, of which 1, 2 or 4 are, of `height` rows. An array a column, since arrays of
    /// arrays do not become registers.
    @inline(__always)
    private func tile<let height: Int>(
        _ row: Int, _ column: Int, width: Int, _ zero: InlineArray<height, Vector>
    ) {
        var (s0, s1, s2, s3) = (zero, zero, zero, zero)
        begin(&s0, row, column)
        if width > 1 { begin(&s1, row, column + 1) }
        if width > 2 {
            begin(&s2, row, column + 2)
            begin(&s3, row, column + 3)
        }
        var left = a.element(row, 0)
        var right = b.element(0, column)
        let (step, next) = (a.row_stride, b.column_stride)
        for _ in 0..<depth {
            let b0 = load(right)
            let b1 = width > 1 ? load(right + next) : b0
            let b2 = width > 2 ? load(right + 2 * next) : b0
            let b3 = width > 2 ? load(right + 3 * next) : b0
            for i in 0..<height {
                let factor = load(left + i * step)
                s0[i].accumulate(factor, b0)
                if width > 1 { s1[i].accumulate(factor, b1) }
                if width > 2 {
                    s2[i].accumulate(factor, b2)
                    s3[i].accumulate(factor, b3)
                }
            }
            left += a.column_stride
            right += b.row_stride
        }
        end(s0, row, column)
        if width > 1 { end(s1, row, column + 1) }
        if width > 2 {
            end(s2, row, column + 2)
            end(s3, row, column + 3)
        }
    }

    @inline(__always)
    private func begin<let height: Int>(
        _ sums: inout InlineArray<height, Vector>, _ row: Int, _ column: Int
    ) {
        switch start {
        case .zero: break
        case .row(let values):
            for i in 0..<height { sums[i] = load(values + column * lanes) }
        case .stored:
            for i in 0..<height { sums[i] = load(output.element(row + i, column)) }
        }
    }

    @inline(__always)
    private func end<let height: Int>(
        _ sums: InlineArray<height, Vector>, _ row: Int, _ column: Int
    ) {
        for i in 0..<height { conclude(sums[i], row + i, column) }
    }

    @inline(__always)
    private func conclude(_ sum: Vector, _ row: Int, _ column: Int) {
        let zero = Vector(repeating: 0)
        var value = sum
        var target = output.element(row, column)
        switch epilogue {
        case .plain: break
        case .rectified: value = value.replacing(with: zero, where: value .< zero)
        case .residual(let other): value -= load(other.element(row, column))
        case .masked(let other):
            value = zero.replacing(with: value, where: load(other.element(row, column)) .> zero)
        case .update(let matrix, let rate):
            target = matrix.element(row, column)
            value = load(target)
            value.accumulate(sum, load(rate))
        case .step(let matrix, let rate):
            value = load(matrix.element(row, column))
            value.accumulate(sum, load(rate))
        }
        store(value, at: target)
    }
}
