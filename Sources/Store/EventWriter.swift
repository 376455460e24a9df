import GRDB
import Sweeps

/// Writes events within a transaction.
struct EventWriter {
    private let db: Database
    let now: Int64
    var tally: SweepTally
    private(set) var layouts: LayoutCache
    /// The trials that have a row in `progress`.
    private(set) var reported: Set<TrialID>
    private(set) var checkpoints: KeptCheckpoints

    let runs: RunStatements
    private let endLease: FastStatement
    private let startLease: FastStatement
    private let endOthers: FastStatement
    private let standing: FastStatement
    private let setTrial: FastStatement
    private let moveTrial: FastStatement
    private let forgetProgress: FastStatement
    private let insertResult: FastStatement

    init(
        db: Database, now: Int64, layouts: LayoutCache, reported: Set<TrialID>,
        checkpoints: KeptCheckpoints
    ) throws {
        self.db = db
        self.now = now
        self.layouts = layouts
        self.reported = reported
        self.checkpoints = checkpoints
        tally = try SweepTally(db)
        let isThisLease = "token = ? AND trial = ? AND attempt = ? AND worker = ?"
        func statement(_ sql: String) throws -> FastStatement { try FastStatement(sql, db) }
        runs = try RunStatements(db)
        endLease = try statement("UPDATE lease SET ending = ?, ended = ? WHERE \(isThisLease)")
        startLease = try statement(
            "UPDATE lease SET started = coalesce(started, ?) WHERE \(isThisLease)")
        endOthers = try statement(
            "UPDATE lease SET ended = ?, ending = ? WHERE trial = ? AND ending IS NULL")
        standing = try statement("SELECT state, lease FROM trial WHERE id = ?")
        setTrial = try statement("UPDATE trial SET state = ?, lease = ? WHERE id = ?")
        moveTrial = try statement(
            "UPDATE trial SET state = ? WHERE id = ? AND lease = ? AND state = ?")
        forgetProgress = try statement("DELETE FROM progress WHERE trial = ?")
        insertResult = try statement(
            """
            INSERT INTO result (trial, lease, digest, diverged_step, committed, layout, data)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            """)
    }

    /// Writes a turn's events, in order.
    mutating func write(_ events: [TrialEvent]) throws {
        var rest = events[...]
        while let first = rest.first {
            var count = 1
            if let run = LeaseRun(startOf: rest), try write(rest.prefix(run.count), as: run) {
                count = run.count
            } else {
                try write(first)
            }
            rest = rest.dropFirst(count)
        }
    }

    private mutating func write(
        _ events: ArraySlice<TrialEvent>, as run: LeaseRun
    ) throws -> Bool {
        if case .finished = events.first { return try finish(run, events) }
        try issue(run)
        return true
    }

    private mutating func write(_ event: TrialEvent) throws {
        switch event {
        case .leased(let lease): try issue(LeaseRun(of: lease))
        case .started(let lease): try start(lease)
        case .returned(let lease): try giveBack(lease, .returned)
        case .lost(let lease): try lose(lease)
        case .crashed(let lease): try crash(lease)
        case .resumed(let lease, let isRunning): try resume(lease, isRunning: isRunning)
        case .checkpointed(let lease, let checkpoint): try keep(checkpoint, of: lease)
        case .finished(let lease, let result): try finish(lease, result)
        case .duplicate(let lease, let digest): try count(lease, digest)
        case .failed(let lease, let failure): try setAside(lease, failure)
        case .cancelled(let trial, let lease): try callOff(trial, lease)
        case .reopened(let trial): try reopen(trial)
        case .withdrawn(let trial): try withdraw(trial)
        }
    }

    /// Writes what was counted on the way.
    mutating func finish() throws {
        try tally.write(to: db, at: now)
    }

    private mutating func start(_ lease: Lease) throws {
        try requireIssued(
            lease, startLease.run(now, lease.token, lease.trial, lease.attempt, lease.worker))
        _ = try move(lease, from: .leased, to: .running)
    }

    /// What most trials go through, in one statement.
    ///
    /// - Returns: false, and changes nothing, where the trial is not in this state by this lease.
    private mutating func move(
        _ lease: Lease, from old: TrialState, to new: TrialState
    ) throws -> Bool {
        guard try moveTrial.run(new, lease.trial, lease.token, old) == 1 else { return false }
        tally.note(lease.trial, from: old, to: new)
        return true
    }

    private mutating func giveBack(_ lease: Lease, _ ending: LeaseEnding) throws {
        try end(lease, ending)
        if let old = try standing(of: lease.trial), old.lease == lease.token, !old.state.isOver {
            try set(lease.trial, from: old.state, to: .waiting, lease: nil)
        }
    }

    private mutating func lose(_ lease: Lease) throws {
        try giveBack(lease, .lost)
        try db.run(
            "UPDATE trial SET host_losses = host_losses + 1 WHERE id = ?", lease.trial.rawValue)
    }

    private mutating func crash(_ lease: Lease) throws {
        try giveBack(lease, .crashed)
        try db.run("UPDATE trial SET crashes = crashes + 1 WHERE id = ?", lease.trial.rawValue)
    }

    private mutating func resume(_ lease: Lease, isRunning: Bool) throws {
        try end(lease, nil)
        if isRunning {
            try startLease.run(now, lease.token, lease.trial, lease.attempt, lease.worker)
        }
        try require(
            standing(of: lease.trial)?.state == .waiting,
            "\(lease.trial) does not wait, yet \(lease.token) was resumed")
        try set(
            lease.trial, from: .waiting, to: isRunning ? .running : .leased, lease: lease.token)
    }

    private mutating func keep(_ checkpoint: Checkpoint, of lease: Lease) throws {
        try require(
            standing(of: lease.trial)?.lease == lease.token,
            "\(lease.trial) is not \(lease.token)'s, yet its state came with it")
        try checkpoints.keep(checkpoint, of: lease, at: now, in: db)
    }

    private mutating func finish(_ lease: Lease, _ result: TrialResult) throws {
        try end(lease, .finished)
        let current = try conclude(
            lease, result.outcome.state, "\(lease.trial) is over, yet \(lease.token) finished it")
        if current != lease.token {
            try endOthers.run(now, LeaseEnding.superseded, lease.trial)
        }
        try insert(result, of: lease)
    }

    mutating func insert(_ result: TrialResult, of lease: Lease) throws {
        let layout = try layouts.id(of: result.layout, in: db)
        try result.digest.withBytes { digest in
            _ = try result.data.withUnsafeBytes { data in
                try insertResult.run(
                    lease.trial, lease.token, LentBytes(digest), result.outcome.divergedStep, now,
                    layout, LentBytes(data))
            }
        }
    }

    private func count(_ lease: Lease, _ digest: Digest256) throws {
        let standing = try db.first(
            "SELECT lease, digest FROM result WHERE trial = ?", lease.trial.rawValue)
        guard let standing else {
            throw StoreError.invariant("\(lease.trial) has no result that \(lease.token) repeats")
        }
        // A message repeated is no work repeated.
        let isRepetition = standing[0] == lease.token.rawValue
        let isMismatch = try Digest256(stored: standing[1]) != digest
        if isRepetition, !isMismatch { return }
        if !isRepetition { try end(lease, .duplicate) }
        try db.run(
            """
            INSERT INTO duplicate (lease, trial, digest, mismatch, received) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (lease) DO UPDATE SET digest = excluded.digest,
                mismatch = excluded.mismatch, received = excluded.received
            WHERE excluded.mismatch
            """, lease.token.rawValue, lease.trial.rawValue, digest.data, isMismatch, now)
    }

    private mutating func setAside(_ lease: Lease, _ failure: TrialFailure) throws {
        let message: String
        let ending: LeaseEnding
        switch failure {
        case .error(let text): (message, ending) = (text, .failed)
        case .hostLost: (message, ending) = ("", .lost)
        case .crash(let text): (message, ending) = (text, .crashed)
        case .timeLimit(let limit): (message, ending) = (limit.text, .failed)
        }
        try end(lease, ending)
        try conclude(lease, .failed, "\(lease.trial) is over, yet \(lease.token) failed")
        try db.run(
            """
            INSERT INTO failure (trial, lease, reason, message, happened) VALUES (?, ?, ?, ?, ?)
            """, lease.trial.rawValue, lease.token.rawValue, failure.reason.rawValue, message,
            now)
    }

    private mutating func callOff(_ trial: TrialID, _ lease: Lease?) throws {
        if let lease { try end(lease, .cancelled) }
        guard let old = try standing(of: trial), !old.state.isOver else {
            throw StoreError.invariant("\(trial) is over, yet it was called off")
        }
        try set(trial, from: old.state, to: .cancelled, lease: nil)
        try forgetCourse(of: trial)
    }

    private mutating func reopen(_ trial: TrialID) throws {
        guard let old = try standing(of: trial), old.state == .failed || old.state == .cancelled
        else { throw StoreError.invariant("\(trial) was neither failed nor called off") }
        try set(trial, from: old.state, to: .waiting, lease: nil)
        try db.run(
            "UPDATE trial SET host_losses = 0, crashes = 0 WHERE id = ?", trial.rawValue)
        try db.run("DELETE FROM failure WHERE trial = ?", trial.rawValue)
    }

    /// The digests of a result that stands no more, and of those that came after it, are kept to be
    /// compared with the next one's; of one lease's the one that differed.
    private mutating func withdraw(_ trial: TrialID) throws {
        guard let old = try standing(of: trial), old.state == .diverged, let lease = old.lease
        else { throw StoreError.invariant("\(trial) has not diverged") }
        try db.run(
            """
            UPDATE lease SET ending = ?, ended =
                coalesce(ended, (SELECT committed FROM result WHERE trial = lease.trial))
            WHERE token = ?
            """, LeaseEnding.withdrawn.rawValue, lease.rawValue)
        for table in ["duplicate", "result"] {
            try db.run(
                """
                INSERT OR IGNORE INTO withdrawn (lease, trial, digest)
                SELECT lease, trial, digest FROM \(table) WHERE trial = ?
                """, trial.rawValue)
            try db.run("DELETE FROM \(table) WHERE trial = ?", trial.rawValue)
        }
        try set(trial, from: .diverged, to: .waiting, lease: nil)
    }

    // MARK: - Parts

    /// nil where there is no such trial.
    private func standing(of trial: TrialID) throws -> (state: TrialState, lease: LeaseToken?)? {
        try standing.first(trial) { row in
            (
                try TrialState(stored: UInt8(truncatingIfNeeded: row.integer(0))),
                row.optionalInteger(1).map { LeaseToken(UInt32(truncatingIfNeeded: $0)) }
            )
        }
    }

    /// Every change of a trial's state but the first lease goes this way, so that it is counted.
    private mutating func set(
        _ trial: TrialID, from old: TrialState, to new: TrialState, lease: LeaseToken?
    ) throws {
        try setTrial.run(new, lease, trial)
        tally.note(trial, from: old, to: new)
    }

    /// Closes a lease, or opens it again where `ending` is nil.
    private func end(_ lease: Lease, _ ending: LeaseEnding?) throws {
        try requireIssued(
            lease,
            endLease.run(
                ending, ending == nil ? nil : now, lease.token, lease.trial, lease.attempt,
                lease.worker))
    }

    /// Ends a trial that is not over: what makes a second result impossible.
    ///
    /// - Returns: The lease that it had.
    @discardableResult
    private mutating func conclude(
        _ lease: Lease, _ state: TrialState, _ problem: @autoclosure () -> String
    ) throws -> LeaseToken? {
        try forgetCourse(of: lease.trial)
        if try move(lease, from: .leased, to: state) { return lease.token }
        guard let old = try standing(of: lease.trial), !old.state.isOver else {
            throw StoreError.invariant(problem())
        }
        try set(lease.trial, from: old.state, to: state, lease: lease.token)
        return old.lease
    }

    /// How far a trial was is of no use once it is over.
    mutating func forgetCourse(of trial: TrialID) throws {
        try checkpoints.forget(trial, in: db)
        if reported.remove(trial) != nil { try forgetProgress.run(trial) }
    }

    func require(_ holds: Bool, _ problem: @autoclosure () -> String) throws {
        guard holds else { throw StoreError.invariant(problem()) }
    }

    private func requireIssued(_ lease: Lease, _ changed: Int) throws {
        try require(
            changed == 1,
            "\(lease.token) was not issued to \(lease.worker) for attempt \(lease.attempt) at"
                + " \(lease.trial)")
    }
}

extension Outcome {
    var state: TrialState { self == .finished ? .finished : .diverged }

    fileprivate var divergedStep: Int? {
        if case .diverged(let step) = self { step } else { nil }
    }
}
