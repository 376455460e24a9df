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
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 20) { keys in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * drawnBlocks) { words in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * drawnBlocks) { rest in
                guard let keys = keys.baseAddress, let words = words.baseAddress,
                    let rest = rest.baseAddress
                else { return }
                writePhiloxKeys(seed: seed, to: keys)
                for start in stride(from: 0, to: count, by: 4 * drawnBlocks) {
                    let isWhole = start + 4 * drawnBlocks <= count
                    drawWords(keys, stream, block: firstBlock &+ UInt64(start / 4), into: words)
                    transform(words, into: isWhole ? output + start : rest)
                    if !isWhole {
                        for i in 0..<(count - start) { output[start + i] = rest[i] }
                    }
                }
            }
        }
    }
}

/// Turns the words of `drawnBlocks` blocks, as `draw` has left them, into four numbers a block.
@inline(never)
private func transform(
    _ words: UnsafeMutablePointer<UInt32>, into numbers: UnsafeMutablePointer<Float>
) {
    let zero = Vector(repeating: 0)
    if cvec_is_wide() {
        transform(words, numbers, InlineArray<4, Vector>(repeating: zero))
    } else {
        transform(words, numbers, InlineArray<1, Vector>(repeating: zero))
    }
}

@inline(__always)
private func transform<let width: Int>(
    _ words: UnsafeMutablePointer<UInt32>, _ numbers: UnsafeMutablePointer<Float>,
    _ zero: InlineArray<width, Vector>
) {
    for start in stride(from: 0, to: drawnBlocks, by: width * lanes) {
        let first = pairs(words + start, zero)
        let second = pairs(words + 2 * drawnBlocks + start, zero)
        for i in 0..<width {
            weave(
                first.0[i], first.1[i], second.0[i], second.1[i],
                into: numbers + 4 * (start + i * lanes))
        }
    }
}

/// Two normal numbers of two words.
@inline(__always)
private func pairs<let width: Int>(
    _ words: UnsafeMutablePointer<UInt32>, _ zero: InlineArray<width, Vector>
) -> (InlineArray<width, Vector>, InlineArray<width, Vector>) {
    var (uniform, turns) = (zero, zero)
    for i in 0..<width {
        uniform[i] = unit(words + i * lanes)
        turns[i] = unit(words + drawnBlocks + i * lanes)
    }
    let squares = logarithm(uniform, scale: -2)
    var (sines, cosines) = sineAndCosine(turns: turns)
    for i in 0..<width {
        let radius = cvec_square_root(squares[i])
        cosines[i] = cvec_multiply(radius, cosines[i])
        sines[i] = cvec_multiply(radius, sines[i])
    }
    return (cosines, sines)
}

/// a0 b0 c0 d0 a1 b1 …
@inline(__always)
private func weave(
    _ a: Vector, _ b: Vector, _ c: Vector, _ d: Vector, into target: UnsafeMutablePointer<Float>
) {
    let (even, odd) = (cvec_weave_low(a, c), cvec_weave_low(b, d))
    store(cvec_weave_low(even, odd), at: target)
    store(cvec_weave_high(even, odd), at: target + 16)
    let (evens, odds) = (cvec_weave_high(a, c), cvec_weave_high(b, d))
    store(cvec_weave_low(evens, odds), at: target + 32)
    store(cvec_weave_high(evens, odds), at: target + 48)
}

/// 16 words as numbers in (0, 1); what would round to 1, and give two zeros, does not.
@inline(__always)
private func unit(_ words: UnsafeMutablePointer<UInt32>) -> Vector {
    let words = cvec_shift_down(UnsafeRawPointer(words).loadUnaligned(as: Words.self), 8)
    let numbers = cvec_fma(
        cvec_float(unsafeBitCast(words, to: Integers.self)), Vector(repeating: 0x1p-24),
        Vector(repeating: 0x1p-25))
    let largest = Vector(repeating: 0x1.fffffep-1)
    return numbers.replacing(with: largest, where: numbers .> largest)
}
