internal import CZeroMQ
public import Coordination

/// A command's word with the coordinator: one request, one answer, one connection.
public enum ClientConnection {
    /// Asks the coordinator and awaits its answer, on a thread of its own.
    ///
    /// - Parameters:
    ///   - timeout: For all of it: finding an address that answers, too. From when the coordinator
    ///     says that it is at work on the request, ten minutes.
    ///   - onWork: Called then, with how many trials it enters.
    /// - Throws: `TransportError.unreachable` (exit 69), `.refused` (exit 77),
    ///   `.unexpectedAnswer`; `CodecError` for a request that is too large.
    public static func request(
        _ request: ClientRequest, access: AccessFile, timeout: Duration = .seconds(10),
        onWork: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws -> ClientReply {
        try await withCheckedThrowingContinuation { continuation in
            startThread(named: "client") {
                continuation.resume(
                    with: Result {
                        try exchange(request, access: access, timeout: timeout, onWork)
                    })
            }
        }
    }

    private static func exchange(
        _ request: ClientRequest, access: AccessFile, timeout: Duration,
        _ onWork: (Int) -> Void
    ) throws -> ClientReply {
        let frames = try Codec.encode(request, Envelope(sequence: 1))
        let context = try Context()
        defer { context.terminate(within: .seconds(1)) }
        let dealer = try Dealer(
            endpoints: access.endpoints, serverKey: access.serverKey, keys: access.submitter,
            in: context)
        defer { dealer.close() }

        func unreachable(_ hint: String) -> TransportError {
            .unreachable(endpoints: access.endpoints, hint: hint)
        }
        var hint = "nothing listens there; is it running?"
        var end = SuspendingClock.now + timeout
        while SuspendingClock.now < end {
            for change in dealer.changes() {
                switch change {
                case .connected:
                    guard dealer.socket.send(frames) == 0 else { continue }
                    hint = "it took the request and has not answered yet"
                case .refused: throw TransportError.refused(endpoint: dealer.endpoint)
                case .disconnected:
                    // The news overtakes the answer of a coordinator that stops.
                    while let reply = try reply(dealer) {
                        if case .working = reply { continue }
                        return reply
                    }
                    throw unreachable("it went away before it answered")
                case .failed: continue
                }
            }
            switch try reply(dealer) {
            case .working(let trials)?:
                onWork(trials)
                end = SuspendingClock.now + .seconds(600)
            case let reply?: return reply
            case nil: break
            }
            // Not for longer, so that every address has its turn.
            dealer.wait(atMost: min(.milliseconds(100), end - SuspendingClock.now))
        }
        throw unreachable(hint)
    }

    private static func reply(_ dealer: Dealer) throws -> ClientReply? {
        var frame = Frame()
        guard dealer.socket.receive(into: &frame) else { return nil }
        let header = try frame.withBytes(FrameHeader.init)
        if header.type == .error {
            let (_, message) = try dealer.socket.readMessage(&frame, as: CoordinatorMessage.self)
            guard case .error(let text) = message else { return nil }
            throw TransportError.unexpectedAnswer(text)
        }
        return try dealer.socket.readMessage(&frame, as: ClientReply.self).1
    }
}

extension Dealer {
    /// Waits until something has happened.
    func wait(atMost limit: Duration) {
        var items = [monitor, socket].map {
            zmq_pollitem_t(socket: $0.raw, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
        }
        // Interrupted or not: the caller looks anew.
        zmq_poll(&items, Int32(items.count), Int(max(.zero, limit).roundedUpToMilliseconds))
    }
}
