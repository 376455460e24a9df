internal import Crypto

/// The digest of a trial's result: SHA-256 over these bytes, all numbers little-endian.
///
/// * outcome: a byte, 0 finished, 1 diverged; the step at which it diverged, else 0, as UInt64
/// * each curve, in order: its name; the number of points as UInt64; steps as UInt32, values as
///   Float64
/// * each scalar, in order: its name; a byte, 1 for a value, 0 for none; the value, else 0, as
///   Float64
/// * each array of the final weights, in order: its name; the number of its dimensions and their
///   sizes as UInt64; its values as Float32 or Float64
/// * each array that was kept on the way, in order: its name; the number of its dimensions and
///   their sizes, and the number of its steps, as UInt64; steps as UInt32; its bytes
///
/// A name is the number of its bytes as UInt64, then UTF-8. Every NaN counts as the same one,
/// since CPUs differ in the bits of theirs.
struct ResultDigest {
    private var hash = SHA256()

    static func digest(
        outcome: Outcome, curves: [Curve], scalars: [Scalar], weights: [Tensor],
        arrays: [TrialArray]
    ) -> Digest256 {
        var digest = ResultDigest()
        digest.add(outcome)
        for curve in curves {
            digest.add(curve.name)
            digest.add(UInt64(curve.steps.count))
            digest.add(words: curve.steps)
            digest.add(words: curve.values.map(\.canonicalBits))
        }
        for scalar in scalars {
            digest.add(scalar.name)
            digest.add(words: [scalar.value == nil ? UInt8(0) : 1])
            digest.add((scalar.value ?? 0).canonicalBits)
        }
        for tensor in weights { digest.add(tensor) }
        for array in arrays { digest.add(array) }
        return Digest256(digest.hash.finalize())
    }

    private mutating func add(_ outcome: Outcome) {
        switch outcome {
        case .finished:
            add(words: [UInt8(0)])
            add(0)
        case .diverged(let step):
            add(words: [UInt8(1)])
            add(UInt64(step))
        }
    }

    private mutating func add(_ tensor: Tensor) {
        add(tensor.name)
        add(UInt64(tensor.shape.count))
        add(words: tensor.shape.map(UInt64.init))
        switch tensor.values {
        case .float(let values): add(words: values.map(\.canonicalBits))
        case .double(let values): add(words: values.map(\.canonicalBits))
        case .bytes(let values): add(words: values)
        }
    }

    private mutating func add(_ array: TrialArray) {
        add(array.name)
        add(UInt64(array.shape.count))
        add(words: array.shape.map(UInt64.init))
        add(UInt64(array.steps.count))
        add(words: array.steps)
        add(words: array.bytes)
    }

    private mutating func add(_ name: String) {
        add(UInt64(name.utf8.count))
        add(words: Array(name.utf8))
    }

    private mutating func add(_ number: UInt64) {
        add(words: [number])
    }

    private mutating func add(words: [some FixedWidthInteger]) {
        words.map(\.littleEndian).withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
}

extension Float {
    fileprivate var canonicalBits: UInt32 { isNaN ? 0x7fc0_0000 : bitPattern }
}

extension Double {
    fileprivate var canonicalBits: UInt64 { isNaN ? 0x7ff8_0000_0000_0000 : bitPattern }
}
