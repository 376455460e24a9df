public import CVec

/// `sums += aᵀ · b`, over the rows of both in increasing order.
///
/// - Parameters:
///   - depth: Columns of `a`, rows of `sums`; a multiple of 16.
///   - columns: Of `b` and `sums`, a multiple of 16.
@inline(never)
public func addOuterProducts(
    rows: Int, depth: Int, columns: Int, a: RowView, b: RowView, sums: RowView
) {
    // So many rows at a time as stay in the first-level cache, as far as they are read again.
    let rowBlock = 128
    for first in stride(from: 0, to: rows, by: rowBlock) {
        let shape = OuterSum(
            rows: min(rowBlock, rows - first), aStride: a.stride, bStride: b.stride,
            sumStride: sums.stride)
        shape.add(
            a.base + first * a.stride, b.base + first * b.stride, depth: depth, columns: columns,
            into: sums.base, adds: true)
    }
}

/// The shape of a sum of outer products of the rows of two matrices.
struct OuterSum {
    let rows: Int
    let aStride: Int
    let bStride: Int
    let sumStride: Int

    /// - Parameter adds: Whether what `sums` holds is added to, or of no account.
    @inline(never)
    func add(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, depth: Int, columns: Int,
        into sums: UnsafeMutablePointer<Float>, adds: Bool
    ) {
        let zero = Vector(repeating: 0)
        var j = 0
        if cvec_is_wide() {
            let eight = InlineArray<8, Vector>(repeating: zero)
            while j + 2 * lanes <= columns {
                for i in stride(from: 0, to: depth, by: 8) {
                    tile(a + i, b + j, sums + i * sumStride + j, adds: adds, eight, eight)
                }
                j += 2 * lanes
            }
        }
        let four = InlineArray<4, Vector>(repeating: zero)
        let none = InlineArray<0, Vector>(repeating: zero)
        while j < columns {
            for i in stride(from: 0, to: depth, by: 4) {
                tile(a + i, b + j, sums + i * sumStride + j, adds: adds, four, none)
            }
            j += lanes
        }
    }

    /// - Parameter rightZeros: As many as `zeros`, or none: see `RowProduct`.
    @inline(__always)
    private func tile<let height: Int, let right: Int>(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        _ sums: UnsafeMutablePointer<Float>, adds: Bool, _ zeros: InlineArray<height, Vector>,
        _ rightZeros: InlineArray<right, Vector>
    ) {
        var lefts = zeros
        var rights = rightZeros
        if adds {
            for i in 0..<height { lefts[i] = load(sums + i * sumStride) }
            for i in 0..<right { rights[i] = load(sums + i * sumStride + lanes) }
        }
        var (aRow, bRow) = (a, b)
        for _ in 0..<rows {
            let first = load(bRow)
            let second = right > 0 ? load(bRow + lanes) : first
            for i in 0..<height {
                let factor = Vector(repeating: aRow[i])
                lefts[i].accumulate(factor, first)
                if right > 0 { rights[i].accumulate(factor, second) }
            }
            aRow += aStride
            bRow += bStride
        }
        for i in 0..<height { store(lefts[i], at: sums + i * sumStride) }
        for i in 0..<right { store(rights[i], at: sums + i * sumStride + lanes) }
    }
}
