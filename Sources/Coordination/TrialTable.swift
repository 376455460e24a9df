public import Sweeps

/// What a coordinator's core knows of every trial and every lease that was ever issued, in a few
/// bytes each: a queued trial costs 12 bytes here and 4 in the queue, an issued lease 12.
struct TrialTable: Sendable {
    /// The hot state of one trial.
    struct Entry: Sendable {
        var state: TrialState
        /// Whether it is not to be leased for now.
        var isHeld: Bool
        /// How many workers were lost while they trained it, and how many of them died of a fault
        /// of their own.
        var hostLosses: UInt8
        var crashes: UInt8
        /// What it has in common with its sweep's other trials, a place in `rules`.
        var rules: UInt16
        var attempt: UInt16
        /// The current lease while leased or running, that of the result once there is one; else
        /// the newest, 0 before the first.
        var token: UInt32
    }

    private struct IssuedLease: Sendable {
        let trial: TrialID
        let worker: UInt32
        let attempt: UInt16
    }

    /// The entry of trial `i + 1`.
    private var entries: [Entry] = []
    /// The lease with token `i + 1`.
    private var issued: [IssuedLease] = []
    private var rules: [TrialRules] = []
    private var workers: [WorkerID] = []
    private var workerNumbers: [WorkerID: UInt32] = [:]

    var count: Int { entries.count }

    /// - Precondition: `trial` is known.
    subscript(trial: TrialID) -> Entry {
        get { entries[Int(trial.rawValue) - 1] }
        set { entries[Int(trial.rawValue) - 1] = newValue }
    }

    func contains(_ trial: TrialID) -> Bool {
        trial.rawValue >= 1 && trial.rawValue <= entries.count
    }

    /// Adds the next trial.
    ///
    /// - Precondition: Its number follows the last one's.
    mutating func append(_ trial: KnownTrial) {
        precondition(
            trial.id.rawValue == entries.count + 1, "\(trial.id) after \(entries.count) trials")
        entries.append(
            Entry(
                state: trial.state, isHeld: false, hostLosses: UInt8(clamping: trial.hostLosses),
                crashes: UInt8(clamping: trial.crashes), rules: place(of: trial.rules), attempt: 0,
                token: trial.lease?.rawValue ?? 0))
    }

    private mutating func place(of new: TrialRules) -> UInt16 {
        // Neighbours have the same; and there are no more than sweeps with rules of their own.
        if let place = rules.lastIndex(of: new) { return UInt16(place) }
        precondition(rules.count < UInt16.max, "\(rules.count) rules")
        rules.append(new)
        return UInt16(rules.count - 1)
    }

    /// - Precondition: `trial` is known.
    mutating func set(_ terms: LeaseTerms, of trial: TrialID) {
        var new = rules(of: trial)
        guard new.terms != terms else { return }
        new.terms = terms
        self[trial].rules = place(of: new)
    }

    /// - Precondition: `trial` is known.
    func rules(of trial: TrialID) -> TrialRules { rules[Int(self[trial].rules)] }

    /// Enters a lease that the store has, in the order of tokens.
    mutating func restore(_ lease: Lease) {
        precondition(
            lease.token.rawValue == issued.count + 1, "\(lease.token) after \(issued.count) leases")
        let standing = self[lease.trial].token
        issue(lease)
        if standing != 0 { self[lease.trial].token = standing }
    }

    /// Draws the next token.
    mutating func issue(_ trial: TrialID, to worker: WorkerID) -> Lease {
        let lease = Lease(
            token: LeaseToken(UInt32(issued.count) + 1), trial: trial,
            attempt: Int(self[trial].attempt) + 1, worker: worker)
        issue(lease)
        return lease
    }

    private mutating func issue(_ lease: Lease) {
        let number = workerNumbers[lease.worker] ?? UInt32(workers.count)
        if number == workers.count {
            workers.append(lease.worker)
            workerNumbers[lease.worker] = number
        }
        let attempt = UInt16(clamping: lease.attempt)
        issued.append(IssuedLease(trial: lease.trial, worker: number, attempt: attempt))
        self[lease.trial].attempt = attempt
        self[lease.trial].token = lease.token.rawValue
    }

    /// The lease of this token, if it was issued.
    func lease(_ token: LeaseToken) -> Lease? {
        guard token.rawValue >= 1, token.rawValue <= issued.count else { return nil }
        let lease = issued[Int(token.rawValue) - 1]
        return Lease(
            token: token, trial: lease.trial, attempt: Int(lease.attempt),
            worker: workers[Int(lease.worker)])
    }

    /// Whether the trial is this lease's now.
    func isCurrent(_ lease: Lease) -> Bool {
        let entry = self[lease.trial]
        return entry.token == lease.token.rawValue
            && (entry.state == .leased || entry.state == .running)
    }
}

/// What a sweep's trials have in common.
public struct TrialRules: Hashable, Sendable {
    /// What a worker has to have to train them.
    public var kind: KindVersion
    /// With one worker lost more than this a trial is set aside.
    public var hostLossLimit: Int
    /// Likewise, of workers that die of a fault of their own.
    public var crashLimit: Int
    public var terms: LeaseTerms

    public init(
        kind: KindVersion, hostLossLimit: Int = 20, crashLimit: Int = 3,
        terms: LeaseTerms = LeaseTerms()
    ) {
        self.kind = kind
        self.hostLossLimit = hostLossLimit
        self.crashLimit = crashLimit
        self.terms = terms
    }
}

/// A trial as the store hands it to a coordinator's core.
public struct KnownTrial: Hashable, Sendable {
    public let id: TrialID
    public let state: TrialState
    public let hostLosses: Int
    public let crashes: Int
    public let rules: TrialRules
    /// The current lease while leased or running, that of the result once there is one.
    public let lease: LeaseToken?

    public init(
        id: TrialID, state: TrialState = .waiting, hostLosses: Int = 0, crashes: Int = 0,
        rules: TrialRules, lease: LeaseToken? = nil
    ) {
        self.id = id
        self.state = state
        self.hostLosses = hostLosses
        self.crashes = crashes
        self.rules = rules
        self.lease = lease
    }
}
