internal import CZeroMQ
internal import Glibc

/// The peer's end of a connection: a DEALER, and the monitor that says how the connection fares.
///
/// It has one connection at a time, since a DEALER deals its messages out to all that it has; where
/// a coordinator has several addresses they are tried in turn. Nothing is queued for a connection
/// that does not exist, so a message of an older connection never turns up on a newer one.
final class Dealer {
    /// News of the connection.
    enum Change: Hashable {
        /// CURVE's handshake is done, so both sides know each other.
        case connected
        case disconnected
        /// The server does not know our key.
        case refused
        /// Nobody there, another protocol, another server's key.
        case failed
    }

    /// How long an address has before the next one's turn, when it failed and when it is silent.
    private static let failedPatience = Duration.milliseconds(250)
    private static let silentPatience = Duration.milliseconds(2500)

    let socket: Socket
    let monitor: Socket
    private let endpoints: [String]
    private var current = 0
    private var since = SuspendingClock.now
    private var hasFailed = false
    private(set) var isConnected = false

    /// - Throws: `TransportError`.
    init(
        endpoints: [String], serverKey: CurveKey, keys: CurveKeyPair, in context: Context
    ) throws {
        self.endpoints = endpoints
        socket = try Socket(ZMQ_DEALER, in: context)
        try socket.setConnectionOptions()
        try socket.set(ZMQ_CURVE_SERVERKEY, serverKey.text)
        try socket.set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.text)
        try socket.set(ZMQ_CURVE_SECRETKEY, keys.secretKey.text)
        try socket.set(ZMQ_CONNECT_TIMEOUT, 2000)
        try socket.set(ZMQ_RECONNECT_IVL, 100)
        try socket.set(ZMQ_RECONNECT_IVL_MAX, 5000)
        try socket.set(ZMQ_IMMEDIATE, 1)
        monitor = try Socket(ZMQ_PAIR, in: context)
        let name = "inproc://monitor-\(UInt(bitPattern: socket.raw))"
        guard zmq_socket_monitor(socket.raw, name, ZMQ_EVENT_ALL) == 0 else {
            throw TransportError.last("zmq_socket_monitor")
        }
        try monitor.connect(name)
        try connect()
    }

    var endpoint: String { endpoints[current] }

    private func connect() throws {
        // With IPv6 on, a name that has both kinds of address would lose the older one.
        try socket.set(ZMQ_IPV6, endpoint.contains("[") ? 1 : 0)
        try socket.connect(endpoint)
        since = .now
        hasFailed = false
    }

    /// What became of the connection since the last call; goes on to the next address where this
    /// one does not answer, so it wants to be called every now and then.
    ///
    /// - Parameter limit: How long to wait for news.
    func changes(waiting limit: Duration = .zero) -> [Change] {
        if limit > .zero {
            var item = zmq_pollitem_t(
                socket: monitor.raw, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
            zmq_poll(&item, 1, Int(limit.roundedUpToMilliseconds))
        }
        var changes: [Change] = []
        var frame = Frame()
        while monitor.receive(into: &frame) {
            let event = frame.withBytes {
                $0.count >= 2 ? $0.loadUnaligned(as: UInt16.self) : 0
            }
            let value = frame.withBytes {
                $0.count >= 6 ? $0.loadUnaligned(fromByteOffset: 2, as: UInt32.self) : 0
            }
            _ = monitor.skipRest(after: &frame)
            if let change = note(Int32(event), value) { changes.append(change) }
        }
        tryNextAddress()
        return changes
    }

    private func note(_ event: Int32, _ value: UInt32) -> Change? {
        switch event {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
            isConnected = true
            hasFailed = false
            return .connected
        case ZMQ_EVENT_DISCONNECTED where isConnected:
            isConnected = false
            since = .now
            return .disconnected
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH where value == 400:
            hasFailed = true
            return .refused
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL,
            ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, ZMQ_EVENT_CONNECT_RETRIED:
            hasFailed = true
            return .failed
        default:
            return nil
        }
    }

    private func tryNextAddress() {
        guard endpoints.count > 1, !isConnected else { return }
        let patience = hasFailed ? Self.failedPatience : Self.silentPatience
        guard SuspendingClock.now - since > patience else { return }
        socket.disconnect(endpoint)
        current = (current + 1) % endpoints.count
        do {
            try connect()
        } catch {
            // An address that libzmq cannot read: the next one's turn comes soon.
            since = .now
            hasFailed = true
        }
    }

    func close(linger: Duration = .zero) {
        zmq_socket_monitor(socket.raw, nil, 0)
        monitor.close()
        socket.close(linger: linger)
    }
}
