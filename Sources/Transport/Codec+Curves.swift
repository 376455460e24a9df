internal import Sweeps

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Curves as columns of little-endian numbers, bit for bit.
///
/// Values go as Float where each of them comes back with the same bits, else as Double, untouched;
/// no value is special, the bits of a NaN least of all.
extension MessageType {
    func wireCurve(_ curve: Curve) throws -> WireCurve {
        var wire = WireCurve()
        wire.name = try name(curve.name)
        wire.steps = Self.column(curve.steps)
        if let narrow = Self.narrowed(curve.values) {
            wire.valueType = .float32
            wire.values = Self.column(narrow)
        } else {
            wire.valueType = .float64
            wire.values = Self.column(curve.values)
        }
        return wire
    }

    func curve(_ wire: WireCurve) throws -> Curve {
        let name = try name(wire.name)
        let steps: [UInt32] = try numbers(wire.steps, of: name)
        let values: [Double]
        switch wire.valueType {
        case .float32: values = try (numbers(wire.values, of: name) as [Float]).map(Double.init)
        case .float64: values = try numbers(wire.values, of: name)
        case .none, .UNRECOGNIZED: throw CodecError.body(self, "\(name) has no known value type")
        }
        try require(
            steps.count == values.count,
            "\(name) has \(steps.count) steps and \(values.count) values")
        return Curve(name: name, steps: steps, values: values)
    }

    /// The values as Float, if that keeps every bit.
    private static func narrowed(_ values: [Double]) -> [Float]? {
        let narrow = values.map { Float($0) }
        for (value, short) in zip(values, narrow)
        where Double(short).bitPattern != value.bitPattern {
            return nil
        }
        return narrow
    }

    private static func column(_ numbers: [some BitwiseCopyable]) -> Data {
        numbers.withUnsafeBytes { Data($0) }
    }

    private func numbers<Number: BitwiseCopyable>(
        _ column: Data, of name: String
    ) throws -> [Number] {
        let size = MemoryLayout<Number>.size
        try require(
            column.count.isMultiple(of: size),
            "a column of \(name) has \(column.count) bytes, for numbers of \(size)")
        return [Number](unsafeUninitializedCapacity: column.count / size) { buffer, count in
            count = column.copyBytes(to: buffer) / size
        }
    }
}
