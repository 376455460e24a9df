public import Sweeps

/// A connection as the coordinator's socket names it; another after each reconnection.
public struct ConnectionID: Hashable, Sendable {
    public let rawValue: UInt64
    public init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// What every message carries besides its body.
public struct Envelope: Hashable, Sendable {
    /// The coordinator's life that the message belongs to; 0 before a worker has been told.
    public var epoch: UInt32
    /// The worker's registration that the message belongs to; 0 before WELCOME.
    public var session: UInt32
    /// Counts the sender's messages of the session, from 1.
    public var sequence: UInt64

    public init(epoch: UInt32 = 0, session: UInt32 = 0, sequence: UInt64 = 0) {
        self.epoch = epoch
        self.session = session
        self.sequence = sequence
    }
}

/// How a worker's attempt ended.
public enum AttemptEnd: Hashable, Sendable {
    case result(TrialResult)
    /// The trial's own code threw.
    case error(String)
    /// The process that trained it died of a fault of its own, as its next life reports.
    case crash(String)
    /// What it yielded is in a file that the coordinator has been brought: it is too large for a
    /// message.
    case file(Digest256)
}

/// An attempt with its end, as a worker hands it in.
public struct EndedAttempt: Hashable, Sendable {
    public let lease: Lease
    public let end: AttemptEnd

    public init(_ lease: Lease, _ end: AttemptEnd) {
        self.lease = lease
        self.end = end
    }

    /// About how many bytes of a message it takes, rather too many.
    ///
    /// - Parameter last: What the message has before it, whose layout need not be sent again.
    func sizeInBytes(after last: EndedAttempt?) -> Int {
        guard case .result(let result) = end else { return 200 }
        if case .result(let other)? = last?.end, other.layout == result.layout {
            return 100 + result.data.count
        }
        let curves = result.layout.curves.reduce(0) {
            $0 + 40 + $1.name.utf8.count + 4 * $1.steps.count
        }
        let scalars = result.layout.scalars.reduce(0) { $0 + 8 + $1.utf8.count }
        return 100 + result.data.count + curves + scalars
    }
}

/// What a worker tells the coordinator.
public enum WorkerMessage: Hashable, Sendable {
    case hello(Hello)
    /// May hold this many leases in all: absolute, so that losing one heals with the next RENEW.
    case credit(Int)
    case started(LeaseToken)
    case metrics(LeaseToken, TrialProgress)
    /// What has ended, short trials many at once. Kept by the worker, on disk, until it is
    /// acknowledged.
    case results([EndedAttempt])
    /// A trial's state is in a file that the coordinator has been brought.
    case checkpoint(LeaseToken, Checkpoint)
    /// Proof of work: what the worker holds, each with its step; 0 before it starts.
    case renew(credit: Int, held: [Held])
    /// Hands back what waits behind a trial that takes long; the credit is as in CREDIT.
    case returned(credit: Int, [LeaseToken])
    /// Hands back what is held and leaves.
    case goodbye(returned: [LeaseToken])
}

/// Registers a worker, or registers it again.
public struct Hello: Hashable, Sendable {
    public var worker: WorkerID
    /// Goes up with each HELLO of this worker, over restarts too: an older one is ignored.
    public var generation: UInt64
    public var host: String
    public var processID: Int
    public var slots: Int
    public var credit: Int
    /// The launcher's name for the process, as a Slurm job; empty where there is none.
    public var job: String
    public var program: String
    /// What it can train; empty where it does not say, and is given anything.
    public var kinds: [KindVersion]
    /// The bytes that it may use of its host; nil where it does not say.
    public var memory: Int?
    /// All that the worker holds.
    public var inventory: [Held]

    public init(
        worker: WorkerID, generation: UInt64, host: String, processID: Int, slots: Int,
        credit: Int, job: String, program: String, kinds: [KindVersion] = [],
        memory: Int? = nil, inventory: [Held]
    ) {
        self.worker = worker
        self.generation = generation
        self.host = host
        self.processID = processID
        self.slots = slots
        self.credit = credit
        self.job = job
        self.program = program
        self.kinds = kinds
        self.memory = memory
        self.inventory = inventory
    }

    func canTrain(_ kind: KindVersion) -> Bool { kinds.isEmpty || kinds.contains(kind) }
}

/// A lease in a worker's hands.
public struct Held: Hashable, Sendable {
    public enum Stage: UInt8, Hashable, Sendable {
        case queued = 0
        case running = 1
        /// Ended, its result not yet acknowledged.
        case ended = 2
    }

    public let lease: Lease
    public let stage: Stage
    public let step: Int

    public init(lease: Lease, stage: Stage, step: Int) {
        self.lease = lease
        self.stage = stage
        self.step = step
    }
}

/// What the coordinator has a worker do with a lease that it holds.
public enum Verdict: UInt8, Hashable, Sendable {
    /// Go on; hand in what has ended.
    case keep = 0
    /// Stop and forget: another's result stands, or another has the lease.
    case cancel = 1
}

/// What becomes of results that were handed in, by their leases; the worker may forget them in any
/// case.
public struct Acknowledgements: Hashable, Sendable {
    public var committed: [LeaseToken]
    public var duplicate: [LeaseToken]
    /// The lease was not the worker's any more (a failure), or the trial is gone.
    public var stale: [LeaseToken]
    /// No such lease was ever issued.
    public var refused: [LeaseToken]

    public init(
        committed: [LeaseToken] = [], duplicate: [LeaseToken] = [], stale: [LeaseToken] = [],
        refused: [LeaseToken] = []
    ) {
        self.committed = committed
        self.duplicate = duplicate
        self.stale = stale
        self.refused = refused
    }

    public var tokens: [LeaseToken] { committed + duplicate + stale + refused }
}

/// What the coordinator tells a worker.
public enum CoordinatorMessage: Hashable, Sendable {
    case welcome(Welcome)
    case assign([Assignment])
    case acknowledge(Acknowledgements)
    /// Answers RENEW; what is cancelled comes along.
    case renewed(cancelled: [LeaseToken])
    case cancel([LeaseToken])
    /// The message was of another epoch or session: say HELLO again.
    case stale
    /// Finish what runs, hand back the rest, leave.
    case drain
    /// The coordinator stops; workers finish what they have, keep it and wait.
    case goodbye
    case error(String)
}

/// Begins a session.
public struct Welcome: Hashable, Sendable {
    /// The store's own name, drawn when it was made.
    public var cluster: String
    public var heartbeat: Duration
    public var leaseDuration: Duration
    public var verdicts: [LeaseToken: Verdict]

    public init(
        cluster: String, heartbeat: Duration, leaseDuration: Duration,
        verdicts: [LeaseToken: Verdict]
    ) {
        self.cluster = cluster
        self.heartbeat = heartbeat
        self.leaseDuration = leaseDuration
        self.verdicts = verdicts
    }
}

/// A lease with what the worker needs to train.
public struct Assignment: Hashable, Sendable {
    public let lease: Lease
    /// How many threads the trial may use.
    public let threads: Int
    /// With the seed, the trial's spec: as text that the store holds, unread on the way.
    public let cell: CellText
    public let seed: UInt64
    /// Whether it was lost with a worker before: it is trained alone, so that no other trial is
    /// blamed with it should it bring down this worker too.
    public let isAlone: Bool
    /// When its state is to be kept.
    public let checkpointRule: CheckpointRule
    /// The state that an earlier attempt left, to go on from.
    public let checkpoint: Checkpoint?

    public init(
        lease: Lease, threads: Int, cell: CellText, seed: UInt64, isAlone: Bool = false,
        checkpointRule: CheckpointRule = .auto, checkpoint: Checkpoint? = nil
    ) {
        self.lease = lease
        self.threads = threads
        self.cell = cell
        self.seed = seed
        self.isAlone = isAlone
        self.checkpointRule = checkpointRule
        self.checkpoint = checkpoint
    }
}

/// What a person's command asks of a coordinator, over the same socket with a submitter's key.
public enum ClientRequest: Hashable, Sendable {
    case submit(SweepSource)
    /// The sweeps as a person names them: by number or name, as `last`, `all` or `1-10`.
    case steer(sweeps: String, SweepWish)
    /// The workers as a person names them: by name, by host, or as `all`.
    case steerWorkers(String, WorkerWish)
    case info
    case stop
}

/// What a person wants of a sweep.
public enum SweepWish: Hashable, Sendable {
    /// No new leases for now.
    case pause
    /// Leases again.
    case resume
    /// No new leases, and the sweep ends with its running trials.
    case stop
    /// The sweep ends now, its running trials too.
    case cancel
    /// Trials that ended in one of these ways wait again, those of cells of which the condition is
    /// true; nil: of all.
    case retry(Set<RetriedEnding>, where: String?)
    /// Its trials are leased before those of sweeps with a lower number.
    case priority(Int)
}

/// How trials ended that a person has wait again.
public enum RetriedEnding: UInt8, Hashable, Sendable, CaseIterable {
    /// Their own code failed.
    case failed = 0
    /// Set aside since workers were lost with them, or died of them.
    case lost = 1
    case timeLimit = 2
    /// Called off.
    case cancelled = 3
    /// With a result, which stands no more.
    case diverged = 4
}

/// A sweep that was told a wish.
public struct SteeredSweep: Hashable, Sendable {
    public let name: String
    /// How many of its trials the wish was for.
    public let trials: Int

    public init(name: String, trials: Int) {
        self.name = name
        self.trials = trials
    }
}

/// A sweep as it was asked for: what its plan is a pure function of.
public struct SweepSource: Hashable, Sendable {
    /// For messages only.
    public var path: String
    public var text: String
    /// `key=a,b` of the command line.
    public var overrides: [String]
    /// The files that the text names.
    public var attachments: [Attachment]
    /// Whether to begin anew where the sweep of this name began with another version of its kind.
    public var isRerun = false
    /// The sweep, as a person names it, that is to get this plan where it has another one.
    public var extended: String?

    public init(
        path: String, text: String, overrides: [String], attachments: [Attachment] = []
    ) {
        self.path = path
        self.text = text
        self.overrides = overrides
        self.attachments = attachments
    }
}

/// What the coordinator answers a command.
public enum ClientReply: Hashable, Sendable {
    /// The sweep's number in the store, its name, and how many of its trials were known before.
    case submitted(sweep: Int, name: String, planned: Int, known: Int)
    /// The coordinator enters so many trials, which takes a while: the answer follows.
    case working(trials: Int)
    case info(CoordinatorInfo)
    case steered([SteeredSweep])
    /// The workers that the wish was for.
    case steeredWorkers([WorkerID])
    case stopping
    /// What is wrong, as lines for a terminal.
    case rejected(String)
}

public struct CoordinatorInfo: Hashable, Sendable {
    public var endpoint: String
    public var store: String
    public var epoch: UInt32
    public var processID: Int
    public var workers: Int
    public var sweeps: Int

    public init(
        endpoint: String, store: String, epoch: UInt32, processID: Int, workers: Int, sweeps: Int
    ) {
        self.endpoint = endpoint
        self.store = store
        self.epoch = epoch
        self.processID = processID
        self.workers = workers
        self.sweeps = sweeps
    }
}
