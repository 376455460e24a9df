public import Sweeps

/// Decides who trains what: a state machine with no sockets, no clock and no threads.
///
/// Its shell hands it what happened in a turn, commits every `.record` of the answer in one
/// transaction, and only then sends.
public struct Coordinator: Sendable {
    /// What can happen to a coordinator.
    public enum Input: Sendable {
        /// Where a result is in a file, the shell puts the result in its place, if it can.
        case message(WorkerMessage, Envelope, from: ConnectionID)
        /// Trials that the store has got; all of them wait.
        case entered([TrialID], TrialRules)
        /// How these trials are leased, and in which order those that wait.
        case arrange([TrialID], LeaseTerms)
        /// A message to this connection could not be delivered.
        case unreachable(ConnectionID)
        /// These leases could not be told to their worker, which does not read what it was sent.
        case undelivered([Lease], to: ConnectionID)
        /// What a person wants of these trials.
        case steer(Steering, [TrialID])
        /// What a person wants of these workers.
        case steerWorkers(WorkerWish, [WorkerID])
        /// The shell could not work for this long (a full disk): no lease ran out meanwhile.
        case stalled(Duration)
        /// The coordinator ends; workers finish what they have, keep it and wait for its return.
        case close
    }

    /// What the shell is to do, in order.
    public enum Directive: Hashable, Sendable {
        case record(TrialEvent)
        case observe(WorkerStatus)
        case preview(Lease, TrialProgress)
        case send(CoordinatorMessage, Envelope, to: ConnectionID)
        /// Send ASSIGN with these leases; the shell adds the specs, which the core never reads.
        case assign([Lease], Envelope, to: ConnectionID)
        /// A peer said what it should not; count it.
        case complain(Complaint)
    }

    /// What a peer did wrong.
    public enum Complaint: String, Hashable, Sendable {
        case unknownLease = "a result without a lease that was issued"
        case staleSession = "a message of an older session"
        case unreadFile = "a result in a file that is not here or not the result's"
    }

    public struct Settings: Sendable {
        /// How often workers renew.
        public var heartbeat: Duration
        /// Silence after which a worker gets no more leases.
        public var unknownAfter: Duration
        /// Silence after which its leases are others' to have.
        public var leaseDuration: Duration

        public init(
            heartbeat: Duration = .seconds(1), unknownAfter: Duration = .seconds(3),
            leaseDuration: Duration = .seconds(15)
        ) {
            self.heartbeat = heartbeat
            self.unknownAfter = unknownAfter
            self.leaseDuration = leaseDuration
        }
    }

    /// A worker's registration.
    struct Registration: Sendable {
        var hello: Hello
        var connection: ConnectionID?
        var session: UInt32
        /// The sequence number of the last message taken from it, and of the last one sent to it.
        var heardSequence: UInt64 = 0
        var sentSequence: UInt64 = 0
        var credit: Int
        var lastHeard: Duration
        var state: WorkerStatus.State
        /// It did not read what it was sent, and has not been heard since.
        var isCongested = false
        var open: Set<LeaseToken> = []
    }

    let cluster: String
    let epoch: UInt32
    let settings: Settings
    var trials = TrialTable()
    var queue = TrialQueues()
    var workers: [WorkerID: Registration] = [:]
    var workerOfConnection: [ConnectionID: WorkerID] = [:]
    /// When each open lease runs out.
    var expiries: [LeaseToken: Duration] = [:]
    /// When open leases that train have run too long.
    var deadlines: [LeaseToken: Duration] = [:]
    /// Workers that get no leases until they are released; they may be away.
    var quarantined: Set<WorkerID>
    /// Workers that are to leave, each with its process: another one, started since, may stay.
    public internal(set) var draining: [WorkerID: Int]
    var lastSession: UInt32 = 0
    var isClosing = false

    /// - Parameters:
    ///   - cluster: The store's own name.
    ///   - epoch: Counts the coordinator's lives on this store.
    ///   - trials: All trials of the store, in the order of their numbers.
    ///   - leases: All leases ever issued, in the order of their tokens. Those of trials that are
    ///     leased or running get a full term from `now`, for their workers to come back.
    ///   - quarantined: Workers that get no leases.
    ///   - draining: Workers that are to leave and may not have heard it, each with its process.
    public init(
        cluster: String, epoch: UInt32, settings: Settings = Settings(),
        trials known: some Sequence<KnownTrial>, leases: some Sequence<Lease>,
        quarantined: Set<WorkerID> = [], draining: [WorkerID: Int] = [:], at now: Duration
    ) {
        self.cluster = cluster
        self.epoch = epoch
        self.settings = settings
        self.quarantined = quarantined
        self.draining = draining
        know(known)
        for lease in leases {
            trials.restore(lease)
        }
        for id in 1...UInt32(max(trials.count, 1)) where trials.count > 0 {
            let entry = trials[TrialID(id)]
            if entry.state == .leased || entry.state == .running {
                expiries[LeaseToken(entry.token)] = now + settings.leaseDuration
            }
        }
    }

    /// How many workers are connected.
    public var connectedWorkers: Int { workers.values.count { $0.state == .connected } }

    /// The connected workers and when each was last heard, in the order of their names.
    public var connected: [(worker: WorkerID, status: WorkerStatus, lastHeard: Duration)] {
        workers.filter { $0.value.state == .connected }.sorted { $0.key < $1.key }.map {
            let state = draining[$0.key] != nil ? WorkerStatus.State.draining : .connected
            return ($0.key, WorkerStatus(hello: $0.value.hello, state: state), $0.value.lastHeard)
        }
    }

    /// The worker that is registered at a connection.
    public func worker(at connection: ConnectionID) -> WorkerID? { workerOfConnection[connection] }

    /// When anything was last heard of a worker that was there since the coordinator started.
    public func lastHeard(of worker: WorkerID) -> Duration? { workers[worker]?.lastHeard }

    /// The kinds that trials wait for while there are workers, none of which has them.
    public var missingKinds: [KindVersion] {
        let connected = workers.values.filter { $0.state == .connected }
        guard !connected.isEmpty else { return [] }
        return queue.kinds.filter { kind in !connected.contains { $0.hello.canTrain(kind) } }
    }

    /// The least memory that trials wait for while there are workers, none of which has it.
    public var missingMemory: Int? {
        let connected = workers.values.filter { $0.state == .connected }
        guard !connected.isEmpty else { return nil }
        return queue.memoryNeeds.filter { need in
            connected.allSatisfy { $0.hello.memory ?? .max < need }
        }.min()
    }

    /// Takes in all that happened in a turn and returns what the shell is to do about it.
    ///
    /// Messages come before the clock: a renewal that lies in the socket saves its lease.
    ///
    /// - Parameter now: Time since the coordinator started.
    public mutating func turn(_ inputs: some Sequence<Input>, at now: Duration) -> [Directive] {
        var turn = Turn(now: now)
        for input in inputs {
            handle(input, in: &turn)
        }
        watchClock(in: &turn)
        grantLeases(in: &turn)
        send(&turn)
        assert(expiries.count == workers.values.reduce(0) { $0 + $1.open.count } + orphanCount)
        return turn.directives
    }

    private mutating func handle(_ input: Input, in turn: inout Turn) {
        switch input {
        case .message(.hello(let hello), _, let connection):
            register(hello, from: connection, in: &turn)
        case .message(let message, let envelope, let connection):
            hear(message, envelope, from: connection, in: &turn)
        case .entered(let ids, let rules):
            know(ids.lazy.map { KnownTrial(id: $0, rules: rules) })
        case .arrange(let ids, let terms):
            arrange(ids, terms, in: &turn)
        case .unreachable(let connection):
            cutOff(connection, in: &turn)
        case .undelivered(let leases, let connection):
            takeBackUntold(leases, from: connection, in: &turn)
        case .steer(let steering, let trials):
            steer(steering, trials, in: &turn)
        case .steerWorkers(let wish, let workers):
            steer(wish, workers, in: &turn)
        case .stalled(let time):
            for (token, expiry) in expiries {
                expiries[token] = expiry + time
            }
            deadlines = deadlines.mapValues { $0 + time }
            for id in workers.keys {
                workers[id]?.lastHeard += time
            }
        case .close:
            isClosing = true
            tellAll(.goodbye, in: &turn)
        }
    }

    private mutating func know(_ known: some Sequence<KnownTrial>) {
        for trial in known {
            trials.append(trial)
            if trial.state == .waiting { queue.append(trial.id, trial.rules) }
        }
    }

    /// Whether anything waits that one of these kinds can train, or is leased.
    public func hasWork(for kinds: [KindVersion]) -> Bool {
        !expiries.isEmpty || queue.kinds.contains(where: kinds.contains)
    }

    /// Leases of workers that have not come back since the coordinator started.
    private var orphanCount: Int {
        expiries.keys.count { token in
            guard let lease = trials.lease(token) else { return false }
            return workers[lease.worker]?.open.contains(token) != true
        }
    }
}

/// What a turn gathers: directives in order, and what goes out once at its end.
struct Turn {
    let now: Duration
    var directives: [Coordinator.Directive] = []
    /// By connection, as one message each.
    var acknowledgements: [ConnectionID: Acknowledgements] = [:]
    var cancellations: [WorkerID: [LeaseToken]] = [:]

    mutating func record(_ event: TrialEvent) {
        directives.append(.record(event))
    }
}

/// A worker as operators see it.
public struct WorkerStatus: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        case connected
        /// Connected, and leaves when what it trains is done.
        case draining
        /// Silent for a while: gets no more leases.
        case unknown
        /// Silent until its leases ran out.
        case lost
        /// Said goodbye.
        case left
    }

    public let hello: Hello
    public let state: State

    public init(hello: Hello, state: State) {
        self.hello = hello
        self.state = state
    }
}
