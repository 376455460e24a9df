import CVec

/// A number of each of eight flows.
typealias Eight = SIMD8<Double>

/// Element `index` of `base`.
@inline(__always)
func get(_ base: UnsafePointer<Double>, _ index: Int) -> Eight {
    UnsafeRawPointer(base + 8 * index).load(as: Eight.self)
}

@inline(__always)
func get(_ base: UnsafeMutablePointer<Double>, _ index: Int) -> Eight {
    get(UnsafePointer(base), index)
}

@inline(__always)
func set(_ base: UnsafeMutablePointer<Double>, _ index: Int, _ value: Eight) {
    UnsafeMutableRawPointer(base + 8 * index).storeBytes(of: value, as: Eight.self)
}

// As many zeros as a tile has elements; written out, since a loop over many would be a function of its
// own and go through memory.

@inline(__always) var zeros1: InlineArray<1, Eight> { [Eight(repeating: 0)] }

@inline(__always)
var zeros2: InlineArray<2, Eight> {
    let z = Eight(repeating: 0)
    return [z, z]
}

@inline(__always)
var zeros4: InlineArray<4, Eight> {
    let z = Eight(repeating: 0)
    return [z, z, z, z]
}

@inline(__always)
var zeros8: InlineArray<8, Eight> {
    let z = Eight(repeating: 0)
    return [z, z, z, z, z, z, z, z]
}

@inline(__always)
var zeros16: InlineArray<16, Eight> {
    let z = Eight(repeating: 0)
    return [z, z, z, z, z, z, z, z, z, z, z, z, z, z, z, z]
}

/// Calls one of the three for every strip of four, two or one of `rows` rows, with its first row. What they
/// call are functions of their own, since what is inlined into one has a limit, beyond which tiles would
/// go through memory.
@inline(__always)
func forEachStrip(
    ofRows rows: Int, four: (Int) -> Void, two: (Int) -> Void, one: (Int) -> Void
) {
    var i = 0
    while cvec_is_wide(), i + 4 <= rows {
        four(i)
        i += 4
    }
    while i + 2 <= rows {
        two(i)
        i += 2
    }
    if i < rows { one(i) }
}

/// What becomes of the tiles of a product.
protocol FlowEpilogue {
    /// Takes the sums of `height` rows from `i` on and `width` columns from `j` on, row by row.
    func end<let count: Int>(
        _ i: Int, _ j: Int, height: Int, width: Int, _ sums: InlineArray<count, Eight>)
}

/// The product `a · b` of matrices of eight flows, in tiles that stay in registers.
///
/// Every sum is one chain of fused multiply-adds over `k` in increasing order, so that the shape of
/// the tiles changes no bit.
struct FlowProduct {
    /// Element (i, k) is number `i * aRow + k` of `a`, element (k, j) number `k * bRow + j * bColumn`
    /// of `b`.
    let a: UnsafeMutablePointer<Double>
    let aRow: Int
    let b: UnsafeMutablePointer<Double>
    let bRow: Int
    let bColumn: Int
    let depth: Int

    /// `height` rows, of which 1, 2 or 4 are, from row `i` on, and `columns`.
    ///
    /// - Parameter zeros4: As many as a tile of four columns has elements; for two and one likewise.
    @inline(__always)
    func strip<let count4: Int, let count2: Int, let count1: Int>(
        _ i: Int, height: Int, _ columns: Range<Int>, _ zeros4: InlineArray<count4, Eight>,
        _ zeros2: InlineArray<count2, Eight>, _ zeros1: InlineArray<count1, Eight>,
        _ epilogue: some FlowEpilogue
    ) {
        var j = columns.lowerBound
        if cvec_is_wide() {
            while j + 4 <= columns.upperBound {
                tile(i, j, height: height, width: 4, zeros4, epilogue)
                j += 4
            }
        }
        while j + 2 <= columns.upperBound {
            tile(i, j, height: height, width: 2, zeros2, epilogue)
            j += 2
        }
        if j < columns.upperBound { tile(i, j, height: height, width: 1, zeros1, epilogue) }
    }

    @inline(__always)
    private func tile<let count: Int>(
        _ i: Int, _ j: Int, height: Int, width: Int, _ zeros: InlineArray<count, Eight>,
        _ epilogue: some FlowEpilogue
    ) {
        var sums = zeros
        for k in 0..<depth {
            for r in 0..<height {
                let left = get(a, (i + r) * aRow + k)
                for c in 0..<width {
                    let right = get(b, k * bRow + (j + c) * bColumn)
                    sums[r * width + c] = cvec_fma_double(left, right, sums[r * width + c])
                }
            }
        }
        epilogue.end(i, j, height: height, width: width, sums)
    }

    /// The sums of `size` rows and columns from (i, i) on, of a matrix times its transpose: those of
    /// the upper half, row by row, the rest are zero.
    @inline(__always)
    func corner<let count: Int>(
        _ i: Int, size: Int, _ zeros: InlineArray<count, Eight>
    ) -> InlineArray<count, Eight> {
        var sums = zeros
        for k in 0..<depth {
            for r in 0..<size {
                let left = get(a, (i + r) * aRow + k)
                for c in r..<size {
                    let right = get(b, k * bRow + (i + c) * bColumn)
                    sums[r * size + c] = cvec_fma_double(left, right, sums[r * size + c])
                }
            }
        }
        return sums
    }
}
