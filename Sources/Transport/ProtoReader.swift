/// Reads the fields of a Protocol Buffers message, one after the other: by hand, what comes by the
/// hundred thousand. It trusts nothing; what it takes, the generated code takes for the same, which a
/// test shows. (Groups, which no message here has, it refuses.)
struct ProtoReader {
    private let bytes: UnsafeRawBufferPointer
    private var place = 0
    /// What errors name.
    private let type: MessageType

    /// A field's number and its value; one of a type that it does not have is to be passed over.
    struct Field {
        let number: UInt64
        let value: Value

        enum Value {
            case varint(UInt64)
            case fixed(UInt64)
            case blob(UnsafeRawBufferPointer)
            case other
        }
    }

    init(_ bytes: UnsafeRawBufferPointer, of type: MessageType) {
        self.bytes = bytes
        self.type = type
    }

    /// - Returns: nil at the end.
    /// - Throws: `CodecError`.
    mutating func next() throws -> Field? {
        guard place < bytes.count else { return nil }
        let key = try varint()
        let number = key >> 3
        // A field's number has 29 bits, and none is 0.
        guard (1..<1 << 29).contains(number) else { throw broken }
        switch key & 7 {
        case 0: return Field(number: number, value: .varint(try varint()))
        case 1:
            let eight = try take(8)
            let value = UInt64(littleEndian: eight.loadUnaligned(as: UInt64.self))
            return Field(number: number, value: .fixed(value))
        case 2:
            let size = try varint()
            guard size <= UInt64(bytes.count) else { throw broken }
            return Field(number: number, value: .blob(try take(Int(size))))
        case 5:
            _ = try take(4)
            return Field(number: number, value: .other)
        default: throw broken
        }
    }

    private var broken: CodecError { .body(type, "not a Protocol Buffers message") }

    private mutating func take(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count <= bytes.count - place else { throw broken }
        defer { place += count }
        return UnsafeRawBufferPointer(rebasing: bytes[place..<place + count])
    }

    private mutating func varint() throws -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < bytes.count, shift < 64 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw broken
    }
}

extension MessageType {
    /// Reads each field of a message.
    func readFields(
        _ bytes: UnsafeRawBufferPointer, _ body: (ProtoReader.Field) throws -> Void
    ) throws {
        var reader = ProtoReader(bytes, of: self)
        while let field = try reader.next() { try body(field) }
    }

    /// A text of a message.
    func text(utf8 bytes: UnsafeRawBufferPointer) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CodecError.body(self, "not a Protocol Buffers message")
        }
        return text
    }
}
