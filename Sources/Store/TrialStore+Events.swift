import GRDB
public import Sweeps

extension TrialStore {
    /// Makes a turn's events durable, in order and in one transaction.
    ///
    /// - Parameter now: Milliseconds since 1970, for people; nothing is decided by it.
    /// - Throws: `StoreError.full` when there is no room, `.invariant` for an event that
    ///   contradicts what is stored; nothing of the turn stays then.
    public func commit(_ events: [TrialEvent], at now: Int64) throws(StoreError) {
        guard !events.isEmpty else { return }
        try write { db in
            for event in events {
                try EventWriter(db: db, now: now).write(event)
            }
        }
    }
}

/// Writes events within a transaction.
private struct EventWriter {
    let db: Database
    let now: Int64

    func write(_ event: TrialEvent) throws {
        switch event {
        case .leased(let lease): try issue(lease)
        case .started(let lease): try start(lease)
        case .returned(let lease): try giveBack(lease, .returned)
        case .lost(let lease): try lose(lease)
        case .crashed(let lease): try crash(lease)
        case .resumed(let lease, let isRunning): try resume(lease, isRunning: isRunning)
        case .finished(let lease, let result): try finish(lease, result)
        case .duplicate(let lease, let digest): try count(lease, digest)
        case .failed(let lease, let failure): try setAside(lease, failure)
        case .cancelled(let trial, let lease): try callOff(trial, lease)
        case .reopened(let trial): try reopen(trial)
        }
    }

    private func issue(_ lease: Lease) throws {
        try db.run(
            "INSERT INTO lease (token, trial, attempt, worker, issued) VALUES (?, ?, ?, ?, ?)",
            lease.token.rawValue, lease.trial.rawValue, lease.attempt, lease.worker.rawValue, now)
        try require(
            db.run(
                """
                UPDATE trial SET state = \(TrialState.leased.rawValue), attempts = ?, lease = ?
                WHERE id = ? AND state = \(TrialState.waiting.rawValue)
                """, lease.attempt, lease.token.rawValue, lease.trial.rawValue),
            "\(lease.trial) does not wait, yet \(lease.token) was given for it")
    }

    private func start(_ lease: Lease) throws {
        try requireIssued(
            lease,
            db.run(
                "UPDATE lease SET started = coalesce(started, ?) WHERE \(Self.isThisLease)", now,
                lease.token.rawValue, lease.trial.rawValue, lease.attempt, lease.worker.rawValue))
        try db.run(
            """
            UPDATE trial SET state = \(TrialState.running.rawValue)
            WHERE id = ? AND lease = ? AND state = \(TrialState.leased.rawValue)
            """, lease.trial.rawValue, lease.token.rawValue)
    }

    private func giveBack(_ lease: Lease, _ ending: LeaseEnding) throws {
        try end(lease, ending)
        try db.run(
            """
            UPDATE trial SET state = \(TrialState.waiting.rawValue), lease = NULL
            WHERE id = ? AND lease = ? AND \(Self.isNotOver)
            """, lease.trial.rawValue, lease.token.rawValue)
    }

    private func lose(_ lease: Lease) throws {
        try giveBack(lease, .lost)
        try db.run(
            "UPDATE trial SET host_losses = host_losses + 1 WHERE id = ?", lease.trial.rawValue)
    }

    private func crash(_ lease: Lease) throws {
        try giveBack(lease, .crashed)
        try db.run("UPDATE trial SET crashes = crashes + 1 WHERE id = ?", lease.trial.rawValue)
    }

    private func resume(_ lease: Lease, isRunning: Bool) throws {
        try end(lease, nil)
        if isRunning {
            try db.run(
                "UPDATE lease SET started = coalesce(started, ?) WHERE token = ?", now,
                lease.token.rawValue)
        }
        let state: TrialState = isRunning ? .running : .leased
        try require(
            db.run(
                """
                UPDATE trial SET state = ?, lease = ?
                WHERE id = ? AND state = \(TrialState.waiting.rawValue)
                """, state.rawValue, lease.token.rawValue, lease.trial.rawValue),
            "\(lease.trial) does not wait, yet \(lease.token) was resumed")
    }

    private func finish(_ lease: Lease, _ result: TrialResult) throws {
        let state: TrialState
        let divergedStep: Int?
        switch result.outcome {
        case .finished: (state, divergedStep) = (.finished, nil)
        case .diverged(let step): (state, divergedStep) = (.diverged, step)
        }
        try end(lease, .finished)
        try conclude(lease, state, "\(lease.trial) is over, yet \(lease.token) finished it")
        try db.run(
            """
            UPDATE lease SET ended = ?, ending = '\(LeaseEnding.superseded.rawValue)'
            WHERE trial = ? AND ending IS NULL
            """, now, lease.trial.rawValue)
        try db.run(
            """
            INSERT INTO result (trial, lease, digest, diverged_step, committed)
            VALUES (?, ?, ?, ?, ?)
            """, lease.trial.rawValue, lease.token.rawValue, result.digest.data, divergedStep, now)
        try insert(result.scalars, of: lease.trial)
        try insert(result.curves, of: lease.trial)
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

    private func setAside(_ lease: Lease, _ failure: TrialFailure) throws {
        let reason: String
        let message: String
        let ending: LeaseEnding
        switch failure {
        case .error(let text): (reason, message, ending) = ("error", text, .failed)
        case .hostLost: (reason, message, ending) = ("host_lost", "", .lost)
        case .crash(let text): (reason, message, ending) = ("crash", text, .crashed)
        }
        try end(lease, ending)
        try conclude(lease, .failed, "\(lease.trial) is over, yet \(lease.token) failed")
        try db.run(
            """
            INSERT INTO failure (trial, lease, reason, message, happened) VALUES (?, ?, ?, ?, ?)
            """, lease.trial.rawValue, lease.token.rawValue, reason, message, now)
    }

    private func callOff(_ trial: TrialID, _ lease: Lease?) throws {
        if let lease { try end(lease, .cancelled) }
        try require(
            db.run(
                """
                UPDATE trial SET state = \(TrialState.cancelled.rawValue), lease = NULL
                WHERE id = ? AND \(Self.isNotOver)
                """, trial.rawValue), "\(trial) is over, yet it was called off")
        try db.run("DELETE FROM progress WHERE trial = ?", trial.rawValue)
    }

    private func reopen(_ trial: TrialID) throws {
        try require(
            db.run(
                """
                UPDATE trial SET state = \(TrialState.waiting.rawValue), lease = NULL,
                    host_losses = 0, crashes = 0
                WHERE id = ? AND state IN (\(TrialState.failed.rawValue),
                    \(TrialState.cancelled.rawValue))
                """, trial.rawValue), "\(trial) was neither failed nor called off")
        try db.run("DELETE FROM failure WHERE trial = ?", trial.rawValue)
    }

    // MARK: - Parts

    private static let isThisLease = "token = ? AND trial = ? AND attempt = ? AND worker = ?"
    private static let isNotOver = "state < \(TrialState.finished.rawValue)"

    /// Closes a lease, or opens it again where `ending` is nil.
    private func end(_ lease: Lease, _ ending: LeaseEnding?) throws {
        try requireIssued(
            lease,
            db.run(
                "UPDATE lease SET ending = ?, ended = ? WHERE \(Self.isThisLease)",
                ending?.rawValue, ending == nil ? nil : now, lease.token.rawValue,
                lease.trial.rawValue, lease.attempt, lease.worker.rawValue))
    }

    /// Ends a trial that is not over: what makes a second result impossible.
    private func conclude(_ lease: Lease, _ state: TrialState, _ problem: String) throws {
        try require(
            db.run(
                "UPDATE trial SET state = ?, lease = ? WHERE id = ? AND \(Self.isNotOver)",
                state.rawValue, lease.token.rawValue, lease.trial.rawValue), problem)
        try db.run("DELETE FROM progress WHERE trial = ?", lease.trial.rawValue)
    }

    private func insert(_ scalars: [Scalar], of trial: TrialID) throws {
        for (position, scalar) in scalars.enumerated() {
            // SQLite has no NaN: it stores null, which here is an event that never came.
            try db.run(
                "INSERT INTO scalar (trial, position, name, value, is_nan) VALUES (?, ?, ?, ?, ?)",
                trial.rawValue, position, scalar.name, scalar.value, scalar.value?.isNaN == true)
        }
    }

    /// Most trials of a sweep log at the same steps, which are therefore stored once, by content.
    private func insert(_ curves: [Curve], of trial: TrialID) throws {
        var grid = (steps: [UInt32](), id: Int64(0))
        for (position, curve) in curves.enumerated() {
            if position == 0 || curve.steps != grid.steps {
                grid = (curve.steps, try gridID(of: curve.steps))
            }
            let column = PackedColumn(values: curve.values)
            try db.run(
                """
                INSERT INTO curve (trial, position, name, grid, type, data)
                VALUES (?, ?, ?, ?, ?, ?)
                """, trial.rawValue, position, curve.name, grid.id, column.type, column.data)
        }
    }

    private func gridID(of steps: [UInt32]) throws -> Int64 {
        let data = PackedColumn(steps: steps).data
        let digest = Digest256(hashing: data).data
        if let row = try db.first("SELECT id FROM grid WHERE digest = ?", digest) {
            return row[0]
        }
        try db.run("INSERT INTO grid (digest, steps) VALUES (?, ?)", digest, data)
        return db.lastInsertedRowID
    }

    private func require(_ changed: Int, _ problem: @autoclosure () -> String) throws {
        guard changed == 1 else { throw StoreError.invariant(problem()) }
    }

    private func requireIssued(_ lease: Lease, _ changed: Int) throws {
        try require(
            changed,
            "\(lease.token) was not issued to \(lease.worker) for attempt \(lease.attempt) at"
                + " \(lease.trial)")
    }
}
