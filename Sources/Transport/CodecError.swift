/// What can be wrong with a message, coming or going.
public enum CodecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The frames or the header are not those of a message.
    case frame(String)
    case version(UInt16)
    /// No such type, or not one that this side takes.
    case type(UInt16)
    /// The body is not Protocol Buffers, or a field has a value that it may not have.
    case body(MessageType, String)
    /// What is to be sent exceeds what the socket takes; the limit is `Codec.bodyLimit`.
    case tooLarge(MessageType, sizeInBytes: Int)

    public var description: String {
        switch self {
        case .frame(let problem): "not a message: \(problem)"
        case .version(let version):
            "a message of protocol version \(version); this program speaks \(FrameHeader.version)"
        case .type(let type): "a message of type \(type), which has no place here"
        case .body(let type, let problem): "\(type): \(problem)"
        case .tooLarge(let type, let size):
            "\(type) of \(size) bytes; a message has at most \(Codec.bodyLimit)"
        }
    }
}
