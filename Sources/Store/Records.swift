import Glibc
public import Sweeps

/// A sweep as it is handed in, beside its plan.
public struct SweepSubmission: Hashable, Sendable {
    /// Where the file was; for messages only.
    public var path: String
    /// The sweep file.
    public var text: String
    /// `key=a,b` of the command line.
    public var overrides: [String]
    /// The files that the text names.
    public var attachments: [Attachment]
    /// Equal for equal plans, and for no others.
    public var planDigest: Digest256
    /// For trials that the store does not have yet; a shared one keeps its first sweep's.
    public var run: RunSettings
    /// Whether to begin anew where the sweep of this name began with another version of its kind.
    public var isRerun = false
    /// Whether the sweep of this name gets this plan where it has another one.
    public var isExtension = false

    public init(
        path: String, text: String, overrides: [String], attachments: [Attachment] = [],
        planDigest: Digest256, run: RunSettings = RunSettings()
    ) {
        self.path = path
        self.text = text
        self.overrides = overrides
        self.attachments = attachments
        self.planDigest = planDigest
        self.run = run
    }
}

/// What became of a sweep that was handed in.
public struct InsertedSweep: Hashable, Sendable {
    public let id: Int
    public let name: String
    public let planned: Int
    /// How many of its trials were over before.
    public let known: Int
    /// Trials that the store did not have, in the order of their numbers there.
    public let added: [TrialID]
    /// All its trials that wait, added or not, in the plan's order.
    public let waiting: [TrialID]
}

/// What a person wants of a sweep.
public enum SweepControl: String, Hashable, Sendable {
    case active, paused, stopped
}

/// A sweep that the store has.
public struct StoredSweep: Hashable, Sendable {
    public let id: Int
    public let name: String
    /// The trial kind and its version, by which the sweep was planned.
    public let kind: String
    public let version: Int
    public let path: String
    public let text: String
    public let overrides: [String]
    public let planDigest: Digest256
    public let planned: Int
    /// Milliseconds since 1970: of its first and of its last submission.
    public let created: Int64
    public let submitted: Int64
    public let control: SweepControl
}

/// A trial by its place in a sweep.
public struct NumberedTrial: Hashable, Sendable {
    /// From 1, in the order of the plan.
    public let number: Int
    public let id: TrialID
}

/// What a worker needs of a trial.
public struct StoredSpec: Hashable, Sendable {
    public let cell: CellText
    public let seed: UInt64
    /// How many threads the trial may use.
    public let threads: Int
    /// Whether a worker was lost with it before, or died of it.
    public let wasLost: Bool
    /// The state that an earlier attempt left.
    public let checkpoint: Checkpoint?
}

/// A trial as a coordinator finds it when it starts.
public struct TrialStanding: Hashable, Sendable {
    public let id: TrialID
    public let kind: KindVersion
    public let state: TrialState
    /// How many attempts there were.
    public let attempts: Int
    /// How many of them were lost with their worker, and how many may be.
    public let hostLosses: Int
    public let hostLostLimit: Int
    /// How many workers died of a fault of their own while they trained it, and how many may.
    public let crashes: Int
    public let crashLimit: Int
    /// The current lease while leased or running, that of the result once there is one.
    public let lease: LeaseToken?
}

/// What a coordinator's core starts from.
public struct OpenState: Hashable, Sendable {
    /// All trials of the store, in the order of their numbers, from 1 without gaps.
    public let trials: [TrialStanding]
    /// All leases that were ever issued, in the order of their tokens, from 1 without gaps.
    public let leases: [Lease]
}

/// How many trials are in each state.
public struct StateCounts: Hashable, Sendable {
    private var counts = [Int](repeating: 0, count: TrialState.allCases.count)

    public init() {}

    public internal(set) subscript(state: TrialState) -> Int {
        get { counts[Int(state.rawValue)] }
        set { counts[Int(state.rawValue)] = newValue }
    }

    public var total: Int { counts.reduce(0, +) }

    /// Whether every trial is over.
    public var isOver: Bool { self[.waiting] + self[.leased] + self[.running] == 0 }
}

/// How far a sweep is.
public struct SweepStatus: Hashable, Sendable {
    /// They sum to the sweep's `planned`.
    public let counts: StateCounts
    /// How many attempts its trials took.
    public let attempts: Int
    /// Results that came after the first of their trial, and those withdrawn that another followed.
    public let duplicates: Int
    /// Those of them whose digest differs from the first.
    public let digestMismatches: Int
    /// How many of its trials are set aside for each reason; without those that none is.
    public let failures: [TrialFailure.Reason: Int]
    /// How many of its results came after its last submission, none of them known before.
    public let fresh: Int
    /// Milliseconds since 1970 of its first lease and of its last result; nil before there is one.
    public let started: Int64?
    public let lastResult: Int64?
    /// How many workers hold its trials.
    public let workers: Int
    /// Whether trials wait, workers are connected, and none of them has the kind and version.
    public let isUntrainable: Bool
}

/// A worker as the coordinator last saw it.
public struct WorkerRecord: Hashable, Sendable {
    public enum State: String, Hashable, Sendable {
        case connected, draining, unknown, lost, left
    }

    public let id: WorkerID
    public let host: String
    public let processID: Int
    public let slots: Int
    /// The launcher's name for the process; empty where there is none.
    public let job: String
    public let program: String
    /// What it can train; empty where it did not say.
    public let kinds: [KindVersion]
    public let state: State
    /// Milliseconds since 1970.
    public let lastHeard: Int64

    public init(
        id: WorkerID, host: String, processID: Int, slots: Int, job: String, program: String,
        kinds: [KindVersion] = [], state: State, lastHeard: Int64
    ) {
        self.id = id
        self.host = host
        self.processID = processID
        self.slots = slots
        self.job = job
        self.program = program
        self.kinds = kinds
        self.state = state
        self.lastHeard = lastHeard
    }
}

/// A worker with what it has to do.
public struct WorkerLoad: Hashable, Sendable {
    public let worker: WorkerRecord
    /// How many of its leases are open, and how many of their trials it trains.
    public let leased: Int
    public let running: Int
    /// Milliseconds since 1970; nil where it is not in quarantine.
    public let quarantined: Int64?
}

/// The store's coordinator, the present one or the last.
public struct CoordinatorRecord: Hashable, Sendable {
    /// The store's own name, drawn when it was made.
    public let cluster: String
    /// How many coordinators the store has had, this one included.
    public let epoch: UInt32
    /// nil before the first one could be reached.
    public let endpoint: String?
    public let processID: Int?
    public let host: String?
    /// Milliseconds since 1970.
    public let started: Int64?
    /// nil while it runs, and after it was killed.
    public let stopped: Int64?

    /// False where it has stopped, or is gone from this host; of another host's nobody knows.
    public var mayRun: Bool {
        guard stopped == nil, let processID else { return false }
        return host != StoreLock.hostName || kill(Int32(processID), 0) == 0 || errno == EPERM
    }
}

/// How a lease ended.
public enum LeaseEnding: String, Hashable, Sendable, CaseIterable {
    /// Its result stands.
    case finished
    /// Its result came after another's.
    case duplicate
    /// Its trial was set aside.
    case failed
    case returned, lost
    /// Its worker died of a fault of its own.
    case crashed
    /// Another attempt's result came first.
    case superseded
    /// Called off by a person.
    case cancelled
    /// Its result stood until a person had the trial trained again.
    case withdrawn
}

/// A lease with its history.
public struct LeaseRecord: Hashable, Sendable {
    public let lease: Lease
    /// nil if the store never heard of the worker's registration.
    public let host: String?
    /// Milliseconds since 1970.
    public let issued: Int64
    public let started: Int64?
    public let ended: Int64?
    /// nil while it is open.
    public let ending: LeaseEnding?
}

/// All that the store knows of a trial.
public struct TrialDetail: Hashable, Sendable {
    public let row: TrialRow
    public let trial: TrialID
    public let identity: Digest256
    /// The spec's canonical text.
    public let spec: String
    public let failure: TrialFailure?
    /// Its leases, the first attempt first.
    public let leases: [LeaseRecord]
    /// How far it was when it last said so, while it is not over.
    public let progress: TrialProgress?
    /// The last state that was kept of it, while it is not over.
    public let checkpoint: CheckpointRecord?
}

/// A checkpoint with its history.
public struct CheckpointRecord: Hashable, Sendable {
    public let checkpoint: Checkpoint
    /// Milliseconds since 1970.
    public let kept: Int64
}

/// What `sweep verify` finds without running anything.
public struct SweepAudit: Hashable, Sendable {
    public let planned: Int
    /// Planned trials that have exactly one result or a reason why they have none.
    public let rows: Int
    /// Numbers of planned trials that have neither.
    public let missing: [Int]
    /// Numbers of stored trials that the plan does not have there.
    public let extra: [Int]
    /// Trials set aside or cancelled: rows without a result.
    public let withoutResult: Int
    public let duplicates: Int
    public let digestMismatches: Int
    /// What contradicts itself, in words; empty in a sound store.
    public let problems: [String]

    /// Whether every planned trial is counted exactly once and nothing speaks against a result.
    public var isSound: Bool {
        rows == planned && missing.isEmpty && extra.isEmpty && digestMismatches == 0
            && problems.isEmpty
    }
}
