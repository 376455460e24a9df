import Foundation

/// Numbers as the little-endian arrays that a store keeps, which `numpy.frombuffer` reads.
///
/// Steps are `<u4`; values are `<f4` where every one of them is a `Float`, else `<f8`.
struct PackedColumn: Hashable {
    /// The NumPy name of an element's type.
    let type: String
    let data: Data

    init(type: String, data: Data) {
        self.type = type
        self.data = data
    }

    init(steps: [UInt32]) {
        self.init(type: "<u4", data: steps.map(\.littleEndian).withUnsafeBytes { Data($0) })
    }

    /// Keeps every bit, those of infinities and NaN too.
    init(values: [Double]) {
        let narrow = values.map { Float($0).bitPattern.littleEndian }
        let isNarrow = values.allSatisfy { Double(Float($0)).bitPattern == $0.bitPattern }
        if isNarrow {
            self.init(type: "<f4", data: narrow.withUnsafeBytes { Data($0) })
        } else {
            let wide = values.map(\.bitPattern.littleEndian)
            self.init(type: "<f8", data: wide.withUnsafeBytes { Data($0) })
        }
    }

    /// - Returns: nil unless this is a whole column of steps.
    var steps: [UInt32]? {
        type == "<u4" ? elements(UInt32.self)?.map(UInt32.init(littleEndian:)) : nil
    }

    /// - Returns: nil unless this is a whole column of values.
    var values: [Double]? {
        switch type {
        case "<f4":
            elements(UInt32.self)?.map { Double(Float(bitPattern: UInt32(littleEndian: $0))) }
        case "<f8":
            elements(UInt64.self)?.map { Double(bitPattern: UInt64(littleEndian: $0)) }
        default: nil
        }
    }

    private func elements<Element: BitwiseCopyable>(_: Element.Type) -> [Element]? {
        let size = MemoryLayout<Element>.size
        guard data.count % size == 0 else { return nil }
        return data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: size).map {
                bytes.loadUnaligned(fromByteOffset: $0, as: Element.self)
            }
        }
    }
}
