internal import CZeroMQ
internal import Glibc

/// A libzmq socket. Not Sendable: it belongs to one thread at a time.
final class Socket {
    let raw: UnsafeMutableRawPointer
    /// Kept for as long as the socket lives.
    private let context: Context
    private(set) var isOpen = true

    /// - Parameter kind: As `ZMQ_ROUTER`.
    /// - Throws: `TransportError`.
    init(_ kind: Int32, in context: Context) throws {
        guard let raw = zmq_socket(context.raw, kind) else {
            throw TransportError.last("zmq_socket")
        }
        self.raw = raw
        self.context = context
        try set(ZMQ_LINGER, 0)
    }

    deinit {
        close()
    }

    /// What is queued is still sent, within the linger, while the context lives.
    func close(linger: Duration = .zero) {
        guard isOpen else { return }
        isOpen = false
        var milliseconds = Int32(clamping: linger.roundedUpToMilliseconds)
        zmq_setsockopt(raw, ZMQ_LINGER, &milliseconds, MemoryLayout<Int32>.size)
        zmq_close(raw)
    }

    func set(_ option: Int32, _ value: Int32) throws {
        var value = value
        try check("zmq_setsockopt", zmq_setsockopt(raw, option, &value, MemoryLayout<Int32>.size))
    }

    func set(_ option: Int32, wide value: Int64) throws {
        var value = value
        try check("zmq_setsockopt", zmq_setsockopt(raw, option, &value, MemoryLayout<Int64>.size))
    }

    func set(_ option: Int32, _ value: String) throws {
        try check("zmq_setsockopt", zmq_setsockopt(raw, option, value, value.utf8.count))
    }

    func set(_ option: Int32, _ value: [UInt8]) throws {
        try check("zmq_setsockopt", zmq_setsockopt(raw, option, value, value.count))
    }

    func bind(_ endpoint: String) throws {
        guard zmq_bind(raw, endpoint) != 0 else { return }
        switch zmq_errno() {
        case EADDRINUSE: throw TransportError.endpointInUse(endpoint)
        case EINVAL, ENODEV, EPROTONOSUPPORT, EADDRNOTAVAIL:
            throw TransportError.endpoint(endpoint)
        default: throw TransportError.last("zmq_bind to \(endpoint)")
        }
    }

    func connect(_ endpoint: String) throws {
        try check("zmq_connect to \(endpoint)", zmq_connect(raw, endpoint))
    }

    func disconnect(_ endpoint: String) {
        // Fails where the connection is gone already, which is as good.
        zmq_disconnect(raw, endpoint)
    }

    /// What `bind` chose for port 0.
    func lastEndpoint() throws -> String {
        var buffer = [UInt8](repeating: 0, count: 256)
        var size = buffer.count
        try check(
            "zmq_getsockopt", zmq_getsockopt(raw, ZMQ_LAST_ENDPOINT, &buffer, &size))
        return String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Sends a frame without waiting.
    ///
    /// - Returns: 0, or the error number: EAGAIN where the queue is full or there is no
    ///   connection, EHOSTUNREACH where a ROUTER does not know the peer.
    func send(_ bytes: UnsafeRawBufferPointer, more: Bool) -> Int32 {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        while zmq_send(raw, bytes.baseAddress, bytes.count, flags) < 0 {
            let code = zmq_errno()
            guard code == EINTR else { return code }
        }
        return 0
    }

    /// Sends header and body without waiting: both or neither.
    ///
    /// - Returns: As for a frame.
    func send(_ frames: (header: FrameHeader, body: [UInt8])) -> Int32 {
        let code = withUnsafeTemporaryAllocation(
            byteCount: FrameHeader.sizeInBytes, alignment: 8
        ) { header in
            frames.header.write(to: header)
            return send(UnsafeRawBufferPointer(header), more: true)
        }
        guard code == 0 else { return code }
        return frames.body.withUnsafeBytes { send($0, more: false) }
    }

    private func check(_ call: String, _ result: Int32) throws {
        guard result == 0 else { throw TransportError.last(call) }
    }

    /// What both ends of every connection have in common.
    func setConnectionOptions() throws {
        // A dead link is noticed in 3 s; libzmq's own default is never.
        try set(ZMQ_HEARTBEAT_IVL, 1000)
        try set(ZMQ_HEARTBEAT_TIMEOUT, 3000)
        try set(ZMQ_HEARTBEAT_TTL, 3000)
        try set(ZMQ_HANDSHAKE_IVL, 10_000)
        // The limit counts the frame as it is encrypted, 33 bytes longer than a body.
        try set(ZMQ_MAXMSGSIZE, wide: Int64(Codec.bodyLimit + 64))
        try set(ZMQ_SNDHWM, 1000)
        try set(ZMQ_RCVHWM, 1000)
    }
}
