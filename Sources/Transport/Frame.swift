internal import CZeroMQ
internal import Glibc

/// One frame of a message, uniquely owned.
///
/// A small frame lives inside the value itself and moves with it, so no pointer to its bytes may
/// outlive the closure of `withBytes`.
struct Frame: ~Copyable {
    fileprivate var raw = zmq_msg_t()

    init() {
        zmq_msg_init(&raw)
    }

    deinit {
        var raw = raw
        zmq_msg_close(&raw)
    }

    /// Whether another frame of the same message follows.
    var hasMore: Bool {
        withUnsafePointer(to: raw) { zmq_msg_more($0) != 0 }
    }

    mutating func withBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try body(UnsafeRawBufferPointer(start: zmq_msg_data(&raw), count: zmq_msg_size(&raw)))
    }

    /// What the ZAP handler said of the connection that the frame came by.
    var userID: String? {
        withUnsafePointer(to: raw) { raw in
            zmq_msg_gets(raw, "User-Id").map { String(cString: $0) }
        }
    }
}

extension Socket {
    /// Takes the next frame, if there is one.
    ///
    /// - Parameter blocking: Waits for it, up to the socket's RCVTIMEO.
    /// - Returns: false where none has come, or the context is being shut down.
    func receive(into frame: inout Frame, blocking: Bool = false) -> Bool {
        while zmq_msg_recv(&frame.raw, raw, blocking ? 0 : ZMQ_DONTWAIT) < 0 {
            guard zmq_errno() == EINTR else { return false }
        }
        return true
    }

    /// Takes the rest of a message that began with `frame`, unread.
    ///
    /// - Returns: How many frames that were.
    func skipRest(after frame: inout Frame) -> Int {
        var count = 0
        // Messages arrive whole, so the rest is there.
        while frame.hasMore, receive(into: &frame, blocking: true) {
            count += 1
        }
        return count
    }
}
