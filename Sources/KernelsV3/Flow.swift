public import CVec

/// Calls `body` with the dimension as a constant where it is small, so that its loops unroll; the
/// arithmetic is the same.
@inline(__always)
private func unrolled(_ flow: FlowLanes, _ body: (Int) -> Void) {
    switch flow.dimension {
    case 2: body(2)
    case 3: body(3)
    default: body(flow.dimension)
    }
}

// MARK: What a step is made of

/// V(W) = W A + A W − ½ (A W² + W² A + 2 W A W) for symmetric W and diagonal A, entry by entry
/// (a_i + a_j) (w_ij − ½ (W²)_ij) − (W A W)_ij; its lower triangle is the upper one.
@inline(__always)
private func field(
    _ d: Int, _ a: UnsafePointer<Double>, _ w: UnsafeMutablePointer<Double>,
    into v: UnsafeMutablePointer<Double>
) {
    let minusHalf = Eight(repeating: -0.5)
    for i in 0..<d {
        for j in i..<d {
            var square = Eight(repeating: 0)
            var weighted = Eight(repeating: 0)
            for k in 0..<d {
                let product = get(w, i * d + k) * get(w, j * d + k)
                square = square + product
                weighted = cvec_fma_double(product, get(a, k), weighted)
            }
            let remaining = cvec_fma_double(minusHalf, square, get(w, i * d + j))
            let value = cvec_fma_double(get(a, i) + get(a, j), remaining, -weighted)
            set(v, i * d + j, value)
            if i != j { set(v, j * d + i, value) }
        }
    }
}

/// `output = base + factor · direction`, `count` elements each.
@inline(__always)
private func combine(
    _ count: Int, _ base: UnsafeMutablePointer<Double>, _ factor: Eight,
    _ direction: UnsafeMutablePointer<Double>, into output: UnsafeMutablePointer<Double>
) {
    for e in 0..<count {
        set(output, e, cvec_fma_double(factor, get(direction, e), get(base, e)))
    }
}

/// W = U Uᵀ.
@inline(__always)
private func square(_ d: Int, _ flow: FlowLanes) {
    let width = flow.width
    FlowProduct(a: flow.factor, aRow: width, b: flow.factor, bRow: 1, bColumn: width, depth: width)
        .forEach(rows: d, columns: d, isUpper: true) { i, j, sum in
            guard i <= j else { return }
            set(flow.weight, i * d + j, sum)
            set(flow.weight, j * d + i, sum)
        }
}

/// Measures the loss ½‖W x̂ − x̂‖² and keeps account of how far it has risen.
@inline(__always)
private func watch(_ d: Int, _ flow: FlowLanes) {
    var twice = Eight(repeating: 0)
    for k in 0..<d {
        var output = Eight(repeating: 0)
        for p in 0..<d {
            output = cvec_fma_double(get(flow.weight, k * d + p), get(flow.signal, p), output)
        }
        let error = output - get(flow.signal, k)
        twice = cvec_fma_double(error, error, twice)
    }
    let loss = twice * 0.5
    var lowest = get(flow.watch, 1)
    var largest = get(flow.watch, 2)
    var before = get(flow.watch, 3)
    var finite = get(flow.watch, 4)
    lowest.replace(with: loss, where: loss .< lowest)
    let rise = loss - lowest
    let isLarger = rise .> largest
    largest.replace(with: rise, where: isLarger)
    before.replace(with: lowest, where: isLarger)
    // Infinity minus itself is not a number, and neither equals 0.
    finite.replace(with: finite + 1, where: (loss - loss) .== Eight(repeating: 0))
    watchTurns(loss, flow)
    set(flow.watch, 0, loss)
    set(flow.watch, 1, lowest)
    set(flow.watch, 2, largest)
    set(flow.watch, 3, before)
    set(flow.watch, 4, finite)
}

/// Counts where the loss begins to rise; what rises or falls by less than 10⁻⁴ of the highest loss
/// so far does not count.
@inline(__always)
private func watchTurns(_ loss: Eight, _ flow: FlowLanes) {
    var highest = get(flow.watch, 5)
    var rising = get(flow.watch, 6)
    var extreme = get(flow.watch, 7)
    var turns = get(flow.watch, 8)
    highest.replace(with: loss, where: loss .> highest)
    let margin = highest * 1e-4
    let isRising = rising .> Eight(repeating: 0)
    let turnsUp = .!isRising .& (loss .> extreme + margin)
    let turnsDown = isRising .& (loss .< extreme - margin)
    let isBeyond = (isRising .& (loss .> extreme)) .| (.!isRising .& (loss .< extreme))
    extreme.replace(with: loss, where: isBeyond .| turnsUp .| turnsDown)
    rising.replace(with: Eight(repeating: 1), where: turnsUp)
    rising.replace(with: Eight(repeating: 0), where: turnsDown)
    turns.replace(with: turns + 1, where: turnsUp)
    set(flow.watch, 5, highest)
    set(flow.watch, 6, rising)
    set(flow.watch, 7, extreme)
    set(flow.watch, 8, turns)
}

// MARK: The kernels

/// Makes W of U, where there is one, and begins to watch.
@inline(never)
public func startFlow(_ flow: FlowLanes) {
    if flow.width > 0 { square(flow.dimension, flow) }
    set(flow.watch, 1, Eight(repeating: .infinity))
    for e in 2..<9 { set(flow.watch, e, Eight(repeating: 0)) }
    set(flow.watch, 7, Eight(repeating: .infinity))
    watch(flow.dimension, flow)
}

/// `steps` steps W ← W + h V(W).
@inline(never)
public func euler(_ flow: FlowLanes, steps: Int) {
    let h = get(flow.step_size, 0)
    unrolled(flow) { d in
        for _ in 0..<steps {
            field(d, flow.moment, flow.weight, into: flow.scratch)
            combine(d * d, flow.weight, h, flow.scratch, into: flow.weight)
            watch(d, flow)
        }
    }
}

/// `steps` steps of the classical fourth-order method of Runge and Kutta on V.
@inline(never)
public func rungeKutta(_ flow: FlowLanes, steps: Int) {
    let h = get(flow.step_size, 0)
    let (half, sixth) = (h * 0.5, h / 6)
    unrolled(flow) { d in
        let count = d * d
        let slope = flow.scratch
        let point = flow.scratch + 8 * count
        let sum = flow.scratch + 16 * count
        for _ in 0..<steps {
            field(d, flow.moment, flow.weight, into: slope)
            combine(count, flow.weight, half, slope, into: point)
            for e in 0..<count { set(sum, e, get(slope, e)) }
            field(d, flow.moment, point, into: slope)
            combine(count, flow.weight, half, slope, into: point)
            combine(count, sum, Eight(repeating: 2), slope, into: sum)
            field(d, flow.moment, point, into: slope)
            combine(count, flow.weight, h, slope, into: point)
            combine(count, sum, Eight(repeating: 2), slope, into: sum)
            field(d, flow.moment, point, into: slope)
            for e in 0..<count { set(sum, e, get(sum, e) + get(slope, e)) }
            combine(count, flow.weight, sixth, sum, into: flow.weight)
            watch(d, flow)
        }
    }
}

/// `steps` steps of gradient descent on U, U ← U − ½h [(W − I) A + A (W − I)] U: half the
/// gradient of the loss, so that W moves by h V(W) up to the square of h.
@inline(never)
public func descent(_ flow: FlowLanes, steps: Int) {
    let minusHalf = get(flow.step_size, 0) * -0.5
    unrolled(flow) { d in
        let gradient = flow.scratch
        let old = flow.scratch + 8 * d * d
        for _ in 0..<steps {
            for i in 0..<d {
                for j in 0..<d {
                    let distance = get(flow.weight, i * d + j) - (i == j ? 1 : 0)
                    set(gradient, i * d + j, distance * (get(flow.moment, i) + get(flow.moment, j)))
                }
            }
            for first in stride(from: 0, to: flow.width, by: 4) {
                let count = min(4, flow.width - first)
                descend(d, from: first, count, flow, minusHalf, gradient, old)
            }
            square(d, flow)
            watch(d, flow)
        }
    }
}

/// Moves `count` columns of U, at most four, from column `first` on.
@inline(__always)
private func descend(
    _ d: Int, from first: Int, _ count: Int, _ flow: FlowLanes, _ minusHalf: Eight,
    _ gradient: UnsafeMutablePointer<Double>, _ old: UnsafeMutablePointer<Double>
) {
    for i in 0..<d {
        for c in 0..<count {
            set(old, i * 4 + c, get(flow.factor, i * flow.width + first + c))
        }
    }
    FlowProduct(a: gradient, aRow: d, b: old, bRow: 4, bColumn: 1, depth: d)
        .forEach(rows: d, columns: count, isUpper: false) { i, c, sum in
            set(
                flow.factor, i * flow.width + first + c,
                cvec_fma_double(minusHalf, sum, get(old, i * 4 + c)))
        }
}
