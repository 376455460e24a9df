import CVec

/// Gradient descent with momentum, and zeroes the sums.
///
/// With the gradient `g = scale · sums + decay · value`, `velocity = momentum · velocity + g` and
/// `value −= rate · velocity`.
///
/// - Parameter count: A multiple of 16.
@inline(never)
public func descend(
    count: Int, rate: Float, scale: Float, decay: Float, momentum: Float,
    sums: UnsafeMutablePointer<Float>, velocity: UnsafeMutablePointer<Float>,
    values: UnsafeMutablePointer<Float>
) {
    let scale = Vector(repeating: scale)
    let decay = Vector(repeating: decay)
    let momentum = Vector(repeating: momentum)
    let back = Vector(repeating: -rate)
    for i in stride(from: 0, to: count, by: lanes) {
        var value = load(values + i)
        var speed = load(sums + i) * scale
        speed.accumulate(decay, value)
        speed.accumulate(momentum, load(velocity + i))
        value.accumulate(back, speed)
        store(value, at: values + i)
        store(speed, at: velocity + i)
        store(Vector(repeating: 0), at: sums + i)
    }
}

/// A step of Adam, and zeroes the sums.
///
/// With the gradient `g = scale · sums + decay · value`, the means `m = β₁ m + (1 − β₁) g` and
/// `v = β₂ v + (1 − β₂) g²` lead to `value = shrink · value − rate · m / (correction · √v + ε)`.
///
/// - Parameters:
///   - count: A multiple of 16.
///   - rate: η / (1 − β₁ᵗ).
///   - shrink: 1, or what decay that is no part of the gradient leaves of a value.
///   - keep1: β₁; `take1` is 1 − β₁, which would lose digits if it were computed from it here.
///   - keep2: β₂; `take2` is 1 − β₂.
///   - correction: 1 / √(1 − β₂ᵗ).
///   - means: `count` values of m, then as many of v.
@inline(never)
public func adapt(
    count: Int, rate: Float, scale: Float, decay: Float, shrink: Float, keep1: Float,
    take1: Float, keep2: Float, take2: Float, correction: Float, epsilon: Float,
    sums: UnsafeMutablePointer<Float>, means: UnsafeMutablePointer<Float>,
    values: UnsafeMutablePointer<Float>
) {
    let scale = Vector(repeating: scale)
    let decay = Vector(repeating: decay)
    let shrink = Vector(repeating: shrink)
    let (keep1, take1) = (Vector(repeating: keep1), Vector(repeating: take1))
    let (keep2, take2) = (Vector(repeating: keep2), Vector(repeating: take2))
    let correction = Vector(repeating: correction)
    let epsilon = Vector(repeating: epsilon)
    let back = Vector(repeating: -rate)
    for i in stride(from: 0, to: count, by: lanes) {
        let old = load(values + i)
        var gradient = load(sums + i) * scale
        gradient.accumulate(decay, old)
        var mean = gradient * take1
        mean.accumulate(keep1, load(means + i))
        var square = gradient * gradient * take2
        square.accumulate(keep2, load(means + count + i))
        let width = cvec_fma(correction, cvec_square_root(square), epsilon)
        var value = old * shrink
        value.accumulate(back, mean / width)
        store(value, at: values + i)
        store(mean, at: means + i)
        store(square, at: means + count + i)
        store(Vector(repeating: 0), at: sums + i)
    }
}
