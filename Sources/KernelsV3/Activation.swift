import CVec

/// What follows a normalisation or a linear layer, element by element.
protocol Activation {
    static func value(_ x: Vector) -> Vector
    /// The derivative.
    static func slope(_ x: Vector) -> Vector
}

enum Identity: Activation {
    @inline(__always) static func value(_ x: Vector) -> Vector { x }
    @inline(__always) static func slope(_ x: Vector) -> Vector { Vector(repeating: 1) }
}

/// x Φ(x), with the distribution function Φ of the standard normal distribution.
enum GELU: Activation {
    @inline(__always) static func value(_ x: Vector) -> Vector { x * parts(x).distribution }

    @inline(__always) static func slope(_ x: Vector) -> Vector {
        let (distribution, bell) = parts(x)
        return cvec_fma(x, bell * 0.398_942_28, distribution)
    }

    /// Φ(x) to within 4 · 10⁻⁷ of its value, and e^(−x²/2), which both value and slope need.
    ///
    /// Beside its exponential the tail Φ(−|x|) is smooth: a polynomial of degree 7 in
    /// 1/(1 + |x|/4), fitted to the complementary error function on [0, 9].
    @inline(__always)
    private static func parts(_ x: Vector) -> (distribution: Vector, bell: Vector) {
        let one = Vector(repeating: 1)
        let size = cvec_from_bits(cvec_bits(x) & Words(repeating: 0x7fff_ffff))
        let bell = exponential(x * x * -0.5)
        let tail =
            bell
            * polynomial(
                one / cvec_fma(size, Vector(repeating: 0.25), one),
                [
                    -0.09920217, 0.37824354, -0.34074363, 0.3612551, -0.02563178, 0.1305105,
                    0.095293425, 2.7503207e-4,
                ])
        return ((one - tail).replacing(with: tail, where: x .< 0), bell)
    }
}

/// x / (1 + e⁻ˣ).
enum SiLU: Activation {
    @inline(__always) static func value(_ x: Vector) -> Vector { x * sigmoid(x) }

    @inline(__always) static func slope(_ x: Vector) -> Vector {
        let share = sigmoid(x)
        return share * cvec_fma(x, 1 - share, Vector(repeating: 1))
    }

    @inline(__always) private static func sigmoid(_ x: Vector) -> Vector {
        1 / (1 + exponential(-x))
    }
}

/// Which activation, as callers name it: 0 none, 1 GELU, 2 SiLU.
public typealias ActivationCode = Int

/// `output = activation(input)`.
///
/// - Parameter count: A multiple of 16.
@inline(never)
public func activate(
    _ code: ActivationCode, count: Int, input: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>
) {
    switch code {
    case 1: activate(GELU.self, count, input, output)
    case 2: activate(SiLU.self, count, input, output)
    default: activate(Identity.self, count, input, output)
    }
}

@inline(__always)
private func activate<A: Activation>(
    _: A.Type, _ count: Int, _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
) {
    for i in stride(from: 0, to: count, by: lanes) {
        store(A.value(load(input + i)), at: output + i)
    }
}

/// `gradient *= activation′(input)`.
@inline(never)
public func activateBack(
    _ code: ActivationCode, count: Int, input: UnsafePointer<Float>,
    gradient: UnsafeMutablePointer<Float>
) {
    switch code {
    case 1: activateBack(GELU.self, count, input, gradient)
    case 2: activateBack(SiLU.self, count, input, gradient)
    default: break
    }
}

@inline(__always)
private func activateBack<A: Activation>(
    _: A.Type, _ count: Int, _ input: UnsafePointer<Float>,
    _ gradient: UnsafeMutablePointer<Float>
) {
    for i in stride(from: 0, to: count, by: lanes) {
        store(load(gradient + i) * A.slope(load(input + i)), at: gradient + i)
    }
}
