#if !_endian(little)
    #error("numbers are packed as they lie in memory, which must be little-endian")
#endif

/// What the bytes of a packed result mean: first all scalars, then the values of each curve, then
/// each array, without gaps, little-endian. Trials of a sweep mostly share one layout.
public struct ResultLayout: Hashable, Sendable {
    /// How a curve's values are packed, by NumPy's names.
    public enum ValueType: String, Hashable, Sendable {
        /// Where every value comes back with the same bits.
        case float = "<f4"
        case double = "<f8"

        public var sizeInBytes: Int { self == .float ? 4 : 8 }
    }

    public struct CurveLayout: Hashable, Sendable {
        public let name: String
        public let steps: [UInt32]
        public let type: ValueType

        public init(name: String, steps: [UInt32], type: ValueType) {
            self.name = name
            self.steps = steps
            self.type = type
        }

        public var sizeInBytes: Int { steps.count * type.sizeInBytes }
    }

    /// As of a `TrialArray`.
    public struct ArrayLayout: Hashable, Sendable {
        public let name: String
        public let steps: [UInt32]
        public let shape: [Int]
        public let sizeInBytes: Int

        /// - Returns: nil where a size is negative or no memory could hold the array.
        public init?(name: String, steps: [UInt32], shape: [Int]) {
            var stride = 1
            for count in shape {
                let (product, isTooLarge) = stride.multipliedReportingOverflow(by: count)
                guard count >= 0, !isTooLarge, product <= Self.limit else { return nil }
                stride = product
            }
            let (size, isTooLarge) = stride.multipliedReportingOverflow(by: steps.count)
            guard !isTooLarge, size <= Self.limit else { return nil }
            self.name = name
            self.steps = steps
            self.shape = shape
            sizeInBytes = size
        }

        private static let limit = 1 << 40
    }

    /// The names of the scalars, of 8 bytes each.
    public let scalars: [String]
    public let curves: [CurveLayout]
    public let arrays: [ArrayLayout]

    public init(scalars: [String], curves: [CurveLayout], arrays: [ArrayLayout] = []) {
        self.scalars = scalars
        self.curves = curves
        self.arrays = arrays
    }

    public var sizeInBytes: Int { offset(ofArray: arrays.count) }

    /// Where a curve's values begin.
    public func offset(ofCurve index: Int) -> Int {
        curves[..<index].reduce(8 * scalars.count) { $0 + $1.sizeInBytes }
    }

    /// Where an array begins.
    public func offset(ofArray index: Int) -> Int {
        arrays[..<index].reduce(offset(ofCurve: curves.count)) { $0 + $1.sizeInBytes }
    }
}

extension ResultLayout.CurveLayout {
    /// Takes the narrower type if that keeps every bit, those of infinities and NaN too.
    init(_ curve: Curve) {
        let isNarrow = curve.values.allSatisfy {
            Double(Float($0)).bitPattern == $0.bitPattern
        }
        self.init(name: curve.name, steps: curve.steps, type: isNarrow ? .float : .double)
    }
}

extension ResultLayout.ArrayLayout {
    init(_ array: TrialArray) {
        name = array.name
        steps = array.steps
        shape = array.shape
        sizeInBytes = array.bytes.count
    }
}

/// A scalar's 8 bytes. An event that never came is a NaN of its own, the one that R reads as NA.
public enum PackedScalar {
    static let never: UInt64 = 0x7FF8_0000_0000_07A2

    static func bits(of value: Double?) -> UInt64 {
        guard let value else { return never }
        return value.bitPattern == never ? Double.nan.bitPattern : value.bitPattern
    }

    public static func value(of bits: UInt64) -> Double? {
        bits == never ? nil : Double(bitPattern: bits)
    }
}
