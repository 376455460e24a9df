import CVec

/// The block `block` of 4 words of stream `stream`: Philox4x32-10.
///
/// - SeeAlso: Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", 2011.
@inline(__always)
func philox(seed: UInt64, stream: UInt64, block: UInt64) -> SIMD4<UInt32> {
    var c0 = UInt32(truncatingIfNeeded: block)
    var c1 = UInt32(truncatingIfNeeded: block >> 32)
    var c2 = UInt32(truncatingIfNeeded: stream)
    var c3 = UInt32(truncatingIfNeeded: stream >> 32)
    var k0 = UInt32(truncatingIfNeeded: seed)
    var k1 = UInt32(truncatingIfNeeded: seed >> 32)
    for _ in 0..<10 {
        let p0 = UInt64(c0) &* 0xD251_1F53
        let p1 = UInt64(c2) &* 0xCD9E_8D57
        c0 = UInt32(truncatingIfNeeded: p1 >> 32) ^ c1 ^ k0
        c1 = UInt32(truncatingIfNeeded: p1)
        c2 = UInt32(truncatingIfNeeded: p0 >> 32) ^ c3 ^ k1
        c3 = UInt32(truncatingIfNeeded: p0)
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
    }
    return SIMD4(c0, c1, c2, c3)
}

/// Writes ten rounds' keys, two a round.
@inline(__always)
func writePhiloxKeys(seed: UInt64, to keys: UnsafeMutablePointer<UInt64>) {
    var k0 = UInt32(truncatingIfNeeded: seed)
    var k1 = UInt32(truncatingIfNeeded: seed >> 32)
    for round in 0..<10 {
        keys[2 * round] = UInt64(k0)
        keys[2 * round + 1] = UInt64(k1)
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
    }
}

/// Eight blocks from `block` on, the next eight, and so on, side by side, as many as hide the latency of
/// a multiplication; a word is the lower half of what is returned.
///
/// - Parameters:
///   - keys: As `writePhiloxKeys` has written them.
///   - zero: As many zeros as there are eights.
@inline(__always)
func philox<let width: Int>(
    _ keys: UnsafeMutablePointer<UInt64>, stream: UInt64, block: UInt64,
    _ zero: InlineArray<width, SIMD8<UInt64>>
) -> (
    InlineArray<width, SIMD8<UInt64>>, InlineArray<width, SIMD8<UInt64>>,
    InlineArray<width, SIMD8<UInt64>>, InlineArray<width, SIMD8<UInt64>>
) {
    let counted = SIMD8<UInt64>(repeating: block) &+ SIMD8(0, 1, 2, 3, 4, 5, 6, 7)
    let second = SIMD8<UInt64>(repeating: stream)
    var (c0, c1, c2, c3) = (zero, zero, zero, zero)
    for i in 0..<width {
        c0[i] = counted &+ SIMD8(repeating: UInt64(8 * i))
        c1[i] = cvec_high(c0[i])
        c2[i] = second
        c3[i] = cvec_high(second)
    }
    for round in 0..<10 {
        let key0 = SIMD8<UInt64>(repeating: keys[2 * round])
        let key1 = SIMD8<UInt64>(repeating: keys[2 * round + 1])
        for i in 0..<width {
            let p0 = cvec_multiply_low(c0[i], 0xD251_1F53)
            let p1 = cvec_multiply_low(c2[i], 0xCD9E_8D57)
            c0[i] = cvec_high(p1) ^ c1[i] ^ key0
            c1[i] = p1
            c2[i] = cvec_high(p0) ^ c3[i] ^ key1
            c3[i] = p0
        }
    }
    return (c0, c1, c2, c3)
}

/// How many blocks are drawn at once.
let drawnBlocks = 64

/// Words 0 of `drawnBlocks` blocks, words 1, words 2, words 3.
@inline(never)
func drawWords(
    _ keys: UnsafeMutablePointer<UInt64>, _ stream: UInt64, block: UInt64,
    into words: UnsafeMutablePointer<UInt32>
) {
    let zero = SIMD8<UInt64>(repeating: 0)
    if cvec_is_wide() {
        draw(keys, stream, block, words, InlineArray<4, SIMD8<UInt64>>(repeating: zero))
    } else {
        draw(keys, stream, block, words, InlineArray<1, SIMD8<UInt64>>(repeating: zero))
    }
}

@inline(__always)
private func draw<let width: Int>(
    _ keys: UnsafeMutablePointer<UInt64>, _ stream: UInt64, _ block: UInt64,
    _ words: UnsafeMutablePointer<UInt32>, _ zero: InlineArray<width, SIMD8<UInt64>>
) {
    for start in stride(from: 0, to: drawnBlocks, by: 8 * width) {
        let four = philox(keys, stream: stream, block: block &+ UInt64(start), zero)
        for i in 0..<width {
            let target = words + start + 8 * i
            put(four.0[i], at: target)
            put(four.1[i], at: target + drawnBlocks)
            put(four.2[i], at: target + 2 * drawnBlocks)
            put(four.3[i], at: target + 3 * drawnBlocks)
        }
    }
}

@inline(__always)
private func put(_ words: SIMD8<UInt64>, at address: UnsafeMutablePointer<UInt32>) {
    UnsafeMutableRawPointer(address)
        .storeBytes(of: cvec_low(words), as: SIMD8<UInt32>.self)
}

/// The words of `blockCount` blocks from `firstBlock` on, 4 a block.
@inline(never)
public func fillWords(
    seed: UInt64, stream: UInt64, firstBlock: UInt64, blockCount: Int,
    output: UnsafeMutablePointer<UInt32>
) {
    for i in 0..<blockCount {
        let words = philox(seed: seed, stream: stream, block: firstBlock &+ UInt64(i))
        for j in 0..<4 { output[4 * i + j] = words[j] }
    }
}

/// Numbers from the uniform distribution on (−1, 1), in steps of 2⁻²³ and symmetric, times `scale`.
@inline(never)
public func fillUniform(
    seed: UInt64, stream: UInt64, count: Int, scale: Float, output: UnsafeMutablePointer<Float>
) {
    for i in 0..<(count + 3) / 4 {
        let words = philox(seed: seed, stream: stream, block: UInt64(i))
        for j in 0..<min(4, count - 4 * i) {
            let centred = Float(words[j] >> 8) - 8_388_607.5
            output[4 * i + j] = centred * 0x1p-23 * scale
        }
    }
}
