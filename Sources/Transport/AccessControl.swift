internal import CZeroMQ
internal import Glibc
internal import Logging
internal import Synchronization

/// Answers libzmq's question whom to let in (ZAP, rfc.zeromq.org/spec/27), on a thread of its own.
///
/// libzmq lets everybody in who knows the server's public key where nobody answers; so this is
/// there before the ROUTER binds, ends after it, and is put to the test at start.
final class AccessControl: Sendable {
    private let refusals = Atomic(0)
    private let isCounting = Atomic(false)
    private let allowed: [[UInt8]: Role]
    private let logger: Logger

    /// Answers until `context` is shut down.
    ///
    /// - Throws: `TransportError`.
    init(keys: CoordinatorKeys, in context: Context, logger: Logger) throws {
        allowed = keys.allowed
        self.logger = logger
        // Only moved: the new thread has it to itself from here on.
        nonisolated(unsafe) let socket = try Socket(ZMQ_REP, in: context)
        try socket.bind("inproc://zeromq.zap.01")
        startThread(named: "zap") {
            self.answer(socket)
            socket.close()
        }
    }

    /// Begins to count and to report refusals: not before the self-test, which is refused.
    func startCounting() {
        isCounting.store(true, ordering: .relaxed)
    }

    var refusalCount: Int { refusals.load(ordering: .relaxed) }

    private func answer(_ socket: Socket) {
        var frame = Frame()
        while true {
            guard socket.receive(into: &frame, blocking: true) else {
                // Rather no program than one that lets everybody in.
                precondition(zmq_errno() == ETERM, "ZAP: \(TransportError.last("zmq_msg_recv"))")
                return
            }
            var request = [frame.withBytes { Array($0) }]
            while frame.hasMore, socket.receive(into: &frame, blocking: true) {
                request.append(frame.withBytes { Array($0) })
            }
            let reply = reply(to: request)
            for (index, part) in reply.enumerated() {
                // A reply that fails leaves one connection waiting, which HANDSHAKE_IVL ends.
                _ = part.withUnsafeBytes { socket.send($0, more: index < reply.count - 1) }
            }
        }
    }

    /// Frames in: version, request, domain, address, routing id, mechanism, public key.
    /// Frames out: version, request, status, text, user, metadata.
    private func reply(to request: [[UInt8]]) -> [[UInt8]] {
        let version = Array("1.0".utf8)
        guard request.count >= 2, request[0] == version else {
            return [version, [], Array("500".utf8), Array("not a ZAP request".utf8), [], []]
        }
        if request.count == 7, request[5] == Array("CURVE".utf8), let role = allowed[request[6]] {
            return [
                version, request[1], Array("200".utf8), [], Array(role.rawValue.utf8), [],
            ]
        }
        let refusal = [version, request[1], Array("400".utf8), Array("unknown key".utf8), [], []]
        guard isCounting.load(ordering: .relaxed) else { return refusal }
        let count = refusals.add(1, ordering: .relaxed).newValue
        // 1, 2, 4, 8 ...: a flood of refusals is no flood of lines.
        if count.nonzeroBitCount == 1 {
            let address = request.count > 3 ? String(decoding: request[3], as: UTF8.self) : ""
            logger.notice(
                "key refused",
                metadata: ["peer.address": "\(address)", "refusals": "\(count)"])
        }
        return refusal
    }

    /// Knocks at a server's door with a key that nobody knows.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server listens, as a peer connects to it.
    ///   - deadline: How long its answer may take.
    /// - Throws: `TransportError.unprotected`, unless the key is refused.
    static func prove(
        _ endpoint: String, serverKey: CurveKey, deadline: Duration = .seconds(10)
    ) throws {
        let context = try Context()
        defer { context.terminate(within: .seconds(1)) }
        let stranger = try Dealer(
            endpoints: [endpoint], serverKey: serverKey, keys: CurveKeyPair(), in: context)
        defer { stranger.close() }
        let end = SuspendingClock.now + deadline
        while SuspendingClock.now < end {
            for change in stranger.changes(waiting: .milliseconds(100)) {
                switch change {
                case .refused: return
                case .connected:
                    throw TransportError.unprotected("a key that nobody knows was let in")
                case .disconnected, .failed: continue
                }
            }
        }
        throw TransportError.unprotected("no connection to \(endpoint) came about")
    }
}
