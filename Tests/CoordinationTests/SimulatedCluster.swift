import Sweeps

@testable import Coordination

/// A coordinator, its store, workers and a network in virtual time, driven by one seed.
///
/// Messages are lost, delayed, doubled and, across connections, reordered; workers and coordinator
/// crash, freeze and return. After `healAt` nothing goes wrong any more, and everything must finish.
struct SimulatedCluster {
    /// A rule switched off, to show that the simulation would notice.
    enum Sabotage {
        case sendsBeforeCommit, doesNotSpool, forgetsLeases
    }

    private static let kinds = [noKind, KindVersion("rare", version: 2)]

    static func kind(of trial: TrialID) -> KindVersion {
        kinds[trial.rawValue % 5 == 0 ? 1 : 0]
    }

    enum Event {
        case toCoordinator(WorkerMessage, Envelope, from: ConnectionID)
        case toWorker(Int, ConnectionID, CoordinatorMessage, Envelope)
        case unreachable(ConnectionID)
        case undelivered([Lease], ConnectionID, epoch: UInt32)
        case workerTick(Int)
        case coordinatorTick
        case trained(Int, life: Int, LeaseToken)
        case recalled(Int, life: Int, [LeaseToken])
        case carried(Int, life: Int, EndedAttempt)
        case checkpointed(Int, life: Int, LeaseToken)
        case workerReturns(Int)
        case coordinatorReturns
    }

    let trialCount: Int
    let sabotage: Sabotage?
    let healAt = Duration.seconds(60)
    var random: SplitMix64
    var faults: Faults
    let mix: Mix
    var queue = EventQueue<Event>()
    private(set) var now = Duration.zero
    private(set) var store: SimulatedStore
    var coordinator: Coordinator?
    /// Durable, as the store's table is.
    var quarantined: Set<WorkerID> = []
    /// As the store has it.
    private var draining: [WorkerID: Int] = [:]
    var epoch: UInt32 = 0
    /// What workers brought; a coordinator that starts sweeps it away.
    private var files: [Digest256: EndedAttempt] = [:]
    var workers: [SimulatedWorker]
    var lastConnection: UInt64 = 0
    /// When the last message of a connection arrives, each way: a connection keeps its order.
    var lastArrival: [UInt64: Duration] = [:]
    var violations: [String] = []

    init(workers count: Int, trials: Int, seed: UInt64, sabotage: Sabotage? = nil) {
        trialCount = trials
        self.sabotage = sabotage
        random = SplitMix64(seed: seed)
        faults = Faults(using: &random)
        mix = Mix.allCases[Int(seed % UInt64(Mix.allCases.count))]
        store = SimulatedStore(trials: trials, lossLimit: 200, kind: Self.kind)
        // The first worker does not have the rarer kind.
        workers = (0..<count).map {
            SimulatedWorker(number: $0, kinds: Array(Self.kinds.prefix($0 == 0 ? 1 : 2)))
        }
        queue.add(.coordinatorReturns, at: .zero)
        for i in 0..<count {
            queue.add(.workerReturns(i), at: .milliseconds(i * 100))
        }
    }

    var allViolations: [String] { violations + store.violations }
    var isDone: Bool {
        store.trials.allSatisfy { $0.state.isOver && $0.state != .cancelled }
            && workers.allSatisfy(\.hasNothing)
    }

    /// Runs until everything is done or the time is over; stops at the first violation.
    mutating func run(until end: Duration) {
        while !isDone, allViolations.isEmpty, let (time, event) = queue.next(), time < end {
            now = time
            handle(event)
            check()
        }
    }

    mutating func happens(_ probability: Double) -> Bool {
        now < healAt && Double.random(in: 0..<1, using: &random) < probability
    }

    // MARK: Events

    private mutating func handle(_ event: Event) {
        switch event {
        case .toCoordinator(let message, let envelope, let connection):
            let (opened, file) = opened(message)
            turn([.message(opened, envelope, from: connection)], removing: file)
        case .unreachable(let connection):
            turn([.unreachable(connection)])
        case .undelivered(let leases, let connection, let life):
            guard life == epoch else { return }
            turn([.undelivered(leases, to: connection)])
        case .coordinatorTick:
            guard coordinator != nil else { return }
            turn(steering())
            queue.add(.coordinatorTick, at: now + .milliseconds(500))
        case .coordinatorReturns:
            startCoordinator()
            turn([.arrange(drawnOrder(), LeaseTerms(priority: 1, memory: 30))])
        case .toWorker(let i, let connection, let message, let envelope):
            guard workers[i].connection == connection else { return }
            turn(worker: i, [.message(message, envelope)])
        case .workerTick(let i):
            guard workers[i].core != nil else { return }
            queue.add(.workerTick(i), at: now + .milliseconds(500))
            turn(worker: i, [])
        case .workerReturns(let i):
            workers[i].start()
            lastConnection += 1
            workers[i].connection = ConnectionID(lastConnection)
            queue.add(.workerTick(i), at: now)
        case .trained(let i, let life, let token):
            guard workers[i].life == life,
                let lease = workers[i].training.removeValue(forKey: token)?.lease
            else { return }
            turn(worker: i, [.ended(token, Self.end(of: lease.trial))])
        case .recalled(let i, let life, let tokens):
            guard workers[i].life == life else { return }
            turn(worker: i, [.recalled(tokens)])
        case .checkpointed(let i, let life, let token):
            // Said even of a trial that has ended.
            guard workers[i].life == life else { return }
            turn(worker: i, [.checkpointed(token, checkpoint(of: token))])
        case .carried(let i, let life, let ended):
            guard workers[i].life == life else { return }
            let token = ended.lease.token
            if coordinator == nil || happens(faults.loss) {
                return turn(worker: i, [.brought(token, nil)])
            }
            let digest = Digest256(hashing: "\(ended.lease)".utf8)
            files[digest] = ended
            turn(worker: i, [.brought(token, digest)])
        }
    }

    private func checkpoint(of token: LeaseToken) -> Checkpoint {
        Checkpoint(
            digest: Digest256(hashing: "state \(token)".utf8), step: 1, sizeInBytes: 1)
    }

    /// As the coordinator's shell does, puts a result in place of the file that it is in.
    private func opened(_ message: WorkerMessage) -> (WorkerMessage, Digest256?) {
        guard case .results(let ended) = message, case .file(let digest)? = ended.first?.end,
            let result = files[digest]
        else { return (message, nil) }
        return (.results([result]), digest)
    }

    /// Too long for a message.
    private static let longCurve = Curve(
        name: "c", steps: Array(0..<200), values: Array(repeating: 0, count: 200))

    /// Every trial ends the same way whoever trains it: one in 13 fails, one in 7 diverges.
    private static func end(of trial: TrialID) -> AttemptEnd {
        if trial.rawValue % 13 == 0 { return .error("no luck") }
        return .result(
            TrialResult(
                outcome: trial.rawValue % 7 == 0 ? .diverged(step: 3) : .finished,
                digest: Digest256(hashing: "\(trial)".utf8),
                curves: trial.rawValue % 4 == 1 ? [longCurve] : [], scalars: []))
    }

    /// A person's whims; in the end everything is to go on.
    private mutating func steering() -> [Coordinator.Input] {
        let all = store.trials.map(\.id)
        if now >= healAt {
            let calledOff = store.trials.filter { $0.state == .cancelled }.map(\.id)
            quarantined = []
            return [
                .steer(.release, all), .steer(.reopen, calledOff),
                .steerWorkers(.release, workers.map(\.id)),
            ]
        }
        guard happens(faults.steering) else { return [] }
        if Int.random(in: 0..<4, using: &random) == 0 { return [steerWorkers()] }
        let wishes: [Steering] = [.hold, .release, .stop, .cancel, .reopen, .withdraw]
        let wish = wishes[Int.random(in: wishes.indices, using: &random)]
        return [.steer(wish, all.filter { _ in Bool.random(using: &random) })]
    }

    private mutating func steerWorkers() -> Coordinator.Input {
        let wish = WorkerWish.allCases[Int.random(in: 0..<3, using: &random)]
        let some = workers.map(\.id).filter { _ in Bool.random(using: &random) }
        switch wish {
        case .drain: break
        case .quarantine: quarantined.formUnion(some)
        case .release: quarantined.subtract(some)
        }
        return .steerWorkers(wish, some)
    }

    private mutating func startCoordinator() {
        epoch += 1
        files = [:]
        var trials = store.trials
        var leases = store.leases
        if sabotage == .forgetsLeases {
            trials = trials.map { $0.state.isOver ? $0 : KnownTrial(id: $0.id, rules: $0.rules) }
            leases = []
        }
        coordinator = Coordinator(
            cluster: "simulated", epoch: epoch, trials: trials, leases: leases,
            quarantined: quarantined, draining: draining, at: now)
        queue.add(.coordinatorTick, at: now)
    }

    /// Some trials, to be leased before the others, the last one first.
    private func drawnOrder() -> [TrialID] {
        store.trials.map(\.id).filter { $0.rawValue % 3 == 0 }.reversed()
    }

    private mutating func turn(
        _ inputs: [Coordinator.Input], removing file: Digest256? = nil
    ) {
        guard var core = coordinator else { return }
        let directives = core.turn(inputs, at: now)
        coordinator = core
        draining = core.draining
        let records = directives.compactMap {
            if case .record(let event) = $0 { event } else { nil }
        }
        if sabotage == .sendsBeforeCommit { send(directives) }
        // The two places where a crash hurts: before the commit, and after it.
        if happens(faults.coordinatorCrash) { return crashCoordinator() }
        store.commit(records)
        if let file { files[file] = nil }
        if happens(faults.coordinatorCrash) { return crashCoordinator() }
        if sabotage != .sendsBeforeCommit { send(directives) }
    }

    private mutating func crashCoordinator() {
        coordinator = nil
        let away = Duration.milliseconds(Int.random(in: 100...30_000, using: &random))
        queue.add(.coordinatorReturns, at: now + away)
    }

    private mutating func turn(worker i: Int, _ inputs: [Worker.Input]) {
        if workers[i].frozenUntil > now {
            workers[i].missed += inputs
            return
        }
        let all = workers[i].missed + inputs
        workers[i].missed = []
        guard let directives = workers[i].core?.turn(all, at: now) else { return }
        for directive in directives {
            carryOut(directive, of: i)
            if happens(faults.workerCrash / 4) { return crashWorker(i) }
        }
        if happens(faults.workerCrash) { return crashWorker(i) }
        if happens(faults.freeze) {
            workers[i].frozenUntil = now + .seconds(Int.random(in: 1...40, using: &random))
        }
    }

    private mutating func crashWorker(_ i: Int) {
        // Half of them die of a fault of their own, which their next life reports.
        if happens(0.5) { workers[i].noteFault() }
        workers[i].crash()
        let away = Duration.milliseconds(Int.random(in: 100...30_000, using: &random))
        queue.add(.workerReturns(i), at: now + away)
    }

    // MARK: Invariants

    private mutating func check() {
        guard let coordinator else { return }
        for trial in store.trials where coordinator.trials[trial.id].state != trial.state {
            violations.append("core and store differ about \(trial.id)")
        }
        // Without results in a crashed worker's hands, what it owed must be in its spool.
        for worker in workers where worker.core == nil {
            for (token, lease) in worker.owed
            where worker.spool[token] == nil && !store.state(of: lease.trial).isOver {
                violations.append("a result is lost: \(lease)")
            }
        }
    }
}
