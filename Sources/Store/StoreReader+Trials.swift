import GRDB
public import Sweeps

/// Which curves come with a trial, and which arrays.
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
            try Self.expect(sweep, db)
            var results = ResultReader(db: db, curves: curves)
            let rows = try FastStatement(
                """
                SELECT \(TrialFacts.columns) FROM sweep_trial \(TrialFacts.joins)
                WHERE sweep_trial.sweep = ? ORDER BY sweep_trial.number
                """, db)
            try rows.forEachRow(sweep.id) { try body(results.row(of: TrialFacts($0))) }
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
            try Self.expect(sweep, db)
            let find = try FastStatement(
                """
                SELECT \(TrialFacts.columns), spec.identity, cell.text, spec.seed
                FROM sweep_trial \(TrialFacts.joins) JOIN spec ON spec.trial = trial.id
                JOIN cell ON cell.id = spec.cell
                WHERE sweep_trial.sweep = ? AND sweep_trial.number = ?
                """, db)
            let detail = try find.first(sweep.id, number) { row in
                let facts = try TrialFacts(row)
                var results = ResultReader(db: db, curves: curves)
                let count = TrialFacts.columnCount
                guard let cell = CellText(bytes: Array(row.text(count + 1).utf8)) else {
                    throw StoredValueError(detail: "the text of a cell of \(facts.trial)")
                }
                let spec = cell.specText(seed: UInt64(bitPattern: row.integer(count + 2)))
                return TrialDetail(
                    row: try results.row(of: facts), trial: facts.trial,
                    identity: try Digest256(stored: row.bytes(count)),
                    spec: String(decoding: spec, as: UTF8.self),
                    failure: try Self.failure(of: facts.trial, db),
                    leases: try Self.leases(of: facts.trial, db),
                    progress: try Self.progress(of: facts.trial, db),
                    checkpoint: try Self.checkpoint(of: facts.trial, db))
            }
            guard let detail else {
                throw StoreError.unknownTrial(
                    number: number, sweep: sweep.name, planned: sweep.planned)
            }
            return detail
        }
    }

    static func failure(of trial: TrialID, _ db: Database) throws -> TrialFailure? {
        let row = try db.first(
            "SELECT reason, message FROM failure WHERE trial = ?", trial.rawValue)
        return try row.map { row in
            switch TrialFailure.Reason(rawValue: row[0]) {
            case .error: return .error(row[1])
            case .crash: return .crash(row[1])
            case .hostLost: return .hostLost
            case .timeLimit:
                guard let limit = Duration(text: row[1]) else {
                    throw StoredValueError(detail: "a time limit of '\(row[1] as String)'")
                }
                return .timeLimit(limit)
            case nil: throw StoredValueError(detail: "a failure for '\(row[0] as String)'")
            }
        }
    }

    private static func leases(of trial: TrialID, _ db: Database) throws -> [LeaseRecord] {
        let rows = try db.all(
            """
            SELECT token, attempt, worker, host, issued, started, ended, ending FROM lease_row
            LEFT JOIN worker ON worker.id = lease_row.worker WHERE trial = ? ORDER BY attempt
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

    private static func checkpoint(
        of trial: TrialID, _ db: Database
    ) throws -> CheckpointRecord? {
        let row = try db.first(
            "SELECT digest, step, size, kept FROM checkpoint WHERE trial = ?", trial.rawValue)
        return try row.map {
            CheckpointRecord(
                checkpoint: Checkpoint(
                    digest: try Digest256(stored: $0[0]), step: $0[1], sizeInBytes: $0[2]),
                kept: $0[3])
        }
    }

    static func progress(of trial: TrialID, _ db: Database) throws -> TrialProgress? {
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
        result.digest, result.diverged_step, result.layout, result.data
        """
    static let columnCount: Int32 = 8
    static let joins = """
        JOIN trial ON trial.id = sweep_trial.trial
        LEFT JOIN result ON result.trial = trial.id
        LEFT JOIN lease ON lease.token = result.lease
        """

    struct Packed {
        let digest: Digest256
        let divergedStep: Int?
        let layout: Int64
        let data: [UInt8]
    }

    let number: Int
    let trial: TrialID
    let state: TrialState
    let attempt: Int
    /// nil while there is no result.
    let result: Packed?

    init(_ row: FastRow) throws {
        number = Int(row.integer(0))
        trial = TrialID(UInt32(truncatingIfNeeded: row.integer(1)))
        state = try TrialState(stored: UInt8(truncatingIfNeeded: row.integer(2)))
        attempt = Int(row.integer(3))
        result =
            row.isNull(4)
            ? nil
            : Packed(
                digest: try Digest256(stored: row.bytes(4)),
                divergedStep: row.optionalInteger(5).map { Int($0) }, layout: row.integer(6),
                data: row.bytes(7))
    }
}

/// Puts results together, with layouts that are kept from trial to trial.
private struct ResultReader {
    private let curves: CurveSelection
    private var layouts: LayoutReader
    /// Of each layout, what is asked for and where it lies.
    private var parts: [Int64: (layout: ResultLayout, places: [Range<Int>])] = [:]

    init(db: Database, curves: CurveSelection) {
        self.curves = curves
        layouts = LayoutReader(db: db)
    }

    mutating func row(of facts: TrialFacts) throws -> TrialRow {
        let result = try facts.result.map { packed in
            let whole = try layouts.layout(packed.layout)
            guard packed.data.count == whole.sizeInBytes,
                let result = TrialResult(
                    outcome: packed.divergedStep.map(Outcome.diverged(step:)) ?? .finished,
                    digest: packed.digest, layout: whole, data: packed.data)
            else {
                throw StoredValueError(detail: "the result of \(facts.trial) has another layout")
            }
            return curves == .all ? result : select(of: result, packed.layout)
        }
        return TrialRow(
            number: facts.number, state: facts.state, attempt: facts.attempt, result: result)
    }

    private mutating func select(of result: TrialResult, _ id: Int64) -> TrialResult {
        let part = parts[id] ?? part(of: result.layout)
        parts[id] = part
        let data = part.places.reduce(into: [UInt8]()) { $0 += result.data[$1] }
        return TrialResult(
            outcome: result.outcome, digest: result.digest, layout: part.layout, data: data)
            ?? result
    }

    private func part(of whole: ResultLayout) -> (layout: ResultLayout, places: [Range<Int>]) {
        let names = if case .named(let names) = curves { names } else { Set<String>() }
        let speeds = names.compactMap(CurveSpeed.init)
        let chosen = whole.curves.indices.filter { index in
            let name = whole.curves[index].name
            return names.contains(name) || speeds.contains { $0.isMade(of: name) }
        }
        let arrays = whole.arrays.indices.filter { names.contains(whole.arrays[$0].name) }
        let places =
            chosen.map { index in
                let offset = whole.offset(ofCurve: index)
                return offset..<offset + whole.curves[index].sizeInBytes
            }
            + arrays.map { index in
                let offset = whole.offset(ofArray: index)
                return offset..<offset + whole.arrays[index].sizeInBytes
            }
        let layout = ResultLayout(
            scalars: whole.scalars, curves: chosen.map { whole.curves[$0] },
            arrays: arrays.map { whole.arrays[$0] })
        return (layout, [0..<8 * whole.scalars.count] + places)
    }
}
