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

    /// Calls `body` with each element (i, j) of the product; where `isUpper`, not with those of tiles
    /// below the diagonal.
    @inline(__always)
    func forEach(
        rows: Int, columns: Int, isUpper: Bool, _ body: (_ i: Int, _ j: Int, _ sum: Eight) -> Void
    ) {
        let zero = Eight(repeating: 0)
        var i = 0
        if cvec_is_wide() {
            while i + 4 <= rows {
                strip(i, columns, isUpper, InlineArray<4, Eight>(repeating: zero), body)
                i += 4
            }
        }
        while i + 2 <= rows {
            strip(i, columns, isUpper, InlineArray<2, Eight>(repeating: zero), body)
            i += 2
        }
        if i < rows { strip(i, columns, isUpper, InlineArray<1, Eight>(repeating: zero), body) }
    }

    @inline(__always)
    private func strip<let height: Int>(
        _ i: Int, _ columns: Int, _ isUpper: Bool, _ zero: InlineArray<height, Eight>,
        _ body: (_ i: Int, _ j: Int, _ sum: Eight) -> Void
    ) {
        var j = 0
        if cvec_is_wide() {
            while j + 4 <= columns {
                if !isUpper || j + 4 > i { tile(i, j, width: 4, zero, body) }
                j += 4
            }
        }
        while j + 2 <= columns {
            if !isUpper || j + 2 > i { tile(i, j, width: 2, zero, body) }
            j += 2
        }
        if j < columns { tile(i, j, width: 1, zero, body) }
    }

    /// `width` columns, of which 1, 2 or 4 are, of `height` rows. An array a column, since arrays of
    /// arrays do not become registers.
    @inline(__always)
    private func tile<let height: Int>(
        _ i: Int, _ j: Int, width: Int, _ zero: InlineArray<height, Eight>,
        _ body: (_ i: Int, _ j: Int, _ sum: Eight) -> Void
    ) {
        var (s0, s1, s2, s3) = (zero, zero, zero, zero)
        for k in 0..<depth {
            let right = k * bRow + j * bColumn
            let b0 = get(b, right)
            let b1 = width > 1 ? get(b, right + bColumn) : b0
            let b2 = width > 2 ? get(b, right + 2 * bColumn) : b0
            let b3 = width > 2 ? get(b, right + 3 * bColumn) : b0
            for r in 0..<height {
                let left = get(a, (i + r) * aRow + k)
                s0[r] = cvec_fma_double(left, b0, s0[r])
                if width > 1 { s1[r] = cvec_fma_double(left, b1, s1[r]) }
                if width > 2 {
                    s2[r] = cvec_fma_double(left, b2, s2[r])
                    s3[r] = cvec_fma_double(left, b3, s3[r])
                }
            }
        }
        for r in 0..<height {
            body(i + r, j, s0[r])
            if width > 1 { body(i + r, j + 1, s1[r]) }
            if width > 2 {
                body(i + r, j + 2, s2[r])
                body(i + r, j + 3, s3[r])
            }
        }
    }
}
