import CVec

/// A panel of at most eight columns of the gradient against all of the input. A function of its own,
/// since what is inlined into one has a limit, beyond which tiles would go through memory.
@inline(never)
func sumNarrowStrip(
    rows: Int, _ input: Panels, _ gradient: Panels, panel: Int, into target: Panels,
    _ destination: Destination
) {
    let zero = Half(repeating: 0)
    let gradient = gradient.panel(panel)
    for p in 0..<input.count {
        let count = min(lanes, input.columns - p * lanes)
        let values = input.panel(p)
        let sums = target.panel(panel) + p * lanes * lanes
        var k = 0
        while k + 8 <= count {
            sumNarrowTile(
                rows: rows, values + k, gradient, into: sums + k * lanes, destination,
                InlineArray<8, Half>(repeating: zero))
            k += 8
        }
        if k + 4 <= count {
            sumNarrowTile(
                rows: rows, values + k, gradient, into: sums + k * lanes, destination,
                InlineArray<4, Half>(repeating: zero))
            k += 4
        }
        while k < count {
            sumNarrowTile(
                rows: rows, values + k, gradient, into: sums + k * lanes, destination,
                InlineArray<2, Half>(repeating: zero))
            k += 2
        }
    }
}

@inline(__always)
private func sumNarrowTile<let height: Int>(
    rows: Int, _ input: UnsafeMutablePointer<Float>, _ gradient: UnsafeMutablePointer<Float>,
    into target: UnsafeMutablePointer<Float>, _ destination: Destination,
    _ zero: InlineArray<height, Half>
) {
    var sums = zero
    if case .sums = destination {
        for i in 0..<height { sums[i] = loadHalf(target + i * lanes) }
    }
    for row in 0..<rows {
        let right = loadHalf(gradient + row * lanes)
        for i in 0..<height {
            let factor = Half(repeating: input[row * lanes + i])
            sums[i] = cvec_fma_half(factor, right, sums[i])
        }
    }
    for i in 0..<height {
        var value = sums[i]
        if case .weight(let rate) = destination {
            value = cvec_fma_half(sums[i], rate.lowHalf, loadHalf(target + i * lanes))
        }
        storeHalf(value, at: target + i * lanes)
    }
}
