/// How `random` and `sobol` draw cells: every number by the sweep's root, the place of the draw
/// and the name of the axis alone, so that more draws, or other axes, change none that is there.
struct Draws {
    enum Method: String, CaseIterable {
        case random, sobol
    }

    let method: Method
    /// How many different cells are wanted.
    let count: Int
    let root: UInt64

    /// A share of an axis.
    ///
    /// - Parameters:
    ///   - draw: From 0.
    ///   - place: The axis's place among all, for `sobol`.
    /// - Returns: A number from 0 on, under 1.
    func share(_ draw: Int, axis: String, place: Int) -> Double {
        let digest = Digest256(hashing: "swingby draw \(root) \(axis)".utf8)
        let start = digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        switch method {
        case .random:
            var generator = SplitMix64(seed: start &+ UInt64(draw) &* 0x9E37_79B9_7F4A_7C15)
            return Double(generator.next() >> 11) * 0x1p-53
        case .sobol:
            // A shift by a fixed pattern keeps the evenness, and depends on the root.
            let bits = Sobol.bits(draw, dimension: place) ^ UInt32(start >> 32)
            return Double(bits) * 0x1p-32
        }
    }
}

/// What a key is drawn from: `{min: 1e-4, max: 1, scale: log}`.
struct DrawInterval: Hashable {
    let minimum: Double
    let maximum: Double
    let isLogarithmic: Bool
    /// Whether only whole numbers are taken.
    let isWhole: Bool

    /// - Parameter share: From 0 on, under 1.
    /// - Returns: A number from `minimum` to `maximum`, rounded to 12 significant digits.
    func value(at share: Double) -> Value {
        // Of whole numbers each, the last one too, has its part of the interval.
        let end = isWhole ? maximum + 1 : maximum
        let number =
            isLogarithmic
            ? interpolated(from: minimum, to: end, share: share)
            : minimum + share * (end - minimum)
        let rounded = isWhole ? number.rounded(.down) : roundedTo12Digits(number)
        return .number(min(max(rounded, minimum), maximum))
    }
}
