import CVec

private typealias Words = SIMD16<UInt32>
private typealias Integers = SIMD16<Int32>

/// Standard normal numbers: element `i` of the stream comes from block `i / 4` alone.
///
/// Box and Muller's transform of the words (0, 1) and (2, 3) of a block, with polynomials of our
/// own: the same bits on any CPU.
///
/// - Parameter firstBlock: The block that gives the first four numbers.
@inline(never)
public func fillNormal(
    seed: UInt64, stream: UInt64, firstBlock: UInt64, count: Int,
    output: UnsafeMutablePointer<Float>
) {
    let keys = philoxKeys(seed: seed)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * blocks) { words in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 64) { numbers in
            guard let words = words.baseAddress, let numbers = numbers.baseAddress else { return }
            for start in stride(from: 0, to: count, by: 4 * blocks) {
                let block = firstBlock &+ UInt64(start / 4)
                for i in stride(from: 0, to: blocks, by: 8) {
                    let four = philox8(keys, stream: stream, block: block &+ UInt64(i))
                    for j in 0..<4 {
                        UnsafeMutableRawPointer(words + blocks * j + i)
                            .storeBytes(of: cvec_low(four[j]), as: SIMD8<UInt32>.self)
                    }
                }
                for first in stride(from: start, to: min(start + 4 * blocks, count), by: 64) {
                    let target = output + first
                    if first + 64 <= count {
                        transform(words + (first - start) / 4, into: target)
                    } else {
                        transform(words + (first - start) / 4, into: numbers)
                        for i in 0..<(count - first) { target[i] = numbers[i] }
                    }
                }
            }
        }
    }
}

/// How many blocks are drawn at once.
private let blocks = 64

/// Turns the words of 16 blocks, of which `blocks` lie side by side, into 64 normal numbers.
@inline(__always)
private func transform(
    _ words: UnsafeMutablePointer<UInt32>, into numbers: UnsafeMutablePointer<Float>
) {
    let (first, second) = pair(words)
    let (third, fourth) = pair(words + 2 * blocks)
    for half in 0..<2 {
        let odd = interleave(
            half == 0 ? first.lowHalf : first.highHalf, half == 0 ? third.lowHalf : third.highHalf)
        let even = interleave(
            half == 0 ? second.lowHalf : second.highHalf,
            half == 0 ? fourth.lowHalf : fourth.highHalf)
        store(interleave(odd.lowHalf, even.lowHalf), at: numbers + 32 * half)
        store(interleave(odd.highHalf, even.highHalf), at: numbers + 32 * half + 16)
    }
}

/// a0 b0 a1 b1 …
@inline(__always)
private func interleave(_ a: SIMD8<Float>, _ b: SIMD8<Float>) -> Vector {
    var both = Vector()
    both.evenHalf = a
    both.oddHalf = b
    return both
}

/// Two normal numbers of two words.
@inline(__always)
private func pair(_ words: UnsafeMutablePointer<UInt32>) -> (Vector, Vector) {
    let radius = cvec_square_root(-2 * logarithm(unit(words)))
    let (sine, cosine) = sineAndCosine(turns: unit(words + blocks))
    return (radius * cosine, radius * sine)
}

/// 16 words as numbers in (0, 1); what would round to 1, and give two zeros, does not.
@inline(__always)
private func unit(_ words: UnsafeMutablePointer<UInt32>) -> Vector {
    let words = UnsafeRawPointer(words).loadUnaligned(as: Words.self) &>> Words(repeating: 8)
    let numbers = cvec_fma(
        cvec_float(unsafeBitCast(words, to: Integers.self)), Vector(repeating: 0x1p-24),
        Vector(repeating: 0x1p-25))
    let largest = Vector(repeating: 0x1.fffffep-1)
    return numbers.replacing(with: largest, where: numbers .> largest)
}

/// `c[0] xⁿ + … + c[n]`, by Horner's rule.
@inline(__always)
private func polynomial<let count: Int>(
    _ x: Vector, _ coefficients: InlineArray<count, Float>
) -> Vector {
    var sum = Vector(repeating: coefficients[0])
    for i in 1..<count {
        sum = cvec_fma(sum, x, Vector(repeating: coefficients[i]))
    }
    return sum
}

/// The natural logarithm of `x` in (0, 1), to about 1 unit in the last place.
///
/// - SeeAlso: The coefficients are those of Cephes' `logf` (Moshier).
@inline(__always)
private func logarithm(_ x: Vector) -> Vector {
    let offset = Words(repeating: 0x3f35_04f3)
    let shifted = cvec_bits(x) &- offset
    let exponent = cvec_float(
        unsafeBitCast(shifted, to: Integers.self) &>> Integers(repeating: 23))
    let m = cvec_from_bits((shifted & Words(repeating: 0x007f_ffff)) &+ offset) - 1
    let z = m * m
    let p = polynomial(
        m,
        [
            7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
            -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
        ])
    var y = m * z * p
    y.accumulate(exponent, Vector(repeating: -2.12194440e-4))
    y.accumulate(z, Vector(repeating: -0.5))
    return cvec_fma(exponent, Vector(repeating: 0.693359375), m + y)
}

/// The sine and cosine of 2π `turns`, for `turns` in (0, 1).
///
/// - SeeAlso: The coefficients are those of Cephes' `sinf` and `cosf` (Moshier).
@inline(__always)
private func sineAndCosine(turns: Vector) -> (sine: Vector, cosine: Vector) {
    let quarters = cvec_round(turns * 4)
    let r = (turns - quarters * 0.25) * 6.283_185_3
    let z = r * r
    let s = polynomial(z, [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1])
    let sine = cvec_fma(s * z, r, r)
    let c = polynomial(z, [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2])
    let cosine = cvec_fma(c * z, z, cvec_fma(z, Vector(repeating: -0.5), Vector(repeating: 1)))

    let quadrant = cvec_int(quarters)
    let one = Integers(repeating: 1)
    let isOdd = Integers(repeating: 0) &- (quadrant & one)
    let sineSign = (quadrant & Integers(repeating: 2)) &<< Integers(repeating: 30)
    let cosineSign = ((quadrant &+ one) & Integers(repeating: 2)) &<< Integers(repeating: 30)
    return (
        flip(cvec_select(isOdd, cosine, sine), sineSign),
        flip(cvec_select(isOdd, sine, cosine), cosineSign)
    )
}

/// Changes the sign of `x` where `sign` has the sign bit.
@inline(__always)
private func flip(_ x: Vector, _ sign: Integers) -> Vector {
    cvec_from_bits(cvec_bits(x) ^ unsafeBitCast(sign, to: Words.self))
}
