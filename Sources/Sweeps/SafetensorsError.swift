/// What can be wrong with a safetensors file.
public enum SafetensorsError: Error, Hashable, Sendable {
    /// It ends before what it speaks of.
    case truncated(Int, needed: Int)
    /// Its first 8 bytes are no length of a header.
    case hugeHeader(UInt64)
    /// The header is not the JSON that is expected.
    case header
    /// A tensor of a type that is not read.
    case type(String, of: String)
    /// A tensor that does not begin where the one before ends.
    case offsets([Int], of: String, expected: Int)
    /// A shape that does not fit the tensor's bytes.
    case shape([Int], of: String)
    /// Bytes after the last tensor.
    case surplus(Int)
}

extension SafetensorsError: CustomStringConvertible {
    public var description: String {
        "not a safetensors file as it should be: \(detail)"
    }

    private var detail: String {
        switch self {
        case .truncated(let count, let needed):
            "it has \(count) bytes and speaks of \(needed); copy it again"
        case .hugeHeader(let length):
            "its header would have \(length) bytes; at most 100000000 are read"
        case .header:
            "its header is not a JSON object of dtype, shape and data_offsets for each tensor"
        case .type(let type, let name):
            "'\(name.visible)' is of type \(type.visible); F32, F64 and U8 are read"
        case .offsets(let offsets, let name, let expected):
            "'\(name.visible)' has data_offsets \(offsets); it would have to begin at \(expected), "
                + "where the tensor before it ends"
        case .shape(let shape, let name):
            "'\(name.visible)' has shape \(shape), which does not fit its bytes"
        case .surplus(let count):
            "\(count) bytes at its end belong to no tensor"
        }
    }
}
