public import CVec

/// What becomes of a tile of weight gradients.
private enum Destination {
    /// `weight += rate · gradient`; the sums start at zero.
    case weight(rate: Vector)
    /// The sums go on from what is stored, and are stored.
    case sums
}

/// `weight += rate · inputᵀ · gradient`, and `bias` likewise with ones for the input.
///
/// Every element is one chain of fused multiply-adds over the rows in increasing order, and one
/// more for the update.
///
/// - Parameters:
///   - rows: Rows of `input` and `gradient`.
///   - weight: Shape `[in, out]`, with rows padded to whole tiles of 16.
///   - bias: A value a column of `gradient`, padded; nil where the layer has none.
@inline(never)
public func update(
    rows: Int, input: Panels, gradient: Panels, rate: Float, weight: Panels,
    bias: UnsafeMutablePointer<Float>?
) {
    let rate = Vector(repeating: rate)
    sumProducts(rows: rows, input: input, gradient: gradient, into: weight, .weight(rate: rate))
    if let bias { sumRows(rows: rows, gradient, into: bias, .weight(rate: rate)) }
}

/// Adds the gradients of further rows to sums: bit for bit as if all rows had come at once.
@inline(never)
public func accumulate(
    rows: Int, input: Panels, gradient: Panels, weightSums: Panels,
    biasSums: UnsafeMutablePointer<Float>?
) {
    sumProducts(rows: rows, input: input, gradient: gradient, into: weightSums, .sums)
    if let biasSums { sumRows(rows: rows, gradient, into: biasSums, .sums) }
}

/// `values += rate · sums`, and zeroes the sums.
///
/// - Parameter count: A multiple of 16.
@inline(never)
public func apply(
    count: Int, rate: Float, sums: UnsafeMutablePointer<Float>,
    values: UnsafeMutablePointer<Float>
) {
    let rate = Vector(repeating: rate)
    for i in stride(from: 0, to: count, by: lanes) {
        var value = load(values + i)
        value.accumulate(load(sums + i), rate)
        store(value, at: values + i)
        store(Vector(repeating: 0), at: sums + i)
    }
}

@inline(__always)
private func sumProducts(
    rows: Int, input: Panels, gradient: Panels, into target: Panels, _ destination: Destination
) {
    var j = 0
    if cvec_is_wide() {
        while j + 2 <= gradient.count {
            sumStrip(
                rows: rows, input, gradient, panel: j, isDouble: true, into: target, destination,
                InlineArray<8, Vector>(repeating: Vector(repeating: 0)))
            j += 2
        }
    }
    while j < gradient.count {
        sumStrip(
            rows: rows, input, gradient, panel: j, isDouble: false, into: target, destination,
            InlineArray<6, Vector>(repeating: Vector(repeating: 0)))
        j += 1
    }
}

/// One panel of the gradient, two where `isDouble`, against all of the input, in tiles of `height`
/// input columns; what remains in tiles of 2, the last of which may reach into the zero padding.
@inline(__always)
private func sumStrip<let height: Int>(
    rows: Int, _ input: Panels, _ gradient: Panels, panel: Int, isDouble: Bool,
    into target: Panels, _ destination: Destination, _ zero: InlineArray<height, Vector>
) {
    let four = InlineArray<4, Vector>(repeating: Vector(repeating: 0))
    let pair = InlineArray<2, Vector>(repeating: Vector(repeating: 0))
    for p in 0..<input.count {
        let count = min(lanes, input.columns - p * lanes)
        var k = 0
        while k + height <= count {
            sumTile(
                rows: rows, input.panel(p) + k, gradient.panel(panel), gradient.stride,
                isDouble: isDouble, into: target.panel(panel) + (p * lanes + k) * lanes,
                target.stride, destination, zero)
            k += height
        }
        if !isDouble, k + 4 <= count {
            sumTile(
                rows: rows, input.panel(p) + k, gradient.panel(panel), gradient.stride,
                isDouble: false, into: target.panel(panel) + (p * lanes + k) * lanes,
                target.stride, destination, four)
            k += 4
        }
        while k < count {
            sumTile(
                rows: rows, input.panel(p) + k, gradient.panel(panel), gradient.stride,
                isDouble: isDouble, into: target.panel(panel) + (p * lanes + k) * lanes,
                target.stride, destination, pair)
            k += 2
        }
    }
}

@inline(__always)
private func sumTile<let height: Int>(
    rows: Int, _ input: UnsafeMutablePointer<Float>, _ gradient: UnsafeMutablePointer<Float>,
    _ gradientStride: Int, isDouble: Bool, into target: UnsafeMutablePointer<Float>,
    _ targetStride: Int, _ destination: Destination, _ zero: InlineArray<height, Vector>
) {
    var left = zero
    var right = zero
    if case .sums = destination {
        for i in 0..<height {
            left[i] = load(target + i * lanes)
            if isDouble { right[i] = load(target + targetStride + i * lanes) }
        }
    }
    for row in 0..<rows {
        let first = load(gradient + row * lanes)
        let second = isDouble ? load(gradient + gradientStride + row * lanes) : first
        for i in 0..<height {
            let factor = Vector(repeating: input[row * lanes + i])
            left[i].accumulate(factor, first)
            if isDouble { right[i].accumulate(factor, second) }
        }
    }
    for i in 0..<height {
        conclude(left[i], at: target + i * lanes, destination)
        if isDouble { conclude(right[i], at: target + targetStride + i * lanes, destination) }
    }
}

/// Adds up the rows of a matrix, column by column.
@inline(__always)
private func sumRows(
    rows: Int, _ matrix: Panels, into target: UnsafeMutablePointer<Float>,
    _ destination: Destination
) {
    for p in 0..<matrix.count {
        var sum = Vector(repeating: 0)
        if case .sums = destination { sum = load(target + p * lanes) }
        let panel = matrix.panel(p)
        for row in 0..<rows { sum += load(panel + row * lanes) }
        conclude(sum, at: target + p * lanes, destination)
    }
}

@inline(__always)
private func conclude(
    _ sum: Vector, at target: UnsafeMutablePointer<Float>, _ destination: Destination
) {
    switch destination {
    case .weight(let rate):
        var value = load(target)
        value.accumulate(sum, rate)
        store(value, at: target)
    case .sums:
        store(sum, at: target)
    }
}
