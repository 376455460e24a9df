public import CVec

/// Normalises groups of neighbouring channels, image by image, and applies an activation:
/// `output = activation(gain · (input − mean) / √(variance + ε) + shift)`.
///
/// - Parameters:
///   - groups: They share the channels evenly.
///   - moments: Left: of each image and group the mean and 1/√(variance + ε).
@inline(never)
public func normalize(
    _ code: ActivationCode, groups: Int, epsilon: Float, input: ImageView,
    gain: UnsafePointer<Float>, shift: UnsafePointer<Float>,
    moments: UnsafeMutablePointer<Float>, output: ImageView
) {
    switch code {
    case 1:
        normalize(GELU.self, groups, epsilon, input, gain, shift, moments, output)
    case 2:
        normalize(SiLU.self, groups, epsilon, input, gain, shift, moments, output)
    default:
        normalize(Identity.self, groups, epsilon, input, gain, shift, moments, output)
    }
}

@inline(__always)
private func normalize<A: Activation>(
    _: A.Type, _ groups: Int, _ epsilon: Float, _ input: ImageView,
    _ gain: UnsafePointer<Float>, _ shift: UnsafePointer<Float>,
    _ moments: UnsafeMutablePointer<Float>, _ output: ImageView
) {
    let pixels = input.size * input.size
    withVectors(2 * input.channels) { sums in
        for image in 0..<input.count {
            let source = input.image(image)
            let target = output.image(image)
            let moments = moments + 2 * groups * image
            measure(
                source, input, groups: groups, epsilon: epsilon, sums: sums,
                moments: moments)
            let factors = sums
            spread(moments, groups: groups, channels: input.channels, factors)
            for c in stride(from: 0, to: input.channels, by: lanes) {
                let (scale, offset) = (load(factors + c), load(factors + input.channels + c))
                let (gain, shift) = (load(gain + c), load(shift + c))
                for p in 0..<pixels {
                    let unit = cvec_fma(load(source + p * input.stride + c), scale, offset)
                    store(
                        A.value(cvec_fma(unit, gain, shift)), at: target + p * output.stride + c)
                }
            }
        }
    }
}

/// The gradients of `normalize`.
///
/// - Parameters:
///   - gradient: Of the output; left: that before the activation.
///   - adds: Whether the input's gradient is added to what is there.
///   - gainSums: What the gain's gradient is added to; `shiftSums` likewise.
@inline(never)
public func normalizeBack(
    _ code: ActivationCode, groups: Int, input: ImageView,
    gain: UnsafePointer<Float>, shift: UnsafePointer<Float>, moments: UnsafePointer<Float>,
    gradient: ImageView, adds: Bool, inputGradient: ImageView,
    gainSums: UnsafeMutablePointer<Float>, shiftSums: UnsafeMutablePointer<Float>
) {
    switch code {
    case 1:
        normalizeBack(
            GELU.self, groups, input, gain, shift, moments, gradient, adds,
            inputGradient, gainSums, shiftSums)
    case 2:
        normalizeBack(
            SiLU.self, groups, input, gain, shift, moments, gradient, adds,
            inputGradient, gainSums, shiftSums)
    default:
        normalizeBack(
            Identity.self, groups, input, gain, shift, moments, gradient, adds,
            inputGradient, gainSums, shiftSums)
    }
}

@inline(__always)
private func normalizeBack<A: Activation>(
    _: A.Type, _ groups: Int, _ input: ImageView,
    _ gain: UnsafePointer<Float>, _ shift: UnsafePointer<Float>,
    _ moments: UnsafePointer<Float>, _ gradient: ImageView, _ adds: Bool,
    _ inputGradient: ImageView, _ gainSums: UnsafeMutablePointer<Float>,
    _ shiftSums: UnsafeMutablePointer<Float>
) {
    let pixels = input.size * input.size
    let channels = input.channels
    withVectors(6 * channels) { scratch in
        let (factors, sums, lines) = (scratch, scratch + 2 * channels, scratch + 4 * channels)
        for image in 0..<input.count {
            let source = input.image(image)
            let slopes = gradient.image(image)
            let target = inputGradient.image(image)
            let moments = moments + 2 * groups * image
            spread(moments, groups: groups, channels: channels, factors)
            for c in stride(from: 0, to: channels, by: lanes) {
                let (scale, offset) = (load(factors + c), load(factors + channels + c))
                let (gain, shift) = (load(gain + c), load(shift + c))
                var (sum, products) = (Vector.zero, Vector.zero)
                for p in 0..<pixels {
                    let unit = cvec_fma(load(source + p * input.stride + c), scale, offset)
                    let place = slopes + p * gradient.stride + c
                    let slope = load(place) * A.slope(cvec_fma(unit, gain, shift))
                    store(slope, at: place)
                    sum += slope
                    products.accumulate(slope, unit)
                }
                store(sum, at: sums + c)
                store(products, at: sums + channels + c)
                store(load(shiftSums + c) + sum, at: shiftSums + c)
                store(load(gainSums + c) + products, at: gainSums + c)
            }
            // The gradient of x is gain · scale · slope − scale · (A + unit · B), with the means A of
            // gain · slope and B of gain · slope · unit: a line in slope and x for every channel.
            let width = channels / groups
            for group in 0..<groups {
                var (a, b) = (Float(0), Float(0))
                for c in group * width..<(group + 1) * width {
                    a += gain[c] * sums[c]
                    b += gain[c] * sums[channels + c]
                }
                let share = 1 / Float(width * pixels)
                let scale = moments[2 * group + 1]
                for c in group * width..<(group + 1) * width {
                    lines[c] = -scale * scale * b * share
                    lines[channels + c] =
                        -scale * share * a - scale * share * b * factors[channels + c]
                }
            }
            for c in stride(from: 0, to: channels, by: lanes) {
                let steep = load(gain + c) * load(factors + c)
                let (byInput, constant) = (load(lines + c), load(lines + channels + c))
                for p in 0..<pixels {
                    let x = load(source + p * input.stride + c)
                    var value = cvec_fma(x, byInput, constant)
                    value.accumulate(load(slopes + p * gradient.stride + c), steep)
                    let place = target + p * inputGradient.stride + c
                    store(adds ? load(place) + value : value, at: place)
                }
            }
        }
    }
}

/// Calls `body` with `count` floats on the stack.
@inline(__always)
private func withVectors(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Void) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { buffer in
        guard let base = buffer.baseAddress else { return }
        body(base)
    }
}

/// What turns a channel's values into units of its group: a factor and an offset a channel.
@inline(__always)
private func spread(
    _ moments: UnsafePointer<Float>, groups: Int, channels: Int,
    _ factors: UnsafeMutablePointer<Float>
) {
    let width = channels / groups
    for c in 0..<channels {
        let group = c / width
        factors[c] = moments[2 * group + 1]
        factors[channels + c] = -moments[2 * group] * moments[2 * group + 1]
    }
}

/// The mean and 1/√(variance + ε) of each group of one image.
///
/// Sums are taken of the differences from each channel's first value, so that a large mean costs no
/// digits, in four chains.
@inline(__always)
private func measure(
    _ source: UnsafePointer<Float>, _ images: ImageView, groups: Int, epsilon: Float,
    sums: UnsafeMutablePointer<Float>, moments: UnsafeMutablePointer<Float>
) {
    let (pixels, stride, channels) = (images.size * images.size, images.stride, images.channels)
    for c in Swift.stride(from: 0, to: channels, by: lanes) {
        let first = load(source + c)
        var chains = InlineArray<4, Vector>(repeating: .zero)
        var squares = InlineArray<4, Vector>(repeating: .zero)
        var p = 0
        while p + 4 <= pixels {
            for i in 0..<4 {
                let difference = load(source + (p + i) * stride + c) - first
                chains[i] += difference
                squares[i].accumulate(difference, difference)
            }
            p += 4
        }
        while p < pixels {
            let difference = load(source + p * stride + c) - first
            chains[0] += difference
            squares[0].accumulate(difference, difference)
            p += 1
        }
        store((chains[0] + chains[1]) + (chains[2] + chains[3]), at: sums + c)
        store((squares[0] + squares[1]) + (squares[2] + squares[3]), at: sums + channels + c)
    }
    let width = channels / groups
    let share = 1 / Double(width * pixels)
    for group in 0..<groups {
        let range = group * width..<(group + 1) * width
        var mean = 0.0
        for c in range { mean += Double(source[c]) * Double(pixels) + Double(sums[c]) }
        mean *= share
        var square = 0.0
        for c in range {
            let distance = Double(source[c]) - mean
            square += Double(sums[channels + c])
            square += distance * (2 * Double(sums[c]) + distance * Double(pixels))
        }
        moments[2 * group] = Float(mean)
        moments[2 * group + 1] = Float(1 / (square * share + Double(epsilon)).squareRoot())
    }
}
