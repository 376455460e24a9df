import CVec

typealias Words = SIMD16<UInt32>
typealias Integers = SIMD16<Int32>

// Elementary functions of vectors, from fused multiply-adds alone: the same bits on any CPU, which
// the C library's are not. The tests hold them against 40 digits, and against the same arithmetic on
// single floats.

/// `c[0] xⁿ + … + c[n]`, by Horner's rule, of vectors side by side: one alone would wait for each
/// of its sums.
@inline(__always)
func polynomial<let width: Int, let count: Int>(
    _ x: InlineArray<width, Vector>, _ coefficients: InlineArray<count, Float>
) -> InlineArray<width, Vector> {
    var sums = InlineArray<width, Vector>(repeating: Vector(repeating: coefficients[0]))
    for k in 1..<count {
        let next = Vector(repeating: coefficients[k])
        for i in 0..<width { sums[i] = cvec_fma(sums[i], x[i], next) }
    }
    return sums
}

@inline(__always)
func polynomial<let count: Int>(
    _ x: Vector, _ coefficients: InlineArray<count, Float>
) -> Vector {
    polynomial([x], coefficients)[0]
}

/// `eˣ`, to about 1 unit in the last place; 0 and infinity where a float ends.
///
/// `x = k ln 2 + r`, and a polynomial in `r`, |r| ≤ ½ ln 2.
@inline(__always)
func exponential(_ x: Vector) -> Vector {
    var x = x
    x.replace(with: 89, where: x .> 89)
    x.replace(with: -104, where: x .< -104)
    let k = cvec_round(x * 1.442_695_04)
    // ln 2 in two parts; the first has so few digits that k times it is exact.
    let r = cvec_fma(
        k, Vector(repeating: -0x1.7f7d1cp-20), cvec_fma(k, Vector(repeating: -0x1.62e4p-1), x))
    let p = polynomial(
        r,
        [
            1.979021e-4, 1.3944784e-3, 8.3334975e-3, 4.16662917e-2, 1.66666657e-1, 0.5, 1, 1,
        ])
    // In two steps: 2ᵏ alone may be no float where the result is one.
    let whole = cvec_int(k)
    let half = cvec_shift_down_signed(whole, 1)
    return p * powerOfTwo(half) * powerOfTwo(whole &- half)
}

/// `2ᵏ` for `k` from −126 to 127.
@inline(__always)
private func powerOfTwo(_ k: Integers) -> Vector {
    let biased = unsafeBitCast(k &+ Integers(repeating: 127), to: Words.self)
    return cvec_from_bits(cvec_shift_up(biased, 23))
}

/// The error function, to about 1 unit in the last place.
///
/// Near 0 `x + x·P(x²)`; from 0.9277 on `1 − e^(−t − t·Q(t))` for `t = |x|`, which is 1 from 4 on.
@inline(__always)
func errorFunction(_ x: Vector) -> Vector {
    let square = x * x
    let small = polynomial(
        square,
        [
            8.3257939e-5, -8.1321739e-4, 5.2000997e-3, -2.6859021e-2, 1.1283689e-1, -3.7612632e-1,
            1.28379166e-1,
        ])
    let signBit = Words(repeating: 0x8000_0000)
    let t = cvec_from_bits(cvec_bits(x) & ~signBit)
    let near = t.replacing(with: 4, where: t .> 4)
    let large = polynomial(
        near,
        [
            1.12312573e-5, -3.2280339e-4, 3.6424573e-3, -2.3762060e-2, 1.0623688e-1, 6.3515133e-1,
            1.2864849e-1,
        ])
    let complement = exponential(-cvec_fma(large, near, near))
    let unsigned = cvec_from_bits(cvec_bits(1 - complement) | (cvec_bits(x) & signBit))
    return cvec_fma(small, x, x).replacing(with: unsigned, where: t .> 0.9277)
}

/// `scale · ln x` for `x` in (0, 1), to about 1 unit in the last place.
///
/// - Parameter scale: Plus or minus a power of two, by which nothing is rounded otherwise.
/// - SeeAlso: The coefficients are those of Cephes' `logf` (Moshier).
@inline(__always)
func logarithm<let width: Int>(
    _ x: InlineArray<width, Vector>, scale: Float
) -> InlineArray<width, Vector> {
    let offset = Words(repeating: 0x3f35_04f3)
    var exponents = x
    var m = x
    for i in 0..<width {
        let shifted = cvec_bits(x[i]) &- offset
        exponents[i] = cvec_float(
            cvec_shift_down_signed(unsafeBitCast(shifted, to: Integers.self), 23))
        m[i] = cvec_from_bits((shifted & Words(repeating: 0x007f_ffff)) &+ offset) - 1
    }
    var coefficients: InlineArray<9, Float> = [
        7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
        -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
    ]
    for k in 0..<9 { coefficients[k] *= scale }
    var results = polynomial(m, coefficients)
    for i in 0..<width {
        let z = m[i] * m[i]
        var y = m[i] * z * results[i]
        y.accumulate(exponents[i], Vector(repeating: scale * -2.12194440e-4))
        y.accumulate(z, Vector(repeating: scale * -0.5))
        y.accumulate(m[i], Vector(repeating: scale))
        results[i] = cvec_fma(exponents[i], Vector(repeating: scale * 0.693359375), y)
    }
    return results
}

/// The sines and cosines of 2π `turns`, for `turns` in (0, 1).
///
/// - SeeAlso: The coefficients are those of Cephes' `sinf` and `cosf` (Moshier).
@inline(__always)
func sineAndCosine<let width: Int>(
    turns: InlineArray<width, Vector>
) -> (sines: InlineArray<width, Vector>, cosines: InlineArray<width, Vector>) {
    var quarters = turns
    var r = turns
    var z = turns
    for i in 0..<width {
        quarters[i] = cvec_round(turns[i] * 4)
        r[i] = cvec_fma(quarters[i], Vector(repeating: -0.25), turns[i]) * 6.283_185_3
        z[i] = r[i] * r[i]
    }
    var sines = polynomial(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1])
    var cosines = polynomial(
        z, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2])
    let one = Integers(repeating: 1)
    for i in 0..<width {
        let sine = cvec_fma(sines[i] * z[i], r[i], r[i])
        let start = cvec_fma(z[i], Vector(repeating: -0.5), Vector(repeating: 1))
        let cosine = cvec_fma(cosines[i] * z[i], z[i], start)
        let quadrant = cvec_int(quarters[i])
        sines[i] = cvec_flip(cvec_select_odd(quadrant, cosine, sine), quadrant, 1)
        cosines[i] = cvec_flip(cvec_select_odd(quadrant, sine, cosine), quadrant &+ one, 1)
    }
    return (sines, cosines)
}

// MARK: On arrays, as the tests call them

/// `eˣ` of each of `count` numbers, a multiple of 16.
@inline(never)
public func exponentials(
    count: Int, _ x: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
) {
    for i in stride(from: 0, to: count, by: lanes) {
        store(exponential(load(x + i)), at: output + i)
    }
}

/// The natural logarithms of `count` numbers in (0, 1), a multiple of 16.
@inline(never)
public func logarithms(
    count: Int, _ x: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
) {
    for i in stride(from: 0, to: count, by: lanes) {
        store(logarithm([load(x + i)], scale: 1)[0], at: output + i)
    }
}

/// The sines and cosines of 2π times `count` numbers in (0, 1), a multiple of 16.
@inline(never)
public func sinesAndCosines(
    count: Int, turns: UnsafePointer<Float>, sines: UnsafeMutablePointer<Float>,
    cosines: UnsafeMutablePointer<Float>
) {
    for i in stride(from: 0, to: count, by: lanes) {
        let both = sineAndCosine(turns: [load(turns + i)])
        store(both.sines[0], at: sines + i)
        store(both.cosines[0], at: cosines + i)
    }
}

/// The error function of `count` numbers, a multiple of 16.
@inline(never)
public func errorFunctions(
    count: Int, _ x: UnsafePointer<Float>, into output: UnsafeMutablePointer<Float>
) {
    for i in stride(from: 0, to: count, by: lanes) {
        store(errorFunction(load(x + i)), at: output + i)
    }
}
