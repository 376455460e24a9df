public import CVec

/// What becomes of a tile of weight gradients.
enum Destination {
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
    let zero = Vector(repeating: 0)
    let none = InlineArray<0, Vector>(repeating: zero)
    let six = InlineArray<6, Vector>(repeating: zero)
    var j = 0
    if cvec_is_wide() {
        let eight = InlineArray<8, Vector>(repeating: zero)
        let pair = InlineArray<2, Vector>(repeating: zero)
        while j + 2 <= gradient.count {
            sumStrip(
                rows: rows, input, gradient, panel: j, into: target, destination, eight, eight,
                pair)
            j += 2
        }
    }
    while j < gradient.count, !gradient.isNarrow(j) {
        sumStrip(
            rows: rows, input, gradient, panel: j, into: target, destination, six, none, none)
        j += 1
    }
    if j < gradient.count {
        sumNarrowStrip(rows: rows, input, gradient, panel: j, into: target, destination)
    }
}

/// One panel of the gradient against all of the input, in tiles of `height` input columns; two panels
/// where there are sums for the right one, as many. What remains goes in tiles of 2, the last of which
/// may reach into the zero padding.
@inline(__always)
private func sumStrip<let height: Int, let right: Int, let rightPair: Int>(
    rows: Int, _ input: Panels, _ gradient: Panels, panel: Int, into target: Panels,
    _ destination: Destination, _ zeros: InlineArray<height, Vector>,
    _ rightZeros: InlineArray<right, Vector>, _ rightPair: InlineArray<rightPair, Vector>
) {
    let zero = Vector(repeating: 0)
    let none = InlineArray<0, Vector>(repeating: zero)
    let four = InlineArray<4, Vector>(repeating: zero)
    let pair = InlineArray<2, Vector>(repeating: zero)
    for p in 0..<input.count {
        let count = min(lanes, input.columns - p * lanes)
        let place = GradientPlace(
            input: input.panel(p), gradient: gradient.panel(panel),
            gradientStride: gradient.stride, target: target.panel(panel) + p * lanes * lanes,
            targetStride: target.stride)
        var k = 0
        while k + height <= count {
            sumTile(rows: rows, place.column(k), destination, zeros, rightZeros)
            k += height
        }
        if right == 0, k + 4 <= count {
            sumTile(rows: rows, place.column(k), destination, four, none)
            k += 4
        }
        while k < count {
            sumTile(rows: rows, place.column(k), destination, pair, rightPair)
            k += 2
        }
    }
}

/// Where a tile's input, gradient and sums are.
private struct GradientPlace {
    let input: UnsafeMutablePointer<Float>
    let gradient: UnsafeMutablePointer<Float>
    let gradientStride: Int
    let target: UnsafeMutablePointer<Float>
    let targetStride: Int

    /// From input column `k` on.
    @inline(__always)
    func column(_ k: Int) -> GradientPlace {
        GradientPlace(
            input: input + k, gradient: gradient, gradientStride: gradientStride,
            target: target + k * lanes, targetStride: targetStride)
    }
}

@inline(__always)
private func sumTile<let height: Int, let right: Int>(
    rows: Int, _ place: GradientPlace, _ destination: Destination,
    _ zeros: InlineArray<height, Vector>, _ rightZeros: InlineArray<right, Vector>
) {
    var lefts = zeros
    var rights = rightZeros
    for i in 0..<height { lefts[i] = Vector(repeating: 0) }
    for i in 0..<right { rights[i] = Vector(repeating: 0) }
    let rightTarget = place.target + place.targetStride
    if case .sums = destination {
        for i in 0..<height { lefts[i] = load(place.target + i * lanes) }
        for i in 0..<right { rights[i] = load(rightTarget + i * lanes) }
    }
    for row in 0..<rows {
        let values = place.gradient + row * lanes
        let first = load(values)
        let second = right > 0 ? load(values + place.gradientStride) : first
        for i in 0..<height {
            let factor = Vector(repeating: place.input[row * lanes + i])
            lefts[i].accumulate(factor, first)
            if right > 0 { rights[i].accumulate(factor, second) }
        }
    }
    for i in 0..<height { conclude(lefts[i], at: place.target + i * lanes, destination) }
    for i in 0..<right { conclude(rights[i], at: rightTarget + i * lanes, destination) }
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
