internal import CZeroMQ
public import Coordination

/// The coordinator's second socket: files come and go over it in parts. Not Sendable: it belongs to
/// its `SocketThread`; the first socket outlives it.
public final class FileSocket {
    /// Where peers reach it, for the access file.
    public let peersEndpoints: [String]
    private let router: Socket

    init(_ router: Socket) throws {
        self.router = router
        peersEndpoints = HostAddresses.peersEndpoints(for: try router.lastEndpoint())
    }

    /// What the thread polls.
    var polled: [Socket] { [router] }

    /// Answers the requests that have arrived, at most `limit` of them.
    ///
    /// - Parameter answer: What to say to a request of a peer of this role.
    public func serve(upTo limit: Int, _ answer: (FileRequest, Role) -> FileReply) {
        var frame = Frame()
        for _ in 0..<limit {
            guard router.isOpen, router.receive(into: &frame) else { return }
            guard let connection = frame.withBytes(ConnectionID.init(routingID:)), frame.hasMore,
                router.receive(into: &frame, blocking: true)
            else {
                _ = router.skipRest(after: &frame)
                continue
            }
            let reply: FileReply
            if let role = frame.userID.flatMap(Role.init) {
                do {
                    reply = answer(try router.readMessage(&frame, as: FileRequest.self).1, role)
                } catch {
                    reply = .refused("\(error)")
                }
            } else {
                reply = .refused("the connection has no role")
            }
            _ = router.skipRest(after: &frame)
            send(reply, to: connection)
        }
    }

    private func send(_ reply: FileReply, to connection: ConnectionID) {
        guard let frames = try? Codec.encode(reply, Envelope()) else { return }  // parts are small
        connection.withRoutingID { routingID in
            // A peer that is gone, or does not read, asks again when it is back.
            guard router.send(routingID, more: true) == 0 else { return }
            _ = router.send(frames)
        }
    }

    public func close() {
        router.close()
    }
}
