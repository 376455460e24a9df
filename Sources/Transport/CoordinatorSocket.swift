internal import CZeroMQ
public import Coordination
internal import Glibc
public import Logging

/// The coordinator's end of all connections. Not Sendable: it belongs to its `SocketThread`.
///
/// Whatever arrives is from a peer whose key is known, within the size limit, decoded and what the
/// key's role entitles to; anything else is counted, answered with ERROR and dropped.
public final class CoordinatorSocket {
    /// A message that has arrived.
    public struct Received: Sendable {
        public enum Content: Hashable, Sendable {
            case worker(WorkerMessage)
            case client(ClientRequest)
        }

        public let connection: ConnectionID
        public let envelope: Envelope
        public let content: Content
    }

    /// What became of a message that was to be sent.
    public enum SendOutcome: Hashable, Sendable {
        case sent
        /// The connection is gone; another will not have its name.
        case unreachable
        /// The peer does not read what it has been sent: it waits for a tick.
        case full
    }

    /// Where it listens, its port the real one.
    public let endpoint: String
    /// Where peers reach it, for the access file: for 0.0.0.0 the host's names and addresses.
    public let peersEndpoints: [String]
    /// How many messages were dropped since no sense could be made of them.
    public private(set) var badMessageCount = 0

    /// The latest of them, for who knows what peer that is.
    private var refusals: [Refusal] = []
    private static let refusalLimit = 16

    /// Why a message was dropped.
    public struct Refusal: Sendable {
        public let connection: ConnectionID
        public let reason: String
    }

    private let context: Context
    private let router: Socket
    private let accessControl: AccessControl
    private let logger: Logger

    /// Binds, and makes sure that who has no key does not get in.
    ///
    /// - Parameters:
    ///   - listen: `tcp://HOST:PORT`; port 0 is a free one.
    ///   - keys: The store's.
    /// - Throws: `TransportError`: an address that is no address or in use, a failed self-test.
    public init(listen: String, keys: CoordinatorKeys, logger: Logger) throws {
        self.logger = logger
        context = try Context()
        do {
            accessControl = try AccessControl(keys: keys, in: context, logger: logger)
            router = try Self.router(listen, keys.server, in: context)
            endpoint = try router.lastEndpoint()
            peersEndpoints = HostAddresses.peersEndpoints(for: endpoint)
        } catch {
            context.terminate(within: .seconds(1))
            throw error
        }
        // Of all addresses, the last is the loopback.
        try AccessControl.prove(
            peersEndpoints.last ?? endpoint, serverKey: keys.server.publicKey)
        accessControl.startCounting()
    }

    /// Opens the second socket: the same keys and allow-list, on the next port, or a free one.
    ///
    /// - Throws: `TransportError`.
    public func openFileSocket(keys: CoordinatorKeys) throws -> sending FileSocket {
        let colon = endpoint.lastIndex(of: ":") ?? endpoint.endIndex
        let next = UInt16(endpoint[colon...].dropFirst()).map { Int($0) + 1 } ?? 0
        for port in [next, 0] where port <= UInt16.max {
            do {
                let listen = "\(endpoint[..<colon]):\(port)"
                return try FileSocket(Self.router(listen, keys.server, in: context))
            } catch TransportError.endpointInUse where port != 0 {
                continue
            }
        }
        throw TransportError.endpointInUse(endpoint)
    }

    static func router(
        _ listen: String, _ keys: CurveKeyPair, in context: Context
    ) throws -> Socket {
        guard listen.hasPrefix("tcp://") else { throw TransportError.endpoint(listen) }
        let router = try Socket(ZMQ_ROUTER, in: context)
        try router.setConnectionOptions()
        try router.set(ZMQ_CURVE_SERVER, 1)
        try router.set(ZMQ_CURVE_SECRETKEY, keys.secretKey.text)
        try router.set(ZMQ_ZAP_DOMAIN, "swingby")
        try router.set(ZMQ_ROUTER_MANDATORY, 1)
        try router.set(ZMQ_BACKLOG, 1024)
        try router.set(ZMQ_IPV6, listen.contains("[") ? 1 : 0)
        try router.bind(HostAddresses.numeric(listen))
        return router
    }

    deinit {
        close()
    }

    /// How many connections were refused for their key.
    public var refusedKeyCount: Int { accessControl.refusalCount }

    /// What the thread polls.
    var polled: [Socket] { [router] }

    /// Takes what has arrived, without waiting.
    ///
    /// - Parameter limit: How many messages, so that a flood does not hold up a turn for ever.
    /// - Returns: Those that are sound, in the order in which they came.
    public func receive(upTo limit: Int) -> [Received] {
        var received: [Received] = []
        var frame = Frame()
        for _ in 0..<limit {
            guard router.isOpen, router.receive(into: &frame) else { break }
            let connection = frame.withBytes(ConnectionID.init(routingID:))
            do {
                guard let connection else {
                    throw CodecError.frame("the peer chose its own routing id")
                }
                received.append(try read(&frame, from: connection))
            } catch {
                _ = router.skipRest(after: &frame)
                reject(connection, "\(error)")
            }
        }
        return received
    }

    /// Reads the frames that follow a routing id; in case of an error some may be left.
    private func read(
        _ frame: inout Frame, from connection: ConnectionID
    ) throws -> Received {
        guard frame.hasMore, router.receive(into: &frame, blocking: true) else {
            throw CodecError.frame("no header")
        }
        let header = try frame.withBytes(FrameHeader.init)
        guard let role = frame.userID.flatMap(Role.init) else {
            throw CodecError.frame("the connection has no role")
        }
        guard frame.hasMore, router.receive(into: &frame, blocking: true), !frame.hasMore else {
            throw CodecError.frame("a message has two frames, header and body")
        }
        let content: Received.Content = try frame.withBytes { body in
            switch role {
            case .worker: .worker(try WorkerMessage(type: header.type, body: body))
            case .submitter: .client(try ClientRequest(type: header.type, body: body))
            }
        }
        return Received(connection: connection, envelope: header.envelope, content: content)
    }

    private func reject(_ connection: ConnectionID?, _ problem: String) {
        badMessageCount += 1
        logger.debug(
            "message refused",
            metadata: [
                "connection": "\(connection.map { "\($0.rawValue)" } ?? "none")",
                "reason": "\(problem)",
            ])
        guard let connection else { return }
        if refusals.count < Self.refusalLimit {
            refusals.append(Refusal(connection: connection, reason: problem))
        }
        do {
            // A peer that is gone or does not read misses the answer: it is owed no more.
            _ = try send(.error(problem), Envelope(), to: connection)
        } catch {
            preconditionFailure("an error message that cannot be encoded: \(error)")
        }
    }

    /// What was refused since the last call, or the first few of it.
    public func takeRefusals() -> [Refusal] {
        defer { refusals = [] }
        return refusals
    }

    /// Sends to a worker, without waiting.
    ///
    /// - Throws: `CodecError`, for what is too large.
    public func send(
        _ message: CoordinatorMessage, _ envelope: Envelope, to connection: ConnectionID
    ) throws -> SendOutcome {
        send(try Codec.encode(message, envelope), to: connection)
    }

    /// Answers a command, without waiting.
    ///
    /// - Throws: `CodecError`, for what is too large.
    public func send(_ reply: ClientReply, to connection: ConnectionID) throws -> SendOutcome {
        send(try Codec.encode(reply, Envelope()), to: connection)
    }

    private func send(
        _ frames: (header: FrameHeader, body: [UInt8]), to connection: ConnectionID
    ) -> SendOutcome {
        guard router.isOpen else { return .unreachable }
        let code = connection.withRoutingID { routingID in
            let code = router.send(routingID, more: true)
            return code == 0 ? router.send(frames) : code
        }
        switch code {
        case 0: return .sent
        case EAGAIN: return .full
        case EHOSTUNREACH: return .unreachable
        default:
            preconditionFailure("sending: \(TransportError.system(call: "zmq_send", code: code))")
        }
    }

    /// Stops listening and ends; what is queued is still sent, within `linger`.
    ///
    /// Blocks for a second longer than that at most. Nothing arrives and nothing is sent after it.
    public func close(linger: Duration = .zero) {
        guard router.isOpen else { return }
        router.close(linger: linger)
        if !context.terminate(within: linger + .seconds(1)) {
            logger.error("the sockets did not close in time; what was queued may be lost")
        }
    }
}

/// libzmq names a connection by a zero byte and four of a counter; a peer that brings a name of its
/// own is not served, so it can take no other's.
extension ConnectionID {
    /// - Returns: nil for a name that the peer chose itself.
    init?(routingID: UnsafeRawBufferPointer) {
        guard routingID.count == 5, routingID[0] == 0 else { return nil }
        self.init(routingID.reduce(0) { $0 << 8 | UInt64($1) })
    }

    func withRoutingID<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        withUnsafeBytes(of: rawValue.bigEndian) { body(.init(rebasing: $0[3...])) }
    }
}
