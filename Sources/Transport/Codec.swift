public import Coordination
internal import SwiftProtobuf

#if !_endian(little)
    #error("columns are copied as they lie in memory, which must be little-endian")
#endif

/// Messages as bytes.
///
/// Decoding trusts nothing: whatever a peer sends, it yields a value that keeps its rules or throws
/// a `CodecError`.
public enum Codec {
    /// The most that the body of a message may have; what is larger does not go over this socket.
    public static let bodyLimit = 1 << 20

    /// A worker's message as one run of bytes, header first, however long: what a file holds, in a
    /// spool or for the second socket.
    ///
    /// - Throws: `CodecError`, for names and lists longer than may be sent.
    public static func bytes(of message: WorkerMessage) throws -> [UInt8] {
        let (type, body) = try message.encoded()
        let header = FrameHeader(type: type, envelope: Envelope())
        return [UInt8](
            unsafeUninitializedCapacity: FrameHeader.sizeInBytes + body.count
        ) { buffer, count in
            let bytes = UnsafeMutableRawBufferPointer(buffer)
            header.write(to: bytes)
            UnsafeMutableRawBufferPointer(rebasing: bytes[FrameHeader.sizeInBytes...])
                .copyBytes(from: body)
            count = bytes.count
        }
    }

    /// Reads what `bytes(of:)` made.
    ///
    /// - Throws: `CodecError`.
    public static func workerMessage(from bytes: [UInt8]) throws -> WorkerMessage {
        try bytes.withUnsafeBytes { bytes in
            guard bytes.count >= FrameHeader.sizeInBytes else {
                throw CodecError.frame("\(bytes.count) bytes are shorter than a header")
            }
            let header = try FrameHeader(.init(rebasing: bytes[..<FrameHeader.sizeInBytes]))
            return try WorkerMessage(
                type: header.type, body: .init(rebasing: bytes[FrameHeader.sizeInBytes...]))
        }
    }

    static func encode(
        _ message: some WireMessage, _ envelope: Envelope
    ) throws -> (header: FrameHeader, body: [UInt8]) {
        let (type, body) = try message.encoded()
        guard body.count <= bodyLimit else {
            throw CodecError.tooLarge(type, sizeInBytes: body.count)
        }
        return (FrameHeader(type: type, envelope: envelope), body)
    }
}

/// A message that has a type and a body.
protocol WireMessage {
    /// - Throws: `CodecError`, for names and lists longer than may be sent.
    func encoded() throws -> (type: MessageType, body: [UInt8])

    /// - Throws: `CodecError`.
    init(type: MessageType, body: UnsafeRawBufferPointer) throws
}

extension MessageType {
    /// This type with a body, as `WireMessage` wants it.
    func with(_ body: some SwiftProtobuf.Message) throws -> (type: MessageType, body: [UInt8]) {
        (self, try body.serializedBytes())
    }

    /// This type without a body.
    var alone: (type: MessageType, body: [UInt8]) { (self, []) }

    /// Reads a body of this type. Fields that this version does not know are passed over.
    func parse<Body: SwiftProtobuf.Message>(
        _ bytes: UnsafeRawBufferPointer, as _: Body.Type = Body.self
    ) throws -> Body {
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        options.messageDepthLimit = 8
        do {
            return try Body(serializedBytes: bytes.bytes, options: options)
        } catch {
            throw CodecError.body(self, "not a Protocol Buffers message")
        }
    }

    /// Checks that nothing came where nothing belongs.
    func parseNothing(_ bytes: UnsafeRawBufferPointer) throws {
        try require(bytes.isEmpty, "\(bytes.count) bytes; it has none")
    }

    func require(_ condition: Bool, _ problem: @autoclosure () -> String) throws {
        guard condition else { throw CodecError.body(self, problem()) }
    }
}
