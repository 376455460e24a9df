import GRDB
public import Sweeps

/// Where a trial stands in a sweep that has it.
public struct TrialPlace: Hashable, Sendable {
    public let sweep: String
    /// Its number there.
    public let number: Int
    public let control: SweepControl
}

/// A trial that was set aside.
public struct FailedTrial: Hashable, Sendable {
    public let sweep: String
    public let number: Int
    public let attempt: Int
    public let worker: WorkerID
    public let failure: TrialFailure
    /// Milliseconds since 1970.
    public let happened: Int64
}

/// What a worker has in hand, and what became of all that it had.
public struct WorkerLedger: Hashable, Sendable {
    public struct OpenLease: Hashable, Sendable {
        /// The first sweep that has the trial.
        public let place: TrialPlace
        public let attempt: Int
        /// Milliseconds since 1970.
        public let issued: Int64
        public let started: Int64?
        public let progress: TrialProgress?
    }

    /// In the order in which they were leased.
    public let open: [OpenLease]
    /// How many of its leases ended in each way.
    public let endings: [LeaseEnding: Int]
}

extension StoreReader {
    /// The sweeps that have a trial, the first one first.
    public func places(of trial: TrialID) throws(StoreError) -> [TrialPlace] {
        try read { try Self.places(of: trial, $0) }
    }

    private static func places(of trial: TrialID, _ db: Database) throws -> [TrialPlace] {
        try db.all(
            """
            SELECT name, number, control FROM sweep_trial JOIN sweep ON sweep.id = sweep
            WHERE trial = ? ORDER BY sweep.id
            """, trial.rawValue
        ).map { row in
            TrialPlace(
                sweep: row[0], number: row[1], control: SweepControl(rawValue: row[2]) ?? .active)
        }
    }

    /// The trials that were set aside last, the latest first.
    ///
    /// - Parameter sweep: nil for those of all sweeps.
    public func failedTrials(
        of sweep: StoredSweep? = nil, limit: Int
    ) throws(StoreError) -> [FailedTrial] {
        try read { db in
            let rows = try db.all(
                """
                SELECT failure.trial, name, number, attempt, worker, happened FROM failure
                JOIN lease ON lease.token = failure.lease
                JOIN sweep_trial ON sweep_trial.trial = failure.trial AND sweep_trial.sweep =
                    coalesce(?, (SELECT min(sweep) FROM sweep_trial
                        WHERE sweep_trial.trial = failure.trial))
                JOIN sweep ON sweep.id = sweep_trial.sweep
                ORDER BY happened DESC, failure.trial DESC LIMIT ?
                """, sweep?.id, limit)
            return try rows.compactMap { row in
                guard let failure = try Self.failure(of: TrialID(row[0]), db) else { return nil }
                return FailedTrial(
                    sweep: row[1], number: row[2], attempt: row[3],
                    worker: try WorkerID(stored: row[4]), failure: failure, happened: row[5])
            }
        }
    }

    /// The workers that a person names: by name, by host, or as `all`.
    ///
    /// - Throws: `StoreError.unknownWorker`.
    public func workers(_ selector: String) throws(StoreError) -> [WorkerLoad] {
        let all = try workers()
        if selector == "all" { return all }
        let found = all.filter { $0.worker.id.rawValue == selector || $0.worker.host == selector }
        guard !found.isEmpty else {
            let names = all.flatMap { [$0.worker.id.rawValue, $0.worker.host] }
            throw .unknownWorker(selector, known: Set(names).sorted())
        }
        return found
    }

    /// What a worker holds, and how its earlier leases ended.
    public func ledger(of worker: WorkerID) throws(StoreError) -> WorkerLedger {
        try read { db in
            let open = try db.all(
                """
                SELECT trial, attempt, issued, started FROM \(Self.openLeases)
                WHERE worker = ? ORDER BY token
                """, worker.rawValue
            ).compactMap { row -> WorkerLedger.OpenLease? in
                let trial = TrialID(row[0])
                guard let place = try Self.places(of: trial, db).first else { return nil }
                return WorkerLedger.OpenLease(
                    place: place, attempt: row[1], issued: row[2], started: row[3],
                    progress: try Self.progress(of: trial, db))
            }
            let ended = try db.all(
                """
                SELECT ending, count(*) FROM lease_row WHERE worker = ? AND ending IS NOT NULL
                GROUP BY ending
                """, worker.rawValue)
            var endings: [LeaseEnding: Int] = [:]
            for row in ended {
                guard let ending = LeaseEnding(rawValue: row[0]) else { continue }
                endings[ending] = row[1]
            }
            return WorkerLedger(open: open, endings: endings)
        }
    }
}
