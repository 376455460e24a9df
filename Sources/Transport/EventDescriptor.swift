internal import CZeroMQ
internal import Glibc

/// An eventfd: wakes up whoever polls or waits for it.
final class EventDescriptor: Sendable {
    let descriptor: Int32

    init() {
        descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(descriptor >= 0, "eventfd: error \(errno)")
    }

    deinit {
        close(descriptor)
    }

    func signal() {
        eventfd_write(descriptor, 1)
    }

    /// Makes it silent again.
    func clear() {
        var count: eventfd_t = 0
        eventfd_read(descriptor, &count)
    }

    /// - Returns: Whether it was signalled in time.
    func wait(for limit: Duration) -> Bool {
        let end = SuspendingClock.now + limit
        while true {
            var item = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let left = max(.zero, end - SuspendingClock.now)
            let ready = poll(&item, 1, Int32(clamping: left.roundedUpToMilliseconds))
            if ready != 0 && !(ready < 0 && errno == EINTR) { return ready > 0 }
            if ready == 0 { return false }
        }
    }
}

extension Duration {
    /// For `poll`, so that it never returns just before the time.
    var roundedUpToMilliseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
    }
}
