public import CVec

/// `steps` steps of gradient descent on U, U ← U − ½h [(W − I) A + A (W − I)] U: half the
/// gradient of the loss, so that W moves by h V(W) up to the square of h.
@inline(never)
public func descent(_ flow: FlowLanes, steps: Int) {
    switch (flow.dimension, flow.width) {
    case (2, 2): descend2(flow, steps)
    case (3, 3): descend3(flow, steps)
    default: descend(flow, steps)
    }
}

/// An entry of (W − I) A + A (W − I).
@inline(__always)
func slope(_ flow: FlowLanes, _ i: Int, _ j: Int, weight: Eight) -> Eight {
    (weight - (i == j ? 1 : 0)) * (get(flow.moment, i) + get(flow.moment, j))
}

/// Takes the steps, U and U after the step by turns in two places.
private func descend(_ flow: FlowLanes, _ steps: Int) {
    let (d, width) = (flow.dimension, flow.width)
    let slopes = flow.scratch
    var (from, to) = (flow.factor, flow.scratch + 8 * d * (d + 1))
    var watch = FlowWatch(flow.watch)
    for i in 0..<d {
        for j in 0..<d {
            set(slopes, i * d + j, slope(flow, i, j, weight: get(flow.weight, i * d + j)))
        }
    }
    for step in 0..<steps {
        FlowMove(flow, from, to).all()
        FlowForm(flow, to, keepsWeight: step == steps - 1).all()
        watch.note(loss(flow, outputs: flow.scratch + 8 * d * d))
        (from, to) = (to, from)
    }
    watch.store(to: flow.watch)
    if from != flow.factor {
        for e in 0..<d * width { set(flow.factor, e, get(from, e)) }
    }
}

@inline(__always)
private func loss(_ flow: FlowLanes, outputs: UnsafeMutablePointer<Double>) -> Eight {
    var twice = Eight(repeating: 0)
    for k in 0..<flow.dimension {
        let error = get(outputs, k) - get(flow.signal, k)
        twice = cvec_fma_double(error, error, twice)
    }
    return twice * 0.5
}

@inline(never)
private func descend2(_ flow: FlowLanes, _ steps: Int) {
    descendInRegisters(2, flow, steps, InlineArray<4, Eight>(repeating: Eight(repeating: 0)))
}

@inline(never)
private func descend3(_ flow: FlowLanes, _ steps: Int) {
    descendInRegisters(3, flow, steps, InlineArray<9, Eight>(repeating: Eight(repeating: 0)))
}

/// The same for d = d', with all of the flow in registers.
@inline(__always)
private func descendInRegisters<let size: Int>(
    _ d: Int, _ flow: FlowLanes, _ steps: Int, _ zeros: InlineArray<size, Eight>
) {
    let minusHalf = get(flow.step_size, 0) * -0.5
    var (factor, weight, slopes) = (zeros, zeros, zeros)
    for i in 0..<d {
        for j in 0..<d {
            factor[i * d + j] = get(flow.factor, i * d + j)
            weight[i * d + j] = get(flow.weight, i * d + j)
            slopes[i * d + j] = slope(flow, i, j, weight: weight[i * d + j])
        }
    }
    var watch = FlowWatch(flow.watch)
    for _ in 0..<steps {
        let old = factor
        for i in 0..<d {
            for c in 0..<d {
                var sum = Eight(repeating: 0)
                for j in 0..<d { sum = cvec_fma_double(slopes[i * d + j], old[j * d + c], sum) }
                factor[i * d + c] = cvec_fma_double(minusHalf, sum, old[i * d + c])
            }
        }
        for i in 0..<d {
            for j in i..<d {
                var sum = Eight(repeating: 0)
                for c in 0..<d {
                    sum = cvec_fma_double(factor[i * d + c], factor[j * d + c], sum)
                }
                weight[i * d + j] = sum
                weight[j * d + i] = sum
                slopes[i * d + j] = slope(flow, i, j, weight: sum)
                slopes[j * d + i] = slopes[i * d + j]
            }
        }
        var twice = Eight(repeating: 0)
        for k in 0..<d {
            var output = Eight(repeating: 0)
            for p in 0..<d {
                output = cvec_fma_double(weight[k * d + p], get(flow.signal, p), output)
            }
            let error = output - get(flow.signal, k)
            twice = cvec_fma_double(error, error, twice)
        }
        watch.note(twice * 0.5)
    }
    watch.store(to: flow.watch)
    for e in 0..<size {
        set(flow.factor, e, factor[e])
        set(flow.weight, e, weight[e])
    }
}
