import CVec

/// Zeroes numbers at random and scales the rest: the same ones whenever seed, stream and block are
/// the same, so that gradients are dropped where values were.
///
/// Element `i` goes by 16 bits of the stream's blocks from `firstBlock` on, 8 elements a block.
///
/// - Parameters:
///   - count: A multiple of 16.
///   - threshold: Of 65536 numbers as many are dropped.
@inline(never)
public func drop(
    seed: UInt64, stream: UInt64, firstBlock: UInt64, count: Int, threshold: UInt32, scale: Float,
    values: UnsafeMutablePointer<Float>
) {
    let scale = Vector(repeating: scale)
    let least = Words(repeating: threshold)
    withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 20) { keys in
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 4 * drawnBlocks) { words in
            guard let keys = keys.baseAddress, let words = words.baseAddress else { return }
            writePhiloxKeys(seed: seed, to: keys)
            for start in stride(from: 0, to: count, by: 8 * drawnBlocks) {
                drawWords(keys, stream, block: firstBlock &+ UInt64(start / 8), into: words)
                for i in stride(from: 0, to: min(8 * drawnBlocks, count - start), by: lanes) {
                    // The lower halves of 16 words, then their upper halves.
                    let both = UnsafeRawPointer(words + i / (2 * lanes) * lanes)
                        .loadUnaligned(as: Words.self)
                    let bits =
                        i / lanes % 2 == 0
                        ? both & Words(repeating: 0xffff) : cvec_shift_down(both, 16)
                    let kept = load(values + start + i) * scale
                    store(
                        kept.replacing(with: Vector(repeating: 0), where: bits .< least),
                        at: values + start + i)
                }
            }
        }
    }
}
