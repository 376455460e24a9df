public import Coordination
import Foundation
public import Logging
public import ServiceLifecycle
public import Sweeps
import Transport

/// Carries out what the worker's core directs, on the thread that owns the socket.
public actor WorkerService: Service {
    /// What a worker is started with.
    public struct Settings: Sendable {
        /// The access file that `coordinator start` wrote; read again at each reconnection, since a
        /// coordinator that returns may have another port.
        public var accessPath: String
        public var slots: Int
        public var job: String
        public var program: String
        /// Time without a coordinator after which the worker leaves; nil waits for ever.
        public var giveUpAfter: Duration?
        /// Time without work after which it leaves.
        public var idleTimeout: Duration?
        /// Time after which it has left, what runs handed back.
        public var timeLimit: Duration?
        /// A process whose end the worker does not outlive: that of `swingby run`.
        public var parent: Int32?

        public init(
            accessPath: String, slots: Int, job: String = "", program: String = "",
            giveUpAfter: Duration? = nil, idleTimeout: Duration? = nil,
            timeLimit: Duration? = nil, parent: Int32? = nil
        ) {
            self.accessPath = accessPath
            self.slots = slots
            self.job = job
            self.program = program
            self.giveUpAfter = giveUpAfter
            self.idleTimeout = idleTimeout
            self.timeLimit = timeLimit
            self.parent = parent
        }
    }

    /// Why a worker ended by itself.
    public enum Ending: Hashable, Sendable {
        /// All is handed in or handed back.
        case left
        /// The same, since its time was over.
        case outOfTime
        /// No coordinator for as long as `giveUpAfter`; the spool keeps what is not handed in.
        case unreachable
        /// The coordinator does not know the key.
        case refused
    }

    public nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.executor
    }

    private let thread: SocketThread
    private let settings: Settings
    private let kinds: [any TrialKind]
    public nonisolated let worker: WorkerID
    private var spool: Spool
    private let logger: Logger
    private let start = ContinuousClock.now
    private var core: Worker
    private var access: AccessFile
    private var socket: WorkerSocket
    private var pending: [Worker.Input] = []
    private var running: [LeaseToken: RunningTrial] = [:]
    private var lastRegistered = Duration.zero
    private var lastBusy = Duration.zero
    private var lastProgress = Duration.zero
    private var isOutOfTime = false
    private let carrier: FileCarrier
    private let checkpoints: CheckpointFolder
    /// The trials that have a state there.
    private var kept: Set<TrialID>
    /// The leases whose trial's state is on its way to the coordinator.
    private var carried: Set<LeaseToken> = []
    private var isLeaving = false
    private let units = AsyncStream.makeStream(of: TrainingUnit.self)
    /// Why it ended; nil before.
    public private(set) var ending: Ending?

    /// - Throws: `ClusterError` for a spool folder that cannot be used, `TransportError` for an
    ///   access file that cannot.
    public init(
        settings: Settings, spoolPath: String, kinds: [any TrialKind], logger: Logger
    ) throws {
        let access = try AccessFile(path: settings.accessPath)
        let host = ProcessInfo.processInfo.hostName
        let spool = try Spool(path: spoolPath, cluster: access.cluster, host: host)
        self.spool = spool
        worker = spool.worker
        self.settings = settings
        self.kinds = kinds
        self.logger = logger
        self.access = access
        socket = try WorkerSocket(access: access, logger: logger)
        thread = SocketThread(named: "worker")
        carrier = FileCarrier(accessPath: settings.accessPath)
        let folder = CheckpointFolder(path: spool.checkpointsPath)
        checkpoints = folder
        kept = folder.trials
        let identity = Hello(
            worker: spool.worker, generation: spool.firstGeneration, host: host,
            processID: Int(getpid()), slots: settings.slots, credit: 0, job: settings.job,
            program: settings.program, kinds: kinds.map { KindVersion($0) },
            memory: HostLimits().usableMemoryInBytes, inventory: [])
        core = Worker(
            identity: identity, settings: Worker.Settings(slots: settings.slots),
            spooled: spool.leftOver)
    }

    /// Works until the worker leaves; a graceful shutdown hands everything back.
    public func run() async throws {
        spool.training.watchFaults()
        watchSocket()
        thread.tick(every: .milliseconds(100)) { [weak self] in self?.assumeIsolated { $0.tick() } }
        await withGracefulShutdownHandler {
            await Self.train(units.stream) { await self.ended($0) }
        } onGracefulShutdown: {
            Task { await self.leave(.now) }  // the handler is synchronous
        }
        thread.stop()
        carrier.stop()
        socket.close(linger: .seconds(1))
    }

    /// Trains each unit as soon as it comes, whatever the socket's thread is at.
    private static func train(
        _ units: AsyncStream<TrainingUnit>,
        ended: @escaping @Sendable ([EndedAttempt]) async -> Void
    ) async {
        // Each unit is a child, so that nothing trains on after the worker has left.
        await withDiscardingTaskGroup { group in
            for await unit in units {
                group.addTask { await unit.train(ended: ended) }
            }
        }
    }

    /// Finishes what runs or hands it back, and leaves.
    public func leave(_ how: Worker.Leaving) {
        isLeaving = true
        pending.append(.leave(how))
        turn()
    }

    private func ended(_ attempts: [EndedAttempt]) {
        for attempt in attempts {
            let token = attempt.lease.token
            spool.training.remove(token)
            guard let trial = running.removeValue(forKey: token), !trial.isCancelled else {
                continue
            }
            if case .error = attempt.end, let progress = trial.takeProgress() {
                pending.append(.progress(token, progress))
            }
            forgetCheckpoint(of: attempt.lease.trial)
            pending.append(.ended(token, attempt.end))
        }
        turn()
    }

    // MARK: A turn

    private var now: Duration { start.duration(to: .now) }

    private func watchSocket() {
        // Called on the thread that is this actor's executor.
        thread.watch(socket) { [weak self] in self?.assumeIsolated { $0.turn() } }
    }

    /// Ten times a second: progress once a second, and time that has run out.
    private func tick() {
        if now - lastProgress >= .seconds(1) {
            lastProgress = now
            for (token, trial) in running.sorted(by: { $0.key < $1.key }) {
                if let progress = trial.takeProgress() {
                    pending.append(.progress(token, progress))
                }
            }
        }
        turn()
        if core.isRegistered { lastRegistered = now }
        if !core.isRegistered || !running.isEmpty { lastBusy = now }
        if let limit = settings.giveUpAfter, now - lastRegistered >= limit {
            logger.error("no coordinator", metadata: ["endpoints": "\(access.endpoints)"])
            end(.unreachable)
        } else if let limit = settings.idleTimeout, now - lastBusy >= limit {
            leave(.afterRunning)
        } else if let limit = settings.timeLimit, now >= limit - min(limit / 10, .seconds(5)) {
            // Some time is left to hand in and hand back.
            isOutOfTime = true
            leave(.now)
        } else if let parent = settings.parent, getppid() != parent {
            leave(.now)
        }
    }

    private func turn() {
        guard ending == nil else { return }
        var inputs = pending
        pending = []
        for event in socket.receive(upTo: 1000) {
            switch event {
            case .message(let message, let envelope):
                if case .error(let text) = message {
                    logger.warning("coordinator complains", metadata: ["message": "\(text)"])
                }
                inputs.append(.message(message, envelope))
            case .refused:
                logger.error("the coordinator refused our key")
                end(.refused)
                return
            case .connected:
                logger.debug("connected")
                inputs.append(.connected)
            case .disconnected:
                logger.debug("disconnected")
            }
        }
        for directive in core.turn(inputs, at: now) {
            carryOut(directive)
        }
    }

    private func carryOut(_ directive: Worker.Directive) {
        switch directive {
        case .send(let message, let envelope):
            send(message, envelope)
        case .train(let assignments):
            let files = TrialFiles(folder: spool.filesPath, accessPath: settings.accessPath)
            let trials = assignments.map { assignment in
                RunningTrial(
                    assignment, mark: spool.training.reserve(assignment.lease), files: files)
            }
            for trial in trials { running[trial.lease.token] = trial }
            let (folder, logger) = (checkpoints, logger)
            let keeper = { @Sendable (assignment: Assignment) in
                CheckpointKeeper(
                    assignment, folder: folder, files: files, logger: logger,
                    onKept: {
                        // The thread that trains waits for no file.
                        Task { await self.carryCheckpoint(of: assignment.lease) }
                    })
            }
            units.continuation.yield(TrainingUnit(trials: trials, kinds: kinds, keeper: keeper))
        case .abandon(let token):
            guard let trial = running.removeValue(forKey: token) else { return }
            trial.cancel()
            // What is handed back may come again.
            if !isLeaving { forgetCheckpoint(of: trial.lease.trial) }
        case .recall(let tokens):
            recall(tokens)
        case .spool(let ended, let isSynced):
            do {
                try spool.keep(ended, isSynced: isSynced)
            } catch {
                // It is handed in from memory; only this process's end would lose it.
                logger.error("result not spooled", metadata: ["error": "\(error)"])
            }
        case .bring(let ended):
            bring(ended)
        case .forget(let token):
            spool.forget(token)
        case .reconnect:
            reconnect()
        case .exit:
            end(isOutOfTime ? .outOfTime : .left)
        }
    }

    /// Has a result that is too large for a message go as a file.
    private func bring(_ ended: EndedAttempt) {
        let token = ended.lease.token
        let bytes: [UInt8]
        do {
            bytes = try Codec.bytes(of: .results([ended]))
            guard bytes.count <= BroughtFiles.resultLimit else {
                throw ClusterError.largeResult(bytes: bytes.count)
            }
        } catch {
            logger.error("result not sent", metadata: ["error": "\(error)"])
            pending.append(.brought(token, nil))
            pending.append(.replaced(token, .error("\(error)")))
            return
        }
        Task {  // a turn waits for no file
            await brought(token, carrier.bring(bytes, logger: logger))
        }
    }

    private func brought(_ token: LeaseToken, _ digest: Digest256?) {
        pending.append(.brought(token, digest))
        turn()
    }

    /// Has the last state of a running trial go to the coordinator, until it is there; while one is on
    /// its way, the next one waits.
    private func carryCheckpoint(of lease: Lease) async {
        let token = lease.token
        kept.insert(lease.trial)
        guard carried.insert(token).inserted else { return }
        defer { carried.remove(token) }
        var brought = 0
        while ending == nil, running[token] != nil,
            let newest = checkpoints.newest(of: lease.trial), newest.step > brought
        {
            if let (digest, size) = await carrier.bring(fileAt: newest.path, logger: logger) {
                brought = newest.step
                pending.append(
                    .checkpointed(
                        token, Checkpoint(digest: digest, step: brought, sizeInBytes: size)))
                turn()
            } else {
                try? await Task.sleep(for: .seconds(5))  // cancelled: looks at once
            }
        }
    }

    /// Most trials have none.
    private func forgetCheckpoint(of trial: TrialID) {
        if kept.remove(trial) != nil { checkpoints.remove(trial) }
    }

    /// Takes back what has not begun, and hands in what has ended and waits for others of its unit.
    private func recall(_ tokens: [LeaseToken]) {
        var recalled: [LeaseToken] = []
        for token in tokens {
            guard let trial = running[token] else { continue }
            if trial.recall() {
                recalled.append(token)
            } else if let end = trial.ending {
                pending.append(.ended(token, end))
            } else {
                continue
            }
            running[token] = nil
            spool.training.remove(token)
        }
        pending.append(.recalled(recalled))
    }

    private func send(_ message: WorkerMessage, _ envelope: Envelope) {
        do {
            // What is not sent is said again: the core trusts nothing to have arrived.
            _ = try socket.send(message, envelope)
        } catch {
            giveUp(message, because: error)
        }
    }

    /// A result that is too large to be sent ends its trial as a failure, which says so.
    private func giveUp(_ message: WorkerMessage, because error: any Error) {
        logger.error("message not sent", metadata: ["error": "\(error)"])
        guard case .results(let ended) = message else { return }
        for one in ended {
            guard case .result = one.end else { continue }
            pending.append(.replaced(one.lease.token, .error("\(error)")))
        }
    }

    private func reconnect() {
        do {
            // A coordinator that was started again may have another port.
            let newest = (try? AccessFile(path: settings.accessPath)) ?? access  // gone: as before
            if newest == access {
                try socket.reconnect()
                return
            }
            let fresh = try WorkerSocket(access: newest, logger: logger)
            socket.close()
            socket = fresh
            access = newest
            watchSocket()
        } catch {
            logger.error("cannot connect", metadata: ["error": "\(error)"])
        }
    }

    private func end(_ reason: Ending) {
        guard ending == nil else { return }
        ending = reason
        for trial in running.values {
            trial.cancel()
        }
        units.continuation.finish()
    }
}
