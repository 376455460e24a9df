import GRDB
public import Sweeps

/// Which curves come with a trial.
public enum CurveSelection: Hashable, Sendable {
    case none, all
    case named(Set<String>)
}

extension StoreReader {
    /// A sweep's trials, in the plan's order.
    public func rows(
        of sweep: StoredSweep, curves: CurveSelection = .none
    ) throws(StoreError) -> [TrialRow] {
        var rows: [TrialRow] = []
        rows.reserveCapacity(sweep.planned)
        try forEachRow(of: sweep, curves: curves) { rows.append($0) }
        return rows
    }

    /// Hands over a sweep's trials, in the plan's order, one at a time; a sweep that does not fit
    /// in memory is no trouble.
    ///
    /// - Throws: `StoreError`, or what `body` throws as `StoreError.failed`. After
    ///   `changedWhileRead`, drop what was handed over.
    public func forEachRow(
        of sweep: StoredSweep, curves: CurveSelection = .none, _ body: (TrialRow) throws -> Void
    ) throws(StoreError) {
        try read { db in
            var results = ResultReader(db: db, curves: curves)
            let cursor = try Row.fetchCursor(
                db,
                sql: """
                    SELECT \(TrialFacts.columns) FROM sweep_trial \(TrialFacts.joins)
                    WHERE sweep_trial.sweep = ? ORDER BY sweep_trial.number
                    """, arguments: [sweep.id])
            while let row = try cursor.next() {
                try body(results.row(of: TrialFacts(row: row)))
            }
        }
    }

    /// All that is known of one trial.
    ///
    /// - Parameter number: Its place in the plan, from 1.
    /// - Throws: `StoreError.unknownTrial`.
    public func trial(
        _ number: Int, of sweep: StoredSweep, curves: CurveSelection = .all
    ) throws(StoreError) -> TrialDetail {
        try read { db in
            let row = try db.first(
                """
                SELECT \(TrialFacts.columns), spec.identity, spec.text
                FROM sweep_trial \(TrialFacts.joins) JOIN spec ON spec.trial = trial.id
                WHERE sweep_trial.sweep = ? AND sweep_trial.number = ?
                """, sweep.id, number)
            guard let row else {
                throw StoreError.unknownTrial(
                    number: number, sweep: sweep.name, planned: sweep.planned)
            }
            let facts = try TrialFacts(row: row)
            var results = ResultReader(db: db, curves: curves)
            return TrialDetail(
                row: try results.row(of: facts), trial: facts.trial,
                identity: try Digest256(stored: row[TrialFacts.columnCount]),
                spec: row[TrialFacts.columnCount + 1],
                failure: try Self.failure(of: facts.trial, db),
                leases: try Self.leases(of: facts.trial, db),
                progress: try Self.progress(of: facts.trial, db))
        }
    }

    private static func failure(of trial: TrialID, _ db: Database) throws -> TrialFailure? {
        let row = try db.first(
            "SELECT reason, message FROM failure WHERE trial = ?", trial.rawValue)
        return row.map { row in
            switch row[0] as String {
            case "error": .error(row[1])
            case "crash": .crash(row[1])
            default: .hostLost
            }
        }
    }

    private static func leases(of trial: TrialID, _ db: Database) throws -> [LeaseRecord] {
        let rows = try db.all(
            """
            SELECT token, attempt, worker, host, issued, started, ended, ending FROM lease
            LEFT JOIN worker ON worker.id = lease.worker WHERE trial = ? ORDER BY attempt
            """, trial.rawValue)
        return try rows.map { row in
            let ending: String? = row[7]
            let known = ending.flatMap(LeaseEnding.init(rawValue:))
            guard (known == nil) == (ending == nil) else {
                throw StoredValueError(detail: "a lease ended as '\(ending ?? "")'")
            }
            let lease = Lease(
                token: LeaseToken(row[0]), trial: trial, attempt: row[1],
                worker: try WorkerID(stored: row[2]))
            return LeaseRecord(
                lease: lease, host: row[3], issued: row[4], started: row[5], ended: row[6],
                ending: known)
        }
    }

    private static func progress(of trial: TrialID, _ db: Database) throws -> TrialProgress? {
        let row = try db.first(
            "SELECT step, step_count, metrics FROM progress WHERE trial = ?", trial.rawValue)
        return try row.map {
            TrialProgress(step: $0[0], stepCount: $0[1], values: try PreviewMetric.decode($0[2]))
        }
    }
}

/// What one row of the query says of a trial.
private struct TrialFacts {
    static let columns = """
        sweep_trial.number, trial.id, trial.state, coalesce(lease.attempt, trial.attempts),
        result.digest, result.diverged_step
        """
    static let columnCount = 6
    static let joins = """
        JOIN trial ON trial.id = sweep_trial.trial
        LEFT JOIN result ON result.trial = trial.id
        LEFT JOIN lease ON lease.token = result.lease
        """

    let number: Int
    let trial: TrialID
    let state: TrialState
    let attempt: Int
    /// nil while there is no result.
    let digest: Digest256?
    let divergedStep: Int?

    init(row: Row) throws {
        number = row[0]
        trial = TrialID(row[1])
        state = try TrialState(stored: row[2])
        attempt = row[3]
        digest = row.hasNull(atIndex: 4) ? nil : try Digest256(stored: row[4])
        divergedStep = row[5]
    }
}

/// Puts results together, with statements and steps that are kept from trial to trial.
private struct ResultReader {
    let db: Database
    let curves: CurveSelection
    /// The steps of each grid that was met, shared by the curves that have them.
    private var grids: [Int64: [UInt32]] = [:]

    init(db: Database, curves: CurveSelection) {
        self.db = db
        self.curves = curves
    }

    mutating func row(of facts: TrialFacts) throws -> TrialRow {
        var result: TrialResult?
        if let digest = facts.digest {
            result = TrialResult(
                outcome: facts.divergedStep.map(Outcome.diverged(step:)) ?? .finished,
                digest: digest, curves: try curves(of: facts.trial),
                scalars: try scalars(of: facts.trial))
        }
        return TrialRow(
            number: facts.number, state: facts.state, attempt: facts.attempt, result: result)
    }

    private func scalars(of trial: TrialID) throws -> [Scalar] {
        let sql = "SELECT name, value, is_nan FROM scalar WHERE trial = ? ORDER BY position"
        return try db.all(sql, trial.rawValue).map { row in
            Scalar(name: row[0], value: row[2] ? .nan : row[1])
        }
    }

    private mutating func curves(of trial: TrialID) throws -> [Curve] {
        if curves == .none { return [] }
        let cursor = try Row.fetchCursor(
            db.cachedStatement(
                sql: "SELECT name, grid, type, data FROM curve WHERE trial = ? ORDER BY position"),
            arguments: [trial.rawValue])
        var found: [Curve] = []
        while let row = try cursor.next() {
            let name: String = row[0]
            if case .named(let names) = curves, !names.contains(name) { continue }
            let steps = try steps(row[1])
            let values = PackedColumn(type: row[2], data: row[3]).values
            guard let values, values.count == steps.count else {
                throw StoredValueError(detail: "curve '\(name)' of \(trial) does not fit its steps")
            }
            found.append(Curve(name: name, steps: steps, values: values))
        }
        return found
    }

    private mutating func steps(_ grid: Int64) throws -> [UInt32] {
        if let steps = grids[grid] { return steps }
        let row = try db.first("SELECT steps FROM grid WHERE id = ?", grid)
        let steps = row.flatMap { PackedColumn(type: "<u4", data: $0[0]).steps }
        guard let steps else { throw StoredValueError(detail: "steps \(grid)") }
        grids[grid] = steps
        return steps
    }
}
