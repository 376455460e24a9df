internal import CZeroMQ
public import Coordination
internal import Glibc
public import Logging

/// A worker's end of its connection. Not Sendable: it belongs to its `SocketThread`.
///
/// It connects by itself, and again whenever the connection is lost, to any of the access file's
/// addresses; that wants `receive` to be called on ticks too.
public final class WorkerSocket {
    public enum Event: Hashable, Sendable {
        /// There is a connection, to a coordinator that has shown its key: time for HELLO.
        case connected
        /// The connection is lost; another is tried.
        case disconnected
        /// The coordinator does not let our key in: `TransportError.refused`, exit 77.
        case refused(endpoint: String)
        case message(CoordinatorMessage, Envelope)
    }

    /// How many messages were dropped since no sense could be made of them.
    public private(set) var badMessageCount = 0

    private let access: AccessFile
    private let context: Context
    private var dealer: Dealer
    private let logger: Logger

    /// Begins to connect.
    ///
    /// - Throws: `TransportError`.
    public init(access: AccessFile, logger: Logger) throws {
        self.access = access
        self.logger = logger
        context = try Context()
        dealer = try Self.dealer(access, in: context)
    }

    deinit {
        close()
    }

    private static func dealer(_ access: AccessFile, in context: Context) throws -> Dealer {
        try Dealer(
            endpoints: access.endpoints, serverKey: access.serverKey, keys: access.worker,
            in: context)
    }

    /// What the thread polls.
    var polled: [Socket] { [dealer.monitor, dealer.socket] }

    /// Drops the connection, with all that is queued, and begins to connect anew.
    ///
    /// - Throws: `TransportError`.
    public func reconnect() throws {
        dealer.close()
        dealer = try Self.dealer(access, in: context)
    }

    /// Takes what has happened, without waiting: first to the connection, then what came by it.
    ///
    /// - Parameter limit: How many messages.
    public func receive(upTo limit: Int) -> [Event] {
        guard dealer.socket.isOpen else { return [] }
        var events: [Event] = dealer.changes().compactMap { change in
            switch change {
            case .connected:
                logger.debug("connected", metadata: ["endpoint": "\(dealer.endpoint)"])
                return .connected
            case .disconnected:
                logger.debug("connection lost", metadata: ["endpoint": "\(dealer.endpoint)"])
                return .disconnected
            case .refused:
                return .refused(endpoint: dealer.endpoint)
            case .failed:
                logger.debug("no connection", metadata: ["endpoint": "\(dealer.endpoint)"])
                return nil
            }
        }
        var frame = Frame()
        for _ in 0..<limit {
            guard dealer.socket.receive(into: &frame) else { break }
            do {
                let (envelope, message) = try dealer.socket.readMessage(
                    &frame, as: CoordinatorMessage.self)
                events.append(.message(message, envelope))
            } catch {
                _ = dealer.socket.skipRest(after: &frame)
                badMessageCount += 1
                logger.debug("message refused", metadata: ["reason": "\(error)"])
            }
        }
        return events
    }

    /// Sends without waiting.
    ///
    /// - Returns: false where `receive` has told of no connection, or the coordinator does not
    ///   read: then the message is not sent, and not queued either.
    /// - Throws: `CodecError`, for what is too large.
    public func send(_ message: WorkerMessage, _ envelope: Envelope) throws -> Bool {
        let frames = try Codec.encode(message, envelope)
        // libzmq learns of a loss a little later, and would take what it is to drop.
        guard dealer.isConnected, dealer.socket.isOpen else { return false }
        let code = dealer.socket.send(frames)
        precondition(
            code == 0 || code == EAGAIN,
            "sending: \(TransportError.system(call: "zmq_send", code: code))")
        return code == 0
    }

    /// Ends the connection; what is queued is still sent, within `linger`.
    ///
    /// Blocks for a second longer than that at most. Nothing arrives and nothing is sent after it.
    public func close(linger: Duration = .zero) {
        guard dealer.socket.isOpen else { return }
        dealer.close(linger: linger)
        if !context.terminate(within: linger + .seconds(1)) {
            logger.error("the sockets did not close in time; what was queued may be lost")
        }
    }
}

extension Socket {
    /// Reads a message of which `frame` is the first; in case of an error some frames may be left.
    func readMessage<Message: WireMessage>(
        _ frame: inout Frame, as _: Message.Type
    ) throws -> (Envelope, Message) {
        let header = try frame.withBytes(FrameHeader.init)
        guard frame.hasMore, receive(into: &frame, blocking: true), !frame.hasMore else {
            throw CodecError.frame("a message has two frames, header and body")
        }
        let message = try frame.withBytes { try Message(type: header.type, body: $0) }
        return (header.envelope, message)
    }
}
