/// Where a trial stands. The raw values are the store's.
public enum TrialState: UInt8, Sendable, CaseIterable, CustomStringConvertible {
    case waiting = 0
    case leased = 1
    case running = 2
    case finished = 3
    case diverged = 4
    case failed = 5
    case cancelled = 6

    public var isOver: Bool { rawValue >= TrialState.finished.rawValue }

    public var description: String {
        switch self {
        case .waiting: "waiting"
        case .leased: "leased"
        case .running: "running"
        case .finished: "finished"
        case .diverged: "diverged"
        case .failed: "failed"
        case .cancelled: "cancelled"
        }
    }
}

/// Why a trial was set aside.
public enum TrialFailure: Hashable, Sendable {
    /// The trial's own code threw, with what it said.
    case error(String)
    /// Too many workers were lost while they held it.
    case hostLost
    /// Too many workers died of a fault of their own while they trained it; what the last one said.
    case crash(String)
    /// An attempt ran longer than `run.time_limit`.
    case timeLimit(Duration)

    /// The kinds of failure, by the words that the store and every `--json` have for them.
    public enum Reason: String, Sendable, CaseIterable {
        case error, crash
        case hostLost = "host_lost"
        case timeLimit = "time_limit"
    }

    public var reason: Reason {
        switch self {
        case .error: .error
        case .hostLost: .hostLost
        case .crash: .crash
        case .timeLimit: .timeLimit
        }
    }
}

/// A fact about a trial, for the store. A turn's events are committed in one transaction, in order.
public enum TrialEvent: Hashable, Sendable {
    /// The trial is this lease's; told to the worker only after the commit.
    case leased(Lease)
    /// The worker began to train.
    case started(Lease)
    /// The worker handed it back, or never heard of it: it waits again, nobody at fault.
    case returned(Lease)
    /// The lease ran out, or its worker came back without it: it waits again.
    case lost(Lease)
    /// The worker's process died of a fault of its own while it trained it: it waits again.
    case crashed(Lease)
    /// The worker of a lease that had run out holds it still: it is that lease's again.
    case resumed(Lease, isRunning: Bool)
    /// The worker's state of the trial is in a file that the store has; an earlier one is not
    /// needed any more.
    case checkpointed(Lease, Checkpoint)
    /// The first result: it stands.
    case finished(Lease, TrialResult)
    /// A later result: waste, its digest compared with the first.
    case duplicate(Lease, digest: Digest256)
    /// Set aside.
    case failed(Lease, TrialFailure)
    /// Called off, with the lease that was open then.
    case cancelled(TrialID, Lease?)
    /// Had failed or been called off, and waits again, as if nothing had been lost with it.
    case reopened(TrialID)
    /// Had diverged, and waits again: its result stands no more.
    case withdrawn(TrialID)
}
