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

/// Ten rounds' keys, two a round.
typealias PhiloxKeys = InlineArray<20, UInt64>

@inline(__always)
func philoxKeys(seed: UInt64) -> PhiloxKeys {
    var keys = PhiloxKeys(repeating: 0)
    var k0 = UInt32(truncatingIfNeeded: seed)
    var k1 = UInt32(truncatingIfNeeded: seed >> 32)
    for round in 0..<10 {
        keys[2 * round] = UInt64(k0)
        keys[2 * round + 1] = UInt64(k1)
        k0 &+= 0x9E37_79B9
        k1 &+= 0xBB67_AE85
    }
    return keys
}

/// Eight blocks from `block` on, side by side; a word is the lower half of what is stored.
@inline(__always)
func philox8(
    _ keys: PhiloxKeys, stream: UInt64, block: UInt64
) -> InlineArray<4, SIMD8<UInt64>> {
    typealias Words = SIMD8<UInt64>
    var c0 = Words(repeating: block) &+ Words(0, 1, 2, 3, 4, 5, 6, 7)
    var c1 = cvec_high(c0)
    var c2 = Words(repeating: stream)
    var c3 = cvec_high(c2)
    for round in 0..<10 {
        let p0 = cvec_multiply_low(c0, 0xD251_1F53)
        let p1 = cvec_multiply_low(c2, 0xCD9E_8D57)
        c0 = cvec_high(p1) ^ c1 ^ Words(repeating: keys[2 * round])
        c1 = p1
        c2 = cvec_high(p0) ^ c3 ^ Words(repeating: keys[2 * round + 1])
        c3 = p0
    }
    return [c0, c1, c2, c3]
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
