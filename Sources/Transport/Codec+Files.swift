internal import Coordination
internal import Sweeps
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension FileRequest: WireMessage {
    func encoded() throws -> (type: MessageType, body: [UInt8]) {
        switch self {
        case .get(let digest, let offset):
            var body = WireGetFile()
            body.digest = Data(digest.bytes)
            body.offset = UInt64(offset)
            return try MessageType.getFile.with(body)
        case .put(let digest, let size, let offset, let bytes):
            var body = WirePutFile()
            body.digest = Data(digest.bytes)
            body.size = UInt64(size)
            body.offset = UInt64(offset)
            body.bytes = Data(bytes)
            return try MessageType.putFile.with(body)
        }
    }

    init(type: MessageType, body: UnsafeRawBufferPointer) throws {
        switch type {
        case .getFile:
            let wire: WireGetFile = try type.parse(body)
            self = .get(
                try type.digest(wire.digest), offset: try type.number(wire.offset, "offset"))
        case .putFile:
            let wire: WirePutFile = try type.parse(body)
            let size = try type.number(wire.size, "size")
            let offset = try type.number(wire.offset, "offset")
            try type.require(
                offset <= size && wire.bytes.count <= size - offset,
                "\(wire.bytes.count) bytes at \(offset) of \(size)")
            self = .put(
                try type.digest(wire.digest), size: size, offset: offset,
                bytes: Array(wire.bytes))
        default:
            throw CodecError.type(type.rawValue)
        }
    }
}

extension FileReply: WireMessage {
    func encoded() throws -> (type: MessageType, body: [UInt8]) {
        switch self {
        case .part(let size, let offset, let bytes):
            var body = WireFilePart()
            body.size = UInt64(size)
            body.offset = UInt64(offset)
            body.bytes = Data(bytes)
            return try MessageType.filePart.with(body)
        case .stored(let count):
            return try MessageType.fileStored.with(
                WireFileStored.with { $0.stored = UInt64(count) })
        case .refused(let text):
            return try MessageType.fileRefused.with(
                WireRejected.with { $0.text = MessageType.cutText(text) })
        }
    }

    init(type: MessageType, body: UnsafeRawBufferPointer) throws {
        switch type {
        case .filePart:
            let wire: WireFilePart = try type.parse(body)
            self = .part(
                size: try type.number(wire.size, "size"),
                offset: try type.number(wire.offset, "offset"), bytes: Array(wire.bytes))
        case .fileStored:
            let wire: WireFileStored = try type.parse(body)
            self = .stored(try type.number(wire.stored, "stored"))
        case .fileRefused:
            self = .refused(try type.text(type.parse(body, as: WireRejected.self).text))
        default:
            throw CodecError.type(type.rawValue)
        }
    }
}
