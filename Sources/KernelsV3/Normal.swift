import CVec

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
