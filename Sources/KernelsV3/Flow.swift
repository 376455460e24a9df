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

/// The loss ½‖W x̂ − x̂‖².
@inline(__always)
private func loss(_ d: Int, _ flow: FlowLanes) -> Eight {
    var twice = Eight(repeating: 0)
    for k in 0..<d {
        var output = Eight(repeating: 0)
        for p in 0..<d {
            output = cvec_fma_double(get(flow.weight, k * d + p), get(flow.signal, p), output)
        }
        let error = output - get(flow.signal, k)
        twice = cvec_fma_double(error, error, twice)
    }
    return twice * 0.5
}

// MARK: The kernels

/// Makes W of U, where there is one, and begins to watch.
@inline(never)
public func startFlow(_ flow: FlowLanes) {
    let d = flow.dimension
    if flow.width > 0 { FlowForm(flow, flow.factor, keepsWeight: true).all() }
    var watch = FlowWatch()
    watch.note(loss(d, flow))
    watch.store(to: flow.watch)
}

/// `steps` steps W ← W + h V(W).
@inline(never)
public func euler(_ flow: FlowLanes, steps: Int) {
    let h = get(flow.step_size, 0)
    var watch = FlowWatch(flow.watch)
    unrolled(flow) { d in
        for _ in 0..<steps {
            field(d, flow.moment, flow.weight, into: flow.scratch)
            combine(d * d, flow.weight, h, flow.scratch, into: flow.weight)
            watch.note(loss(d, flow))
        }
    }
    watch.store(to: flow.watch)
}

/// `steps` steps of the classical fourth-order method of Runge and Kutta on V.
@inline(never)
public func rungeKutta(_ flow: FlowLanes, steps: Int) {
    let h = get(flow.step_size, 0)
    let (half, sixth) = (h * 0.5, h / 6)
    var watch = FlowWatch(flow.watch)
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
            watch.note(loss(d, flow))
        }
    }
    watch.store(to: flow.watch)
}
