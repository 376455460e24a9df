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
    private let isCancelled: @Sendable () -> Bool

    /// - Parameter isCancelled: Whether to give up, with `CancellationError`.
    public init(
        access: AccessFile, role: Role, patience: Duration = .seconds(10),
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) {
        self.access = access
        self.role = role
        self.patience = patience
        self.isCancelled = isCancelled
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

    /// Brings a file, unless it is there already; where a part of it is, the rest.
    ///
    /// - Throws: As `get`.
    public func put(_ bytes: [UInt8]) throws {
        let digest = Digest256(hashing: bytes)
        try put(digest, size: bytes.count) { Array(bytes[$0..<$1]) }
    }

    /// Brings a file of which it reads a part at a time.
    ///
    /// - Parameter read: The bytes from an offset up to an end.
    /// - Throws: As `get`; what `read` throws.
    public func put(
        _ digest: Digest256, size: Int, read: (_ offset: Int, _ end: Int) throws -> [UInt8]
    ) throws {
        try withDealer { dealer in
            // The first part is empty: it asks how many bytes are there.
            var (offset, end, retreats) = (0, 0, 0)
            while true {
                let part = end > offset ? try read(offset, end) : []
                let reply = try exchange(
                    .put(digest, size: size, offset: offset, bytes: part), dealer)
                guard case .stored(let count) = reply, count <= size else {
                    throw Self.unexpected(reply)
                }
                if count == size { return }
                // The coordinator may have lost a draft, but not again and again.
                if count < end { retreats += 1 }
                guard retreats < 5 else { throw Self.unexpected(reply) }
                offset = count
                end = min(size, offset + Self.partSize)
            }
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
            if isCancelled() { throw CancellationError() }
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
