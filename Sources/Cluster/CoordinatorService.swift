import Coordination
import Foundation
public import Logging
public import ServiceLifecycle
public import Store
public import Sweeps
import Synchronization
import Transport

/// Carries out what the coordinator's core directs, on the thread that owns the sockets: a turn is
/// one drain, one commit, one send.
public actor CoordinatorService: Service {
    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.executor
    }

    /// Where it can be reached, port and all.
    public nonisolated let endpoint: String
    private let thread: SocketThread
    let socket: CoordinatorSocket
    private let files: FileService
    let store: TrialStore
    private let brought: BroughtFiles
    let kinds: [any TrialKind]
    let logger: Logger
    private let start = ContinuousClock.now
    private(set) var core: Coordinator
    var pending: [Coordinator.Input] = []
    /// Sweeps of which something is to be noticed.
    var watched: [Int: WatchedSweep] = [:]
    /// Whom to tell of it.
    let notifier: Notifier?
    /// Newest progress of each trial, written once a second.
    private var previews: [TrialID: (attempt: Int, progress: TrialProgress)] = [:]
    private var statuses: [WorkerID: WorkerStatus] = [:]
    /// What trials wait for and no worker has, as it was last said.
    private var missingKinds: [KindVersion] = []
    private var missingMemory: Int?
    /// As the store has it.
    private var keptDraining: [WorkerID: Int]
    private var lastHousekeeping = Duration.zero
    private var lastBusy = Duration.zero
    private let idleTimeout: Duration?
    private var failure: (any Error)?
    private var finished: CheckedContinuation<Void, Never>?
    /// Seen by a commit that waits for room on the disk, on the thread that would hear of the stop.
    private nonisolated let isStopping = Atomic(false)

    /// Opens the sockets; nothing is heard before `run`.
    ///
    /// - Parameters:
    ///   - store: Owned for the service's life.
    ///   - listen: `tcp://HOST:PORT`, port 0 for a free one.
    ///   - kinds: What sweep files may name.
    ///   - notifier: Whom to tell what sweep files want to be told of.
    ///   - idleTimeout: Time without a trial that waits or runs after which it ends; nil: never.
    /// - Throws: `TransportError`, `StoreError`.
    public init(
        store: TrialStore, listen: String, kinds: [any TrialKind], notifier: Notifier? = nil,
        idleTimeout: Duration? = nil, logger: Logger
    ) throws {
        self.store = store
        self.notifier = notifier
        self.idleTimeout = idleTimeout
        self.kinds = kinds
        self.logger = logger
        let keys = try CoordinatorKeys(path: store.directory + "/keys")
        socket = try CoordinatorSocket(listen: listen, keys: keys, logger: logger)
        endpoint = socket.endpoint
        let fileSocket = try socket.openFileSocket(keys: keys)
        let fileEndpoints = fileSocket.peersEndpoints
        let given = FileStore(store: store.directory)
        given.sweep()
        brought = BroughtFiles(store: store)
        files = FileService(fileSocket, given: given, brought: brought.files)
        let access = keys.access(
            cluster: store.cluster, endpoints: socket.peersEndpoints,
            fileEndpoints: fileEndpoints)
        try access.write(to: store.directory + "/access")
        try store.recordStart(endpoint: endpoint, at: wallClock())
        let state = try store.loadOpenState()
        core = Coordinator(
            cluster: store.cluster, epoch: store.epoch,
            trials: state.trials.lazy.map(KnownTrial.init), leases: state.leases,
            quarantined: try store.quarantinedWorkers(),
            draining: try store.drainingWorkers(), at: .zero)
        keptDraining = core.draining
        pending = [.steer(.hold, try store.heldTrials())]
        thread = SocketThread(named: "coordinator")
    }

    /// The access file that workers and commands are started with.
    public nonisolated var accessPath: String { store.directory + "/access" }

    /// Serves until a graceful shutdown or a STOP, then tells the workers and closes.
    ///
    /// - Throws: What made it impossible to go on.
    public func run() async throws {
        try takeUpSweeps()
        await files.start()
        // Both are called on the thread that is this actor's executor.
        thread.watch(socket) { [weak self] in self?.assumeIsolated { $0.turn() } }
        thread.tick(every: .milliseconds(100)) { [weak self] in self?.assumeIsolated { $0.turn() } }
        logger.notice(
            "coordinator serves",
            metadata: ["endpoint": "\(endpoint)", "epoch": "\(store.epoch)"])
        await withTaskCancellationOrGracefulShutdownHandler {
            await withCheckedContinuation { finished = $0 }
        } onCancelOrGracefulShutdown: {
            self.isStopping.store(true, ordering: .relaxed)
            Task { await self.stop() }  // the handler is synchronous
        }
        try await close()
    }

    /// Ends without having served anyone: for who has made a coordinator and does not run it.
    ///
    /// - Throws: `StoreError`.
    public func close() async throws {
        await files.stop()
        thread.stop()
        socket.close(linger: .seconds(1))
        if let failure { throw failure }
        try store.recordStop(at: wallClock())
        try store.close()
    }

    func stop() {
        guard let finished else { return }
        if failure == nil {
            pending.append(.close)
            turn()
        }
        self.finished = nil
        finished.resume()
    }

    private func fail(_ error: any Error) {
        logger.error("coordinator cannot go on", metadata: ["error": "\(error)"])
        failure = failure ?? error
        stop()
    }

    // MARK: A turn

    var now: Duration { start.duration(to: .now) }

    /// Hears all that has arrived, commits it once, and only then tells anyone.
    func turn() {
        var inputs = pending
        pending = []
        for received in socket.receive(upTo: 1000) {
            switch received.content {
            case .worker(let message):
                guard let opened = brought.opened(message) else { continue }
                inputs.append(.message(opened, received.envelope, from: received.connection))
            case .client(let request):
                answer(request, to: received.connection, adding: &inputs)
            }
        }
        for refusal in socket.takeRefusals() {
            guard let worker = core.worker(at: refusal.connection) else { continue }
            logger.warning(
                "message refused",
                metadata: ["worker.id": "\(worker)", "reason": "\(refusal.reason)"])
        }
        let directives = core.turn(inputs, at: now)
        do {
            try commit(directives)
            brought.removeUnneeded()
            try send(directives)
            try keepHouse()
        } catch {
            fail(error)
        }
        if core.hasWork(for: kinds.map { KindVersion($0) }) || !inputs.isEmpty { lastBusy = now }
        if let idleTimeout, now - lastBusy >= idleTimeout, finished != nil {
            logger.notice("coordinator was idle, it ends", metadata: ["after": "\(idleTimeout)"])
            stop()
        }
    }

    /// Commits the turn's events. On a full disk it waits, and nothing is read or sent meanwhile:
    /// the peers' messages stay in their sockets, and no lease runs out.
    private func commit(_ directives: [Coordinator.Directive]) throws {
        let events = directives.compactMap {
            if case .record(let event) = $0 { event } else { nil }
        }
        let begin = now
        while let full = try commitUnlessFull(events) {
            if isStopping.load(ordering: .relaxed) { throw full }
            logger.error("dispatch waits", metadata: ["error": "\(full)"])
            Thread.sleep(forTimeInterval: 1)
        }
        let stalled = now - begin
        if stalled > .seconds(1) { pending.append(.stalled(stalled)) }
    }

    /// - Returns: The error, if the disk is full.
    private func commitUnlessFull(_ events: [TrialEvent]) throws -> StoreError? {
        do {
            if core.draining != keptDraining {
                try store.record(draining: core.draining)
                keptDraining = core.draining
            }
            try store.commit(events, at: wallClock())
            return nil
        } catch {
            guard case .full = error else { throw error }
            return error
        }
    }

    private func send(_ directives: [Coordinator.Directive]) throws {
        let leased = directives.flatMap { directive -> [TrialID] in
            if case .assign(let leases, _, _) = directive { leases.map(\.trial) } else { [] }
        }
        var specs = try leased.isEmpty ? [] : store.specs(of: leased)[...]
        for directive in directives {
            switch directive {
            case .record:
                break
            case .observe(let status):
                statuses[status.hello.worker] = status
                logger.notice(
                    "worker \(status.state.rawValue)",
                    metadata: [
                        "worker.id": "\(status.hello.worker)", "host": "\(status.hello.host)",
                    ])
            case .preview(let lease, let progress):
                previews[lease.trial] = (lease.attempt, progress)
            case .send(let message, let envelope, let connection):
                _ = try send(message, envelope, to: connection)  // said again when it matters
            case .assign(let leases, let envelope, let connection):
                let assignments = zip(leases, specs).map { lease, spec in
                    Assignment(
                        lease: lease, threads: spec.threads, cell: spec.cell, seed: spec.seed,
                        isAlone: spec.wasLost,
                        checkpointRule: core.terms(of: lease.trial).checkpoint,
                        checkpoint: spec.checkpoint)
                }
                specs = specs.dropFirst(leases.count)
                if try send(.assign(assignments), envelope, to: connection) != .sent {
                    pending.append(.undelivered(leases, to: connection))
                }
            case .complain(let complaint):
                logger.warning("dropped", metadata: ["message": "\(complaint.rawValue)"])
            }
        }
    }

    private func send(
        _ message: CoordinatorMessage, _ envelope: Envelope, to connection: ConnectionID
    ) throws -> CoordinatorSocket.SendOutcome {
        let outcome = try socket.send(message, envelope, to: connection)
        if outcome == .unreachable { pending.append(.unreachable(connection)) }
        return outcome
    }

    /// Once a second: who is there, and how far what runs has come.
    private func keepHouse() throws {
        guard now - lastHousekeeping >= .seconds(1) || !statuses.isEmpty else { return }
        lastHousekeeping = now
        let wall = wallClock()
        var records = statuses.mapValues { status in
            let silence = core.lastHeard(of: status.hello.worker).map { now - $0 } ?? .zero
            return WorkerRecord(status, lastHeard: wall - silence.milliseconds)
        }
        for (worker, status, heard) in core.connected {
            records[worker] = WorkerRecord(status, lastHeard: wall - (now - heard).milliseconds)
        }
        statuses = [:]
        let reports = previews.sorted { $0.key < $1.key }.map {
            (trial: $0.key, attempt: $0.value.attempt, progress: $0.value.progress)
        }
        previews = [:]
        let missing = core.missingKinds
        for kind in missing where !missingKinds.contains(kind) {
            logger.warning(
                "no connected worker can train what waits", metadata: ["kind": "\(kind)"])
        }
        missingKinds = missing
        if let memory = core.missingMemory, memory != missingMemory {
            logger.warning(
                "no connected worker has the memory that a trial needs",
                metadata: ["bytes": "\(memory)"])
        }
        missingMemory = core.missingMemory
        do {
            try store.record(records.values.sorted { $0.id < $1.id })
            try store.recordProgress(reports, at: wall)
            try watchSweeps()
        } catch {
            // For people's eyes, or seen again in a second; what must be kept waits in `commit`.
            guard case StoreError.full = error else { throw error }
        }
    }
}

/// Milliseconds since 1970: for people; nothing is decided by it.
func wallClock() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1000)
}

extension Duration {
    var milliseconds: Int64 { Int64(self / .milliseconds(1)) }
}
