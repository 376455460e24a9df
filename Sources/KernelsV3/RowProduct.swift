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
    let shape = RowProduct(
        rows: rows, depth: depth, aStride: a.stride, bPanel: lanes, bStride: b.stride,
        otherStride: otherStride, outputStride: output.stride)
    shape.multiply(a.base, b.base, columns: columns, start: start, other: other, into: output.base)
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

    /// `output = start + other + a · b`.
    @inline(never)
    func multiply(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, columns: Int,
        start: UnsafePointer<Float>?, other: UnsafePointer<Float>?,
        into output: UnsafeMutablePointer<Float>
    ) {
        var j = 0
        if cvec_is_wide() {
            while j + 2 * lanes <= columns {
                strip(
                    a, b + j / lanes * bPanel, start.map { $0 + j }, other.map { $0 + j },
                    output + j, isDouble: true,
                    InlineArray<8, Vector>(repeating: .zero),
                    InlineArray<4, Vector>(repeating: .zero))
                j += 2 * lanes
            }
            if j < columns {
                strip(
                    a, b + j / lanes * bPanel, start.map { $0 + j }, other.map { $0 + j },
                    output + j, isDouble: false,
                    InlineArray<8, Vector>(repeating: .zero),
                    InlineArray<4, Vector>(repeating: .zero))
            }
        } else {
            while j < columns {
                strip(
                    a, b + j / lanes * bPanel, start.map { $0 + j }, other.map { $0 + j },
                    output + j, isDouble: false,
                    InlineArray<6, Vector>(repeating: .zero),
                    InlineArray<2, Vector>(repeating: .zero))
                j += lanes
            }
        }
    }

    /// 16 columns of the output, 32 where `isDouble`: most rows in tall tiles, what remains in low
    /// ones and then one by one.
    @inline(__always)
    private func strip<let tall: Int, let low: Int>(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ start: UnsafePointer<Float>?,
        _ other: UnsafePointer<Float>?, _ output: UnsafeMutablePointer<Float>, isDouble: Bool,
        _ zeros: InlineArray<tall, Vector>, _ fewZeros: InlineArray<low, Vector>
    ) {
        var row = 0
        while row + tall <= rows {
            tile(a, b, start, other, output, row: row, isDouble: isDouble, zeros)
            row += tall
        }
        while row + low <= rows {
            tile(a, b, start, other, output, row: row, isDouble: isDouble, fewZeros)
            row += low
        }
        while row < rows {
            tile(
                a, b, start, other, output, row: row, isDouble: isDouble,
                InlineArray<1, Vector>(repeating: .zero))
            row += 1
        }
    }

    @inline(__always)
    private func tile<let height: Int>(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ start: UnsafePointer<Float>?,
        _ other: UnsafePointer<Float>?, _ output: UnsafeMutablePointer<Float>, row: Int,
        isDouble: Bool, _ zeros: InlineArray<height, Vector>
    ) {
        var left = zeros
        var right = zeros
        if let start {
            for i in 0..<height {
                left[i] = load(start)
                if isDouble { right[i] = load(start + lanes) }
            }
        }
        if let other {
            let beside = other + row * otherStride
            for i in 0..<height {
                left[i] += load(beside + i * otherStride)
                if isDouble { right[i] += load(beside + i * otherStride + lanes) }
            }
        }
        let a = a + row * aStride
        var bRow = b
        for k in 0..<depth {
            let first = load(bRow)
            let second = isDouble ? load(bRow + bPanel) : first
            for i in 0..<height {
                let factor = Vector(repeating: a[i * aStride + k])
                left[i].accumulate(factor, first)
                if isDouble { right[i].accumulate(factor, second) }
            }
            bRow += bStride
        }
        let target = output + row * outputStride
        for i in 0..<height {
            store(left[i], at: target + i * outputStride)
            if isDouble { store(right[i], at: target + i * outputStride + lanes) }
        }
    }
}
