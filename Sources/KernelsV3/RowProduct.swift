public import CVec

/// `output = start + other + a · b` of matrices that lie row by row.
///
/// Every element is one chain of fused multiply-adds over the depth in increasing order, whatever
/// the shape of the tiles.
///
/// - Parameters:
///   - columns: Of `output`, a multiple of 16.
///   - start: What is added to every row; nil is zero.
///   - other: What is added to the product, of the same shape; nil is zero.
@inline(never)
public func multiplyRows(
    rows: Int, depth: Int, columns: Int, a: RowView, b: RowView, start: UnsafePointer<Float>?,
    other: UnsafePointer<Float>?, otherStride: Int, output: RowView
) {
    // So many rows at a time as stay in the second-level cache.
    let rowBlock = max(lanes, (1 << 16) / depth)
    for first in stride(from: 0, to: rows, by: rowBlock) {
        let shape = RowProduct(
            rows: min(rowBlock, rows - first), depth: depth, aStride: a.stride, bPanel: lanes,
            bStride: b.stride, otherStride: otherStride, outputStride: output.stride)
        shape.multiply(
            a.base + first * a.stride, b.base, columns: columns, start: start,
            other: other.map { $0 + first * otherStride },
            into: output.base + first * output.stride)
    }
}

/// The shape of a product of matrices, and how they lie in memory.
struct RowProduct {
    let rows: Int
    /// Columns of `a`, rows of `b`.
    let depth: Int
    let aStride: Int
    /// Floats from 16 columns of `b` to the next 16.
    let bPanel: Int
    /// Floats from a row of `b` to the next one.
    let bStride: Int
    var otherStride = 0
    let outputStride: Int
    /// Floats from `b` to what is multiplied by next, which is fetched meanwhile.
    var ahead = 0

    /// `output = start + other + a · b`.
    @inline(never)
    func multiply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, columns: Int,
        start: UnsafePointer<Float>?, other: UnsafePointer<Float>?,
        into output: UnsafeMutablePointer<Float>
    ) {
        let zero = Vector(repeating: 0)
        let none = InlineArray<0, Vector>(repeating: zero)
        var j = 0
        func place(_ panels: Int) -> Place {
            defer { j += panels * lanes }
            return Place(
                a: a, b: b + j / lanes * bPanel, start: start.map { $0 + j },
                other: other.map { $0 + j }, output: output + j)
        }
        if cvec_is_wide() {
            let eight = InlineArray<8, Vector>(repeating: zero)
            let four = InlineArray<4, Vector>(repeating: zero)
            while j + 2 * lanes <= columns { strip(place(2), eight, eight, four, four) }
            if j < columns { strip(place(1), eight, none, four, none) }
        } else {
            let six = InlineArray<6, Vector>(repeating: zero)
            let two = InlineArray<2, Vector>(repeating: zero)
            while j < columns { strip(place(1), six, none, two, none) }
        }
    }

    /// Where the columns of one strip are.
    private struct Place {
        let a: UnsafePointer<Float>
        let b: UnsafePointer<Float>
        let start: UnsafePointer<Float>?
        let other: UnsafePointer<Float>?
        let output: UnsafeMutablePointer<Float>
    }

    /// 16 columns of the output, or 32 where there are sums for a right half: most rows in tall tiles,
    /// what remains in low ones and then one by one.
    @inline(__always)
    private func strip<let tall: Int, let low: Int, let tallRight: Int, let lowRight: Int>(
        _ place: Place, _ zeros: InlineArray<tall, Vector>,
        _ rightZeros: InlineArray<tallRight, Vector>, _ fewZeros: InlineArray<low, Vector>,
        _ fewRightZeros: InlineArray<lowRight, Vector>
    ) {
        let zero = Vector(repeating: 0)
        var row = 0
        while row + tall <= rows {
            tile(place, row: row, zeros, rightZeros)
            row += tall
        }
        while row + low <= rows {
            tile(place, row: row, fewZeros, fewRightZeros)
            row += low
        }
        while row < rows {
            if lowRight > 0 {
                tile(
                    place, row: row, InlineArray<1, Vector>(repeating: zero),
                    InlineArray<1, Vector>(repeating: zero))
            } else {
                tile(
                    place, row: row, InlineArray<1, Vector>(repeating: zero),
                    InlineArray<0, Vector>(repeating: zero))
            }
            row += 1
        }
    }

    /// - Parameter rightZeros: As many as `zeros`, or none: known when compiled, since registers for a
    ///   half that is not there would be missing elsewhere.
    @inline(__always)
    private func tile<let height: Int, let right: Int>(
        _ place: Place, row: Int, _ zeros: InlineArray<height, Vector>,
        _ rightZeros: InlineArray<right, Vector>
    ) {
        var lefts = zeros
        var rights = rightZeros
        if let start = place.start {
            for i in 0..<height { lefts[i] = load(start) }
            for i in 0..<right { rights[i] = load(start + lanes) }
        }
        if let other = place.other {
            let beside = other + row * otherStride
            for i in 0..<height { lefts[i] += load(beside + i * otherStride) }
            for i in 0..<right { rights[i] += load(beside + i * otherStride + lanes) }
        }
        let a = place.a + row * aStride
        var bRow = place.b
        for k in 0..<depth {
            let first = load(bRow)
            let second = right > 0 ? load(bRow + bPanel) : first
            cvec_prefetch(bRow + ahead)
            if right > 0 { cvec_prefetch(bRow + bPanel + ahead) }
            for i in 0..<height {
                let factor = Vector(repeating: a[i * aStride + k])
                lefts[i].accumulate(factor, first)
                if right > 0 { rights[i].accumulate(factor, second) }
            }
            bRow += bStride
        }
        let target = place.output + row * outputStride
        for i in 0..<height { store(lefts[i], at: target + i * outputStride) }
        for i in 0..<right { store(rights[i], at: target + i * outputStride + lanes) }
    }
}
