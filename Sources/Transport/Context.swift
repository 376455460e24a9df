internal import CZeroMQ

/// A libzmq context: its I/O thread and the sockets that can see each other by inproc.
///
/// Shareable, since libzmq's contexts are thread-safe; it has to outlive its sockets, whence every
/// `Socket` keeps it.
final class Context: @unchecked Sendable {
    let raw: UnsafeMutableRawPointer

    /// - Throws: `TransportError`, where the process has no descriptors left.
    init() throws {
        guard let raw = zmq_ctx_new() else { throw TransportError.last("zmq_ctx_new") }
        self.raw = raw
        // One I/O thread carries more than a million messages a second.
        zmq_ctx_set(raw, ZMQ_IO_THREADS, 1)
    }

    /// Has every call on the sockets that are still open return with ETERM.
    func shutDown() {
        zmq_ctx_shutdown(raw)
    }

    /// Ends the context once what is queued has been sent or its sockets' linger is over; without
    /// this a process that exits loses it.
    ///
    /// - Returns: Whether that was done by the deadline; if not, a socket was left open, and the
    ///   context is abandoned.
    @discardableResult
    func terminate(within deadline: Duration) -> Bool {
        shutDown()
        // A pipe and not a lock, because it can be waited for with a deadline.
        let done = EventDescriptor()
        startThread(named: "zmq-term") {
            while zmq_ctx_term(self.raw) != 0, zmq_errno() == EINTR {}
            done.signal()
        }
        return done.wait(for: deadline)
    }
}
