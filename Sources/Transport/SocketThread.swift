internal import CZeroMQ
internal import Glibc
internal import Synchronization

/// A thread that owns ZeroMQ sockets and is the executor of the actor that uses them.
///
/// The actor names it as its `unownedExecutor`; then its jobs, the sockets' messages and the ticks
/// all happen on this one thread, and a handler enters the actor by `assumeIsolated`, without a hop:
///
///     thread.watch(socket) { self.assumeIsolated { $0.turn() } }
///     thread.tick(every: .milliseconds(100)) { self.assumeIsolated { $0.turn() } }
///
/// The thread runs its actor's jobs for as long as anyone holds this object, after `stop` too, so
/// that no task is left waiting.
public final class SocketThread: SerialExecutor {
    private let loop: Loop

    public init(named name: String) {
        let loop = Loop()
        self.loop = loop
        loop.owner = self
        startThread(named: name) { loop.run() }
    }

    deinit {
        loop.end()
    }

    public var executor: UnownedSerialExecutor { asUnownedSerialExecutor() }

    public func enqueue(_ job: consuming ExecutorJob) {
        loop.add(UnownedJob(job))
    }

    public func checkIsolated() {
        precondition(loop.isCurrent, "not on the socket thread")
    }

    public func isIsolatingCurrentContext() -> Bool? {
        loop.isCurrent
    }

    /// Calls `onReadable` on this thread whenever messages wait in `socket`, again and again until
    /// they are taken, until the socket is closed or the thread is stopped.
    ///
    /// - Precondition: On this thread.
    public func watch(_ socket: CoordinatorSocket, onReadable: @escaping () -> Void) {
        checkIsolated()
        loop.watch({ [weak socket] in socket?.polled ?? [] }, onReadable)
    }

    /// Calls `onReadable` on this thread whenever messages wait in `socket`, as above.
    ///
    /// - Precondition: On this thread.
    public func watch(_ socket: FileSocket, onReadable: @escaping () -> Void) {
        checkIsolated()
        loop.watch({ [weak socket] in socket?.polled ?? [] }, onReadable)
    }

    /// Calls `onReadable` on this thread whenever a message or news of the connection waits in
    /// `socket`, as above.
    ///
    /// - Precondition: On this thread.
    public func watch(_ socket: WorkerSocket, onReadable: @escaping () -> Void) {
        checkIsolated()
        loop.watch({ [weak socket] in socket?.polled ?? [] }, onReadable)
    }

    /// Calls `onTick` on this thread once a period, from a period from now until the thread is
    /// stopped; what is missed while the thread was busy is not made up for.
    ///
    /// - Precondition: On this thread; `period` is positive.
    public func tick(every period: Duration, _ onTick: @escaping () -> Void) {
        checkIsolated()
        precondition(period > .zero, "a tick every \(period)")
        loop.tick(every: period, onTick)
    }

    /// Forgets sockets and ticks: no handler is called any more. From any thread.
    public func stop() {
        loop.stop()
    }
}

/// What the thread runs. It outlives the `SocketThread`, which ends it.
///
/// Unchecked, since `watches` and `ticker` are touched on the thread alone, and `owner` before it
/// starts.
private final class Loop: @unchecked Sendable {
    private struct Watch {
        let sockets: () -> [Socket]
        let onReadable: () -> Void
    }

    private struct Ticker {
        let period: Duration
        var next: SuspendingClock.Instant
        let onTick: () -> Void
    }

    weak var owner: SocketThread?
    private let jobs = Mutex<[UnownedJob]>([])
    private let wake = EventDescriptor()
    private let thread = Atomic<UInt>(0)
    private let isStopped = Atomic(false)
    private let isEnded = Atomic(false)
    private var watches: [Watch] = []
    private var ticker: Ticker?

    var isCurrent: Bool { thread.load(ordering: .acquiring) == pthread_self() }

    func add(_ job: UnownedJob) {
        let isFirst = jobs.withLock { jobs in
            jobs.append(job)
            return jobs.count == 1
        }
        // The thread looks for its own jobs before it polls.
        if isFirst, !isCurrent { wake.signal() }
    }

    func watch(_ sockets: @escaping () -> [Socket], _ onReadable: @escaping () -> Void) {
        watches.append(Watch(sockets: sockets, onReadable: onReadable))
    }

    func tick(every period: Duration, _ onTick: @escaping () -> Void) {
        ticker = Ticker(period: period, next: .now + period, onTick: onTick)
    }

    func stop() {
        isStopped.store(true, ordering: .releasing)
        wake.signal()
    }

    func end() {
        isEnded.store(true, ordering: .releasing)
        wake.signal()
    }

    func run() {
        thread.store(pthread_self(), ordering: .releasing)
        var items: [zmq_pollitem_t] = []
        var watchOfItem: [Int] = []
        var batch: [UnownedJob] = []
        while true {
            runJobs(&batch)
            // Nobody can have added a job since: an actor with a job holds the executor.
            if isEnded.load(ordering: .acquiring) { return }
            if isStopped.load(ordering: .acquiring) {
                watches = []
                ticker = nil
            }
            collect(&items, &watchOfItem)
            poll(&items)
            if items[0].revents != 0 { wake.clear() }
            callHandlers(items, watchOfItem)
        }
    }

    private func runJobs(_ batch: inout [UnownedJob]) {
        jobs.withLock { swap(&$0, &batch) }
        guard !batch.isEmpty else { return }
        // Held, so that it is not gone in the middle of its last job.
        guard let owner else { preconditionFailure("a job without an executor") }
        for job in batch {
            job.runSynchronously(on: owner.executor)
        }
        batch.removeAll(keepingCapacity: true)
    }

    private func collect(_ items: inout [zmq_pollitem_t], _ watchOfItem: inout [Int]) {
        items.removeAll(keepingCapacity: true)
        watchOfItem.removeAll(keepingCapacity: true)
        items.append(
            zmq_pollitem_t(
                socket: nil, fd: wake.descriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        watchOfItem.append(-1)
        for (index, watch) in watches.enumerated() {
            for socket in watch.sockets() where socket.isOpen {
                items.append(
                    zmq_pollitem_t(
                        socket: socket.raw, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0))
                watchOfItem.append(index)
            }
        }
    }

    private func poll(_ items: inout [zmq_pollitem_t]) {
        var timeout: Int64 = -1
        if jobs.withLock({ !$0.isEmpty }) {
            timeout = 0
        } else if let ticker {
            let left = max(.zero, ticker.next - SuspendingClock.now)
            timeout = min(left.roundedUpToMilliseconds, Int64(Int32.max))
        }
        if zmq_poll(&items, Int32(items.count), Int(timeout)) < 0 {
            precondition(zmq_errno() == EINTR, "zmq_poll: \(TransportError.last("zmq_poll"))")
            for index in items.indices { items[index].revents = 0 }
        }
    }

    private func callHandlers(_ items: [zmq_pollitem_t], _ watchOfItem: [Int]) {
        var called = -1
        for (item, watch) in zip(items, watchOfItem)
        where item.revents != 0 && watch != called && watch >= 0 {
            called = watch
            watches[watch].onReadable()
        }
        if var ticker, SuspendingClock.now >= ticker.next {
            ticker.next = max(ticker.next + ticker.period, .now)
            self.ticker = ticker
            ticker.onTick()
        }
    }
}
