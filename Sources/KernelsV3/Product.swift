import CVec

/// What becomes of a tile of a product before it is stored.
enum Epilogue {
    /// Stored as it is.
    case plain
    /// Negative values become zero.
    case rectified
    /// The tile of `other` is subtracted.
    case residual
    /// Zero where the tile of `other` is not positive.
    case masked
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
func multiply(
    _ a: Panels, _ b: Panels, rows: Int, depth: Int, start: UnsafePointer<Float>?,
    other: Panels, epilogue: Epilogue, into output: Panels
) {
    var j = 0
    if cvec_is_wide() {
        let zero = InlineArray<8, Vector>(repeating: Vector(repeating: 0))
        while j + 2 <= output.count {
            multiplyStrip(
                a, b, rows: rows, depth: depth, start: start, other: other, epilogue: epilogue,
                into: output, panel: j, isDouble: true, zero: zero)
            j += 2
        }
        if j < output.count {
            multiplyStrip(
                a, b, rows: rows, depth: depth, start: start, other: other, epilogue: epilogue,
                into: output, panel: j, isDouble: false, zero: zero)
        }
    } else {
        let zero = InlineArray<6, Vector>(repeating: Vector(repeating: 0))
        while j < output.count {
            multiplyStrip(
                a, b, rows: rows, depth: depth, start: start, other: other, epilogue: epilogue,
                into: output, panel: j, isDouble: false, zero: zero)
            j += 1
        }
    }
}

/// One panel of the output, two where `isDouble`, in tiles of `height` rows.
@inline(__always)
private func multiplyStrip<let height: Int>(
    _ a: Panels, _ b: Panels, rows: Int, depth: Int, start: UnsafePointer<Float>?,
    other: Panels, epilogue: Epilogue, into output: Panels, panel: Int, isDouble: Bool,
    zero: InlineArray<height, Vector>
) {
    var row = 0
    while row < rows {
        var left = zero
        var right = zero
        if let start {
            let first = load(start + panel * lanes)
            for i in 0..<height { left[i] = first }
            if isDouble {
                let second = load(start + (panel + 1) * lanes)
                for i in 0..<height { right[i] = second }
            }
        }
        var aPanel = a.base + row * lanes
        var bRow = b.panel(panel)
        var k = 0
        // Unrolled but where eight rows of one panel are all there is to hide latencies.
        while isDouble || !cvec_is_wide(), k + lanes <= depth {
            multiplyBlock(aPanel, bRow, b.stride, count: lanes, isDouble, &left, &right)
            bRow += lanes * lanes
            k += lanes
            aPanel += a.stride
        }
        while k < depth {
            let count = min(lanes, depth - k)
            multiplyBlock(aPanel, bRow, b.stride, count: count, isDouble, &left, &right)
            bRow += lanes * lanes
            k += lanes
            aPanel += a.stride
        }
        finish(left, panel: panel, row: row, other: other, epilogue: epilogue, into: output)
        if isDouble {
            finish(
                right, panel: panel + 1, row: row, other: other, epilogue: epilogue, into: output)
        }
        row += height
    }
}

/// Adds the products with up to 16 rows of `b`; a constant `count` lets the loop unroll.
@inline(__always)
private func multiplyBlock<let height: Int>(
    _ a: UnsafeMutablePointer<Float>, _ b: UnsafeMutablePointer<Float>, _ stride: Int, count: Int,
    _ isDouble: Bool, _ left: inout InlineArray<height, Vector>,
    _ right: inout InlineArray<height, Vector>
) {
    for k in 0..<count {
        let first = load(b + k * lanes)
        let second = isDouble ? load(b + stride + k * lanes) : first
        for i in 0..<height {
            let factor = Vector(repeating: a[i * lanes + k])
            left[i].accumulate(factor, first)
            if isDouble { right[i].accumulate(factor, second) }
        }
    }
}

/// Stores a tile after its epilogue.
@inline(__always)
private func finish<let height: Int>(
    _ tile: InlineArray<height, Vector>, panel: Int, row: Int, other: Panels, epilogue: Epilogue,
    into output: Panels
) {
    let zero = Vector(repeating: 0)
    let target = output.panel(panel) + row * lanes
    let beside = other.panel(panel) + row * lanes
    for i in 0..<height {
        var values = tile[i]
        switch epilogue {
        case .plain: break
        case .rectified: values = values.replacing(with: zero, where: values .< zero)
        case .residual: values -= load(beside + i * lanes)
        case .masked: values = zero.replacing(with: values, where: load(beside + i * lanes) .> zero)
        }
        store(values, at: target + i * lanes)
    }
}
