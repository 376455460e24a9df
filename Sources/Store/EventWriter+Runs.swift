import GRDB
import Sweeps

/// Leases whose tokens and trials both follow each other, of one worker and the same attempt: such
/// are granted where there are plenty of trials, and such end together. What one statement does for
/// all of them costs a third of what it does one by one.
struct LeaseRun {
    let first: Lease
    private(set) var count = 1

    init(of lease: Lease) {
        first = lease
    }

    /// The run that some events begin with; nil where the first one is none that comes in runs.
    init?(startOf events: ArraySlice<TrialEvent>) {
        guard let event = events.first, let lease = event.leaseOfRun else { return nil }
        self.init(of: lease)
        for other in events.dropFirst() {
            guard event.isAlike(other), let lease = other.leaseOfRun, isContinued(by: lease) else {
                break
            }
            count += 1
        }
    }

    private func isContinued(by lease: Lease) -> Bool {
        lease.token.rawValue == first.token.rawValue + UInt32(count)
            && lease.trial.rawValue == first.trial.rawValue + UInt32(count)
            && lease.attempt == first.attempt && lease.worker == first.worker
    }

    var lastToken: LeaseToken { LeaseToken(first.token.rawValue + UInt32(count) - 1) }
    var lastTrial: TrialID { TrialID(first.trial.rawValue + UInt32(count) - 1) }
    /// How much greater the trials' numbers are than the tokens'.
    var lead: Int64 { Int64(first.trial.rawValue) - Int64(first.token.rawValue) }
}

extension TrialEvent {
    fileprivate var leaseOfRun: Lease? {
        switch self {
        case .leased(let lease), .finished(let lease, _): lease
        default: nil
        }
    }

    /// Whether both do the same to their trials.
    fileprivate func isAlike(_ other: TrialEvent) -> Bool {
        switch (self, other) {
        case (.leased, .leased): true
        case (.finished(_, let one), .finished(_, let two)): one.outcome.state == two.outcome.state
        default: false
        }
    }
}

/// What is said once for a whole run.
struct RunStatements {
    fileprivate let insertLeases: FastStatement
    fileprivate let countLeases: FastStatement
    fileprivate let leaseTrials: FastStatement
    fileprivate let countTrials: FastStatement
    fileprivate let moveTrials: FastStatement

    init(_ db: Database) throws {
        insertLeases = try FastStatement(
            """
            INSERT INTO lease (token, trial, attempt, worker, issued)
            SELECT lease, id, attempts, ?, ? FROM trial WHERE id BETWEEN ? AND ?
            """, db)
        countLeases = try FastStatement(
            """
            SELECT count(*) FROM lease
            WHERE token BETWEEN ? AND ? AND trial = token + ? AND attempt = ? AND worker = ?
            """, db)
        leaseTrials = try FastStatement(
            """
            UPDATE trial SET state = ?, lease = id - ?, attempts = ?
            WHERE id BETWEEN ? AND ? AND state = ?
            """, db)
        countTrials = try FastStatement(
            """
            SELECT count(*) FROM trial WHERE id BETWEEN ? AND ? AND state = ? AND lease = id - ?
            """, db)
        moveTrials = try FastStatement("UPDATE trial SET state = ? WHERE id BETWEEN ? AND ?", db)
    }
}

extension EventWriter {
    mutating func issue(_ run: LeaseRun) throws {
        let (first, last) = (run.first.trial, run.lastTrial)
        let changed = try runs.leaseTrials.run(
            TrialState.leased, run.lead, run.first.attempt, first, last, TrialState.waiting)
        try require(
            changed == run.count,
            run.count == 1
                ? "\(first) does not wait, yet \(run.first.token) was given for it"
                : "not all from \(first) to \(last) wait, yet leases were given for them")
        try runs.insertLeases.run(run.first.worker, now, first, last)
        tally.note(first...last, from: .waiting, to: .leased, isAttempt: true)
    }

    /// Writes the results of trials that go straight from leased to their end, as most do. Their
    /// leases' rows stay as they are: the results say how these ended, and when.
    ///
    /// - Returns: false, and changes nothing, where this is not so of all of the run.
    mutating func finish(_ run: LeaseRun, _ events: ArraySlice<TrialEvent>) throws -> Bool {
        guard case .finished(_, let result)? = events.first else { return false }
        let (first, last) = (run.first.trial, run.lastTrial)
        let standing = try runs.countTrials.first(first, last, TrialState.leased, run.lead) {
            $0.integer(0)
        }
        let issued = try runs.countLeases.first(
            run.first.token, run.lastToken, run.lead, run.first.attempt, run.first.worker
        ) { $0.integer(0) }
        guard standing == Int64(run.count), issued == Int64(run.count) else { return false }
        try runs.moveTrials.run(result.outcome.state, first, last)
        tally.note(first...last, from: .leased, to: result.outcome.state)
        for case .finished(let lease, let result) in events {
            try forgetCourse(of: lease.trial)
            try insert(result, of: lease)
        }
        return true
    }
}
