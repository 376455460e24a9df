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
    let shape = OuterSum(
        rows: rows, aStride: a.stride, bStride: b.stride, sumStride: sums.stride)
    shape.add(a.base, b.base, depth: depth, columns: columns, into: sums.base, adds: true)
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
        var j = 0
        if cvec_is_wide() {
            while j + 2 * lanes <= columns {
                for i in stride(from: 0, to: depth, by: 8) {
                    tile(
                        a + i, b + j, sums + i * sumStride + j, isDouble: true, adds: adds,
                        InlineArray<8, Vector>(repeating: .zero))
                }
                j += 2 * lanes
            }
        }
        while j < columns {
            for i in stride(from: 0, to: depth, by: 4) {
                tile(
                    a + i, b + j, sums + i * sumStride + j, isDouble: false, adds: adds,
                    InlineArray<4, Vector>(repeating: .zero))
            }
            j += lanes
        }
    }

    @inline(__always)
    private func tile<let height: Int>(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>,
        _ sums: UnsafeMutablePointer<Float>, isDouble: Bool, adds: Bool,
        _ zeros: InlineArray<height, Vector>
    ) {
        var left = zeros
        var right = zeros
        if adds {
            for i in 0..<height {
                left[i] = load(sums + i * sumStride)
                if isDouble { right[i] = load(sums + i * sumStride + lanes) }
            }
        }
        var (aRow, bRow) = (a, b)
        for _ in 0..<rows {
            let first = load(bRow)
            let second = isDouble ? load(bRow + lanes) : first
            for i in 0..<height {
                let factor = Vector(repeating: aRow[i])
                left[i].accumulate(factor, first)
                if isDouble { right[i].accumulate(factor, second) }
            }
            aRow += aStride
            bRow += bStride
        }
        for i in 0..<height {
            store(left[i], at: sums + i * sumStride)
            if isDouble { store(right[i], at: sums + i * sumStride + lanes) }
        }
    }
}
