internal import Foundation

/// Files of named arrays: 8 bytes with the length of a JSON header, little-endian, the header, and
/// the values of all arrays, without a gap.
///
/// - SeeAlso: https://github.com/huggingface/safetensors, "Format".
public enum Safetensors {
    /// The longest header that readers accept, in bytes.
    private static let headerLimit = 100_000_000

    private struct Entry: Decodable {
        let type: String
        let shape: [Int]
        /// Where its bytes begin and end, after the header.
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case type = "dtype"
            case shape
            case offsets = "data_offsets"
        }
    }

    /// A member of the header: an array, or what `__metadata__` holds.
    private enum Member: Decodable {
        case tensor(Entry)
        case metadata

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                _ = try decoder.singleValueContainer().decode([String: String].self)
                self = .metadata
            } else {
                self = .tensor(try decoder.singleValueContainer().decode(Entry.self))
            }
        }
    }

    /// Reads a file's tensors, in the order of their bytes.
    ///
    /// Single (`F32`) and double (`F64`) precision are known. Strict: every byte belongs to one
    /// tensor.
    public static func read(_ bytes: [UInt8]) throws(SafetensorsError) -> [Tensor] {
        let (header, start) = try readHeader(bytes)
        var end = 0
        var tensors: [Tensor] = []
        let ordered = header.sorted {
            ($0.value.offsets.first ?? 0, $0.key) < ($1.value.offsets.first ?? 0, $1.key)
        }
        for (name, entry) in ordered {
            let tensor = try read(name, entry, after: end, bytes[start...])
            tensors.append(tensor)
            end = entry.offsets[1]
        }
        guard start + end == bytes.count else { throw .surplus(bytes.count - start - end) }
        return tensors
    }

    private static func readHeader(
        _ bytes: [UInt8]
    ) throws(SafetensorsError) -> (entries: [String: Entry], end: Int) {
        guard bytes.count >= 8 else { throw .truncated(bytes.count, needed: 8) }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(headerLimit) else { throw .hugeHeader(length) }
        let end = 8 + Int(length)
        guard bytes.count >= end else { throw .truncated(bytes.count, needed: end) }
        do {
            let members = try JSONDecoder().decode(
                [String: Member].self, from: Data(bytes[8..<end]))
            var entries: [String: Entry] = [:]
            for case (let name, .tensor(let entry)) in members { entries[name] = entry }
            return (entries, end)
        } catch {
            throw .header
        }
    }

    private static func read(
        _ name: String, _ entry: Entry, after end: Int, _ data: ArraySlice<UInt8>
    ) throws(SafetensorsError) -> Tensor {
        let width: Int
        switch entry.type {
        case "F32": width = 4
        case "F64": width = 8
        default: throw .type(entry.type, of: name)
        }
        guard entry.offsets.count == 2, entry.offsets[0] == end else {
            throw .offsets(entry.offsets, of: name, expected: end)
        }
        var size = width
        for count in entry.shape {
            let (product, overflow) = size.multipliedReportingOverflow(by: count)
            guard count >= 0, !overflow else { throw .shape(entry.shape, of: name) }
            size = product
        }
        let last = entry.offsets[1]
        guard last >= end, last - end == size else { throw .shape(entry.shape, of: name) }
        guard last <= data.count else {
            throw .truncated(data.startIndex + data.count, needed: data.startIndex + last)
        }
        let values = data[(data.startIndex + end)..<(data.startIndex + last)]
        return Tensor(name, shape: entry.shape, decode(values, width: width))
    }

    private static func decode(_ bytes: ArraySlice<UInt8>, width: Int) -> Tensor.Values {
        bytes.withUnsafeBytes { buffer in
            let offsets = stride(from: 0, to: buffer.count, by: width)
            if width == 4 {
                return .float(
                    offsets.map { offset in
                        let bits = buffer.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                        return Float(bitPattern: UInt32(littleEndian: bits))
                    })
            }
            return .double(
                offsets.map { offset in
                    let bits = buffer.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
                    return Double(bitPattern: UInt64(littleEndian: bits))
                })
        }
    }

    /// A file of these tensors, in their order: equal tensors give equal bytes.
    ///
    /// - Precondition: No two tensors have the same name.
    public static func bytes(of tensors: [Tensor]) -> [UInt8] {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "a name twice")
        var members: [JSONValue.Member] = []
        var data: [UInt8] = []
        for tensor in tensors {
            let start = data.count
            let type: String
            switch tensor.values {
            case .float(let values):
                type = "F32"
                data += encode(values.map(\.bitPattern.littleEndian))
            case .double(let values):
                type = "F64"
                data += encode(values.map(\.bitPattern.littleEndian))
            }
            members.append(
                .init(
                    tensor.name,
                    [
                        "dtype": .string(type),
                        "shape": .array(tensor.shape.map(JSONValue.integer)),
                        "data_offsets": [.integer(start), .integer(data.count)],
                    ]))
        }
        var header = Array(JSONValue.object(members).text.utf8)
        // Values start at a multiple of 8, for those who map the file.
        header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        return encode([UInt64(header.count).littleEndian]) + header + data
    }

    private static func encode(_ words: [some FixedWidthInteger]) -> [UInt8] {
        words.withUnsafeBytes(Array.init)
    }
}
