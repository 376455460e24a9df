internal import CZeroMQ
internal import Coordination
public import Sweeps

/// A peer's end of the second socket: gets a file from the coordinator, or brings it one.
///
/// Each call has a connection of its own and blocks its thread until it is done.
public struct FileExchange: Sendable {
    /// How many bytes of a file one message carries: half of what it may have.
    public static let partSize = 1 << 19

    private let access: AccessFile
    private let role: Role
    /// Silence after which the coordinator counts as gone.
    private let patience: Duration

    public init(access: AccessFile, role: Role, patience: Duration = .seconds(10)) {
        self.access = access
        self.role = role
        self.patience = patience
    }

    /// The bytes of a file, which are compared with the digest.
    ///
    /// - Throws: `TransportError.unreachable`, `.refused`, `.unexpectedAnswer`.
    public func get(_ digest: Digest256) throws -> [UInt8] {
        try withDealer { dealer in
            var bytes: [UInt8] = []
            while true {
                let reply = try exchange(.get(digest, offset: bytes.count), dealer)
                guard case .part(let size, bytes.count, let part) = reply,
                    !part.isEmpty || size == 0
                else { throw Self.unexpected(reply) }
                bytes += part
                if bytes.count >= size { break }
            }
            guard Digest256(hashing: bytes) == digest else {
                throw TransportError.unexpectedAnswer("other bytes than those of \(digest)")
            }
            return bytes
        }
    }

    /// Brings a file, unless it is there already.
    ///
    /// - Throws: As `get`.
    public func put(_ bytes: [UInt8]) throws {
        let digest = Digest256(hashing: bytes)
        try withDealer { dealer in
            var offset = 0
            repeat {
                let end = min(bytes.count, offset + Self.partSize)
                let reply = try exchange(
                    .put(
                        digest, size: bytes.count, offset: offset,
                        bytes: Array(bytes[offset..<end])), dealer)
                guard case .stored(let count) = reply, count >= end else {
                    throw Self.unexpected(reply)
                }
                offset = count
            } while offset < bytes.count
        }
    }

    private static func unexpected(_ reply: FileReply) -> TransportError {
        if case .refused(let text) = reply { return .unexpectedAnswer(text) }
        return .unexpectedAnswer("a part that was not asked for")
    }

    private func withDealer<Value>(_ body: (Dealer) throws -> Value) throws -> Value {
        guard !access.fileEndpoints.isEmpty else {
            throw TransportError.unexpectedAnswer("it moves no files; start it anew")
        }
        let context = try Context()
        defer { context.terminate(within: .seconds(1)) }
        let dealer = try Dealer(
            endpoints: access.fileEndpoints, serverKey: access.serverKey,
            keys: role == .worker ? access.worker : access.submitter, in: context)
        defer { dealer.close() }
        return try body(dealer)
    }

    private func exchange(_ request: FileRequest, _ dealer: Dealer) throws -> FileReply {
        let frames = try Codec.encode(request, Envelope(sequence: 1))
        var isSent = dealer.isConnected && dealer.socket.send(frames) == 0
        let end = SuspendingClock.now + patience
        var frame = Frame()
        while SuspendingClock.now < end {
            for change in dealer.changes() {
                switch change {
                case .connected: isSent = dealer.socket.send(frames) == 0
                case .refused: throw TransportError.refused(endpoint: dealer.endpoint)
                case .disconnected, .failed: isSent = false
                }
            }
            if dealer.socket.receive(into: &frame) {
                return try dealer.socket.readMessage(&frame, as: FileReply.self).1
            }
            dealer.wait(atMost: min(.milliseconds(100), end - SuspendingClock.now))
        }
        throw TransportError.unreachable(
            endpoints: access.fileEndpoints,
            hint: isSent ? "it took the request and did not answer" : "is it running?")
    }
}
