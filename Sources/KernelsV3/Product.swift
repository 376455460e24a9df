import CVec

/// What becomes of each vector of a product before it is stored: a type, so that a product holds the
/// code of one alone.
protocol Epilogue {
    /// - Parameter beside: The same place in another matrix.
    static func end(_ sum: Vector, beside: UnsafeMutablePointer<Float>) -> Vector
}

/// Stored as it is.
enum Plain: Epilogue {
    @inline(__always)
    static func end(_ sum: Vector, beside: UnsafeMutablePointer<Float>) -> Vector { sum }
}

/// Negative values become zero.
enum Rectified: Epilogue {
    @inline(__always)
    static func end(_ sum: Vector, beside: UnsafeMutablePointer<Float>) -> Vector {
        let zero = Vector(repeating: 0)
        return sum.replacing(with: zero, where: sum .< zero)
    }
}

/// The other matrix is subtracted.
enum Residual: Epilogue {
    @inline(__always)
    static func end(_ sum: Vector, beside: UnsafeMutablePointer<Float>) -> Vector {
        sum - load(beside)
    }
}

/// Zero where the other matrix is not positive.
enum Masked: Epilogue {
    @inline(__always)
    static func end(_ sum: Vector, beside: UnsafeMutablePointer<Float>) -> Vector {
        let zero = Vector(repeating: 0)
        return zero.replacing(with: sum, where: load(beside) .> zero)
    }
}

/// `output = epilogue(start + a · b)`, the one matrix product of all layers.
///
/// Every element is one chain of fused multiply-adds over `k` in increasing order, so neither the
/// shape of the tiles nor the width of the registers changes a bit.
///
/// - Parameters:
///   - rows: Rows of `a`; the buffers hold a whole tile beyond (23 rows), with anything in it.
///   - depth: Columns of `a`, rows of `b`.
///   - start: What the sums start from, a value a column, padded; nil is zero.
@inline(__always)
func multiply<E: Epilogue>(
    _ a: Panels, _ b: Panels, rows: Int, depth: Int, start: UnsafePointer<Float>?,
    other: Panels, epilogue: E.Type, into output: Panels
) {
    let none = InlineArray<0, Vector>(repeating: Vector(repeating: 0))
    var j = 0
    if cvec_is_wide() {
        let zero = InlineArray<8, Vector>(repeating: Vector(repeating: 0))
        while j + 2 <= output.count {
            multiplyStrip(
                a, b, rows: rows, depth: depth, start: start, other: other, epilogue: epilogue,
                into: output, panel: j, zero, zero)
            j += 2
        }
        if j < output.count, !output.isNarrow(j) {
            multiplyStrip(
                a, b, rows: rows, depth: depth, start: start, other: other, epilogue: epilogue,
                into: output, panel: j, zero, none)
            j += 1
        }
    } else {
        let zero = InlineArray<6, Vector>(repeating: Vector(repeating: 0))
        while j < output.count, !output.isNarrow(j) {
            multiplyStrip(
                a, b, rows: rows, depth: depth, start: start, other: other, epilogue: epilogue,
                into: output, panel: j, zero, none)
            j += 1
        }
    }
    if j < output.count {
        multiplyNarrow(
            a, b, rows: rows, depth: depth, start: start, other: other, epilogue: epilogue,
            into: output, panel: j, InlineArray<8, Half>(repeating: Half(repeating: 0)))
    }
}

/// One panel of the output in tiles of `height` rows; two panels where there are sums for the right
/// one, as many.
@inline(__always)
private func multiplyStrip<let height: Int, let right: Int, E: Epilogue>(
    _ a: Panels, _ b: Panels, rows: Int, depth: Int, start: UnsafePointer<Float>?,
    other: Panels, epilogue: E.Type, into output: Panels, panel: Int,
    _ zeros: InlineArray<height, Vector>, _ rightZeros: InlineArray<right, Vector>
) {
    var first = Vector(repeating: 0)
    var second = first
    if let start {
        first = load(start + panel * lanes)
        if right > 0 { second = load(start + (panel + 1) * lanes) }
    }
    var row = 0
    while row < rows {
        var lefts = zeros
        var rights = rightZeros
        for i in 0..<height { lefts[i] = first }
        for i in 0..<right { rights[i] = second }
        var aPanel = a.base + row * lanes
        var bRow = b.panel(panel)
        var k = 0
        // Unrolled but where eight rows of one panel are all there is to hide latencies.
        while right > 0 || !cvec_is_wide(), k + lanes <= depth {
            multiplyBlock(aPanel, bRow, b.stride, count: lanes, &lefts, &rights)
            bRow += lanes * lanes
            k += lanes
            aPanel += a.stride
        }
        while k < depth {
            let count = min(lanes, depth - k)
            multiplyBlock(aPanel, bRow, b.stride, count: count, &lefts, &rights)
            bRow += lanes * lanes
            k += lanes
            aPanel += a.stride
        }
        finish(lefts, panel: panel, row: row, other: other, epilogue: epilogue, into: output)
        finish(rights, panel: panel + 1, row: row, other: other, epilogue: epilogue, into: output)
        row += height
    }
}

/// Adds the products with up to 16 rows of `b`; a constant `count` lets the loop unroll.
@inline(__always)
private func multiplyBlock<let height: Int, let right: Int>(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ stride: Int, count: Int,
    _ lefts: inout InlineArray<height, Vector>, _ rights: inout InlineArray<right, Vector>
) {
    for k in 0..<count {
        let first = load(b + k * lanes)
        let second = right > 0 ? load(b + stride + k * lanes) : first
        for i in 0..<height {
            let factor = Vector(repeating: a[i * lanes + k])
            lefts[i].accumulate(factor, first)
            if right > 0 { rights[i].accumulate(factor, second) }
        }
    }
}

/// A panel of at most eight columns, in tiles of `height` rows.
@inline(__always)
private func multiplyNarrow<let height: Int, E: Epilogue>(
    _ a: Panels, _ b: Panels, rows: Int, depth: Int, start: UnsafePointer<Float>?,
    other: Panels, epilogue: E.Type, into output: Panels, panel: Int,
    _ zeros: InlineArray<height, Half>
) {
    let first = start.map { loadHalf($0 + panel * lanes) } ?? Half(repeating: 0)
    var row = 0
    while row < rows {
        var sums = zeros
        for i in 0..<height { sums[i] = first }
        var aPanel = a.base + row * lanes
        var bRow = b.panel(panel)
        var k = 0
        while k < depth {
            for kk in 0..<min(lanes, depth - k) {
                let right = loadHalf(bRow + kk * lanes)
                for i in 0..<height {
                    let factor = Half(repeating: aPanel[i * lanes + kk])
                    sums[i] = cvec_fma_half(factor, right, sums[i])
                }
            }
            bRow += lanes * lanes
            k += lanes
            aPanel += a.stride
        }
        let target = output.panel(panel) + row * lanes
        let beside = other.panel(panel) + row * lanes
        for i in 0..<height {
            let sum = Vector(lowHalf: sums[i], highHalf: Half(repeating: 0))
            storeHalf(E.end(sum, beside: beside + i * lanes).lowHalf, at: target + i * lanes)
        }
        row += height
    }
}

/// Stores a tile after its epilogue.
@inline(__always)
private func finish<let height: Int, E: Epilogue>(
    _ tile: InlineArray<height, Vector>, panel: Int, row: Int, other: Panels, epilogue: E.Type,
    into output: Panels
) {
    let target = output.panel(panel) + row * lanes
    let beside = other.panel(panel) + row * lanes
    for i in 0..<height {
        store(E.end(tile[i], beside: beside + i * lanes), at: target + i * lanes)
    }
}
