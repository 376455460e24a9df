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
        case metadata([String: String])

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.last?.stringValue == "__metadata__" {
                self = .metadata(try decoder.singleValueContainer().decode([String: String].self))
            } else {
                self = .tensor(try decoder.singleValueContainer().decode(Entry.self))
            }
        }
    }

    /// Reads a file's tensors, in the order of their bytes.
    ///
    /// Single (`F32`) and double (`F64`) precision and bytes (`U8`) are known. Strict: every byte
    /// belongs to one tensor.
    public static func read(_ bytes: [UInt8]) throws(SafetensorsError) -> [Tensor] {
        let (header, _, start) = try readHeader(bytes)
        var end = 0
        var tensors: [Tensor] = []
        let ordered = header.sorted {
            // One without values lies before the one that begins where it ends.
            ($0.value.offsets.first ?? 0, $0.value.offsets.last ?? 0, $0.key)
                < ($1.value.offsets.first ?? 0, $1.value.offsets.last ?? 0, $1.key)
        }
        for (name, entry) in ordered {
            let tensor = try read(name, entry, after: end, bytes[start...])
            tensors.append(tensor)
            end = entry.offsets[1]
        }
        guard start + end == bytes.count else { throw .surplus(bytes.count - start - end) }
        return tensors
    }

    /// What a file says of itself as a whole; empty where it says nothing.
    public static func metadata(of bytes: [UInt8]) throws(SafetensorsError) -> [String: String] {
        try readHeader(bytes).metadata
    }

    private static func readHeader(
        _ bytes: [UInt8]
    ) throws(SafetensorsError) -> (
        entries: [String: Entry], metadata: [String: String], end: Int
    ) {
        guard bytes.count >= 8 else { throw .truncated(bytes.count, needed: 8) }
        let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(headerLimit) else { throw .hugeHeader(length) }
        let end = 8 + Int(length)
        guard bytes.count >= end else { throw .truncated(bytes.count, needed: end) }
        do {
            let members = try JSONDecoder().decode(
                [String: Member].self, from: Data(bytes[8..<end]))
            var entries: [String: Entry] = [:]
            var metadata: [String: String] = [:]
            for (name, member) in members {
                switch member {
                case .tensor(let entry): entries[name] = entry
                case .metadata(let texts): metadata = texts
                }
            }
            return (entries, metadata, end)
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
        case "U8": width = 1
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
        switch width {
        case 4: .float(numbers(bytes, zero: 0))
        case 8: .double(numbers(bytes, zero: 0))
        default: .bytes(Array(bytes))
        }
    }

    private static func numbers<Number: BitwiseCopyable>(
        _ bytes: ArraySlice<UInt8>, zero: Number
    ) -> [Number] {
        var numbers = [Number](repeating: zero, count: bytes.count / MemoryLayout<Number>.size)
        numbers.withUnsafeMutableBytes { target in bytes.withUnsafeBytes(target.copyMemory) }
        return numbers
    }

    /// A file of these tensors, in their order: equal tensors give equal bytes.
    ///
    /// - Parameter metadata: What the file says of itself as a whole.
    /// - Precondition: No two tensors have the same name.
    public static func bytes(of tensors: [Tensor], metadata: [String: String] = [:]) -> [UInt8] {
        precondition(Set(tensors.map(\.name)).count == tensors.count, "a name twice")
        var members: [JSONValue.Member] = []
        if !metadata.isEmpty {
            let texts = metadata.sorted { $0.key < $1.key }
            members.append(
                .init(
                    "__metadata__", .object(texts.map { .init($0.key, .string($0.value)) })))
        }
        var size = 0
        for tensor in tensors {
            let (type, width) =
                switch tensor.values {
                case .float: ("F32", 4)
                case .double: ("F64", 8)
                case .bytes: ("U8", 1)
                }
            let end = size + width * tensor.values.count
            members.append(
                .init(
                    tensor.name,
                    [
                        "dtype": .string(type),
                        "shape": .array(tensor.shape.map(JSONValue.integer)),
                        "data_offsets": [.integer(size), .integer(end)],
                    ]))
            size = end
        }
        var header = Array(JSONValue.object(members).text.utf8)
        // Values start at a multiple of 8, for those who map the file.
        header += Array(repeating: UInt8(ascii: " "), count: (8 - header.count % 8) % 8)
        let start = 8 + header.count
        return [UInt8](unsafeUninitializedCapacity: start + size) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            bytes.storeBytes(of: UInt64(header.count), as: UInt64.self)
            UnsafeMutableRawBufferPointer(rebasing: bytes[8...]).copyBytes(from: header)
            count = start
            for tensor in tensors {
                tensor.values.withBytes { source in
                    UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
                        .copyMemory(from: source)
                    count += source.count
                }
            }
        }
    }
}
