import Foundation
import GRDB
public import Sweeps

extension StoreReader {
    /// All sweeps, the first one first.
    public func sweeps() throws(StoreError) -> [StoredSweep] {
        try read { db in
            try db.all("SELECT \(StoredSweep.columns) FROM sweep ORDER BY id")
                .map(StoredSweep.init(row:))
        }
    }

    /// The sweeps that a person names: by name, by number, as `last` (submitted), as `all`, or by a
    /// range of numbers, `1-10`.
    ///
    /// - Returns: At least one, in the order of their numbers.
    /// - Throws: `StoreError.unknownSweep`.
    public func sweeps(_ selector: String) throws(StoreError) -> [StoredSweep] {
        try read { db in
            let select = "SELECT \(StoredSweep.columns) FROM sweep "
            var rows = try db.all(select + "WHERE name = ?", selector)
            if rows.isEmpty {
                let ends = selector.split(separator: "-", omittingEmptySubsequences: false)
                    .map { Int($0) }
                if (1...2).contains(ends.count), let first = ends[0],
                    let last = ends[ends.count - 1]
                {
                    rows = try db.all(
                        select + "WHERE id BETWEEN ? AND ? ORDER BY id", first, last)
                } else if selector == "all" {
                    rows = try db.all(select + "ORDER BY id")
                } else if selector == "last" {
                    rows = try db.all(select + "ORDER BY submitted DESC, id DESC LIMIT 1")
                }
            }
            guard !rows.isEmpty else {
                let names = try String.fetchAll(
                    db, sql: "SELECT name FROM sweep ORDER BY submitted DESC, id DESC LIMIT 8")
                throw StoreError.unknownSweep(selector, known: names)
            }
            return try rows.map(StoredSweep.init(row:))
        }
    }

    /// The one sweep that a person names.
    ///
    /// - Throws: `StoreError.unknownSweep`, `.severalSweeps`.
    public func sweep(_ selector: String) throws(StoreError) -> StoredSweep {
        let found = try sweeps(selector)
        guard found.count == 1 else {
            throw .severalSweeps(selector, names: found.map(\.name))
        }
        return found[0]
    }

    /// Makes sure that the numbers of a sweep's trials are still those of the plan that it was found
    /// with, in the transaction that reads them.
    static func expect(_ sweep: StoredSweep, _ db: Database) throws {
        let row = try db.first("SELECT plan_digest FROM sweep WHERE id = ?", sweep.id)
        guard let row, try Digest256(stored: row[0]) == sweep.planDigest else {
            throw StoreError.extendedWhileRead(name: sweep.name)
        }
    }

    /// The files that a sweep's text names, in the order of their first mention.
    public func attachments(of sweep: StoredSweep) throws(StoreError) -> [Attachment] {
        try read { db in
            try db.all(
                "SELECT name, digest, content FROM attachment WHERE sweep = ? ORDER BY position",
                sweep.id
            ).map { row in
                let content: Data? = row[2]
                return Attachment(
                    name: row[0], digest: try Digest256(stored: row[1]),
                    bytes: content.map { Array($0) })
            }
        }
    }

    /// How many of a sweep's trials are in each state: the part of its status that costs nothing,
    /// for who asks often.
    public func counts(of sweep: StoredSweep) throws(StoreError) -> StateCounts {
        try read { try SweepTally.kept(Int64(sweep.id), in: $0).counts }
    }

    /// How far a sweep is.
    public func status(of sweep: StoredSweep) throws(StoreError) -> SweepStatus {
        try read { db in
            let counters = try SweepTally.kept(Int64(sweep.id), in: db)
            let times = try db.first(
                "SELECT started, last_result, fresh FROM sweep_count WHERE sweep = ?", sweep.id)
            let duplicates = try Self.duplicates(of: sweep.id, db)
            return SweepStatus(
                counts: counters.counts, attempts: counters.attempts, duplicates: duplicates.count,
                digestMismatches: duplicates.mismatches,
                failures: counters.counts[.failed] > 0 ? try Self.failures(of: sweep.id, db) : [:],
                fresh: times?[2] ?? 0,
                started: times?[0], lastResult: times?[1],
                workers: try db.count(
                    """
                    SELECT count(DISTINCT worker) FROM \(Self.openLeases)
                    CROSS JOIN sweep_trial ON sweep_trial.trial = lease.trial AND sweep = ?
                    """, sweep.id),
                isUntrainable: try counters.counts[.waiting] > 0 && sweep.control == .active
                    && Self.isUntrainable(KindVersion(sweep.kind, version: sweep.version), db))
        }
    }

    /// The leases of trials that are leased or running, beside the trial's state.
    static let openLeases = """
        (SELECT lease AS token, state FROM trial INDEXED BY trial_open WHERE state IN (1, 2)) AS open
        CROSS JOIN lease USING (token)
        """

    private static func isUntrainable(_ kind: KindVersion, _ db: Database) throws -> Bool {
        let connected = try String.fetchAll(
            db, sql: "SELECT kinds FROM worker WHERE state = 'connected'")
        return try !connected.isEmpty
            && connected.map(WorkerKinds.decode).allSatisfy {
                !$0.isEmpty && !$0.contains(kind)
            }
    }

    private static func failures(
        of sweep: Int, _ db: Database
    ) throws -> [TrialFailure.Reason: Int] {
        let rows = try db.all(
            """
            SELECT reason, count(*) FROM failure CROSS JOIN sweep_trial USING (trial)
            WHERE sweep = ? GROUP BY reason
            """, sweep)
        return try rows.reduce(into: [:]) { counts, row in
            guard let reason = TrialFailure.Reason(rawValue: row[0]) else {
                throw StoredValueError(detail: "a trial failed for '\(row[0] as String)'")
            }
            counts[reason] = row[1]
        }
    }

    /// A result that was withdrawn is a duplicate from when there is another; one lease may have
    /// brought both.
    static func duplicates(
        of sweep: Int, _ db: Database
    ) throws -> (count: Int, mismatches: Int) {
        let row = try db.first(
            """
            SELECT count(*), coalesce(sum(mismatch), 0) FROM (
                SELECT lease, trial, max(mismatch) AS mismatch FROM (
                    SELECT lease, trial, mismatch FROM duplicate
                    UNION ALL
                    SELECT withdrawn.lease, trial, withdrawn.digest <> result.digest
                    FROM withdrawn JOIN result USING (trial)
                    WHERE result.lease <> withdrawn.lease)
                GROUP BY lease)
            CROSS JOIN sweep_trial USING (trial) WHERE sweep = ?
            """, sweep)
        return (row?[0] ?? 0, row?[1] ?? 0)
    }

    /// All workers that the store has heard of, by name.
    public func workers() throws(StoreError) -> [WorkerLoad] {
        try read { db in
            let sql = """
                SELECT id, host, pid, slots, job, program, state, last_heard,
                    coalesce(leased, 0), coalesce(running, 0), quarantine.since, kinds
                FROM worker
                LEFT JOIN (
                    SELECT worker, count(*) AS leased,
                        sum(state = \(TrialState.running.rawValue)) AS running
                    FROM \(Self.openLeases) GROUP BY worker
                ) AS load ON load.worker = id
                LEFT JOIN quarantine ON quarantine.worker = id
                ORDER BY id
                """
            return try db.all(sql).map { row in
                let worker = try WorkerRecord(row: row)
                return WorkerLoad(
                    worker: worker, leased: row[8], running: row[9], quarantined: row[10])
            }
        }
    }

    /// The present coordinator, or the last one.
    public func coordinator() throws(StoreError) -> CoordinatorRecord {
        try read { db in
            let sql =
                "SELECT cluster, epoch, endpoint, pid, host, started, stopped FROM coordinator"
            guard let row = try db.first(sql) else {
                throw StoreError.missing(directory: directory)
            }
            return CoordinatorRecord(
                cluster: row[0], epoch: row[1], endpoint: row[2], processID: row[3], host: row[4],
                started: row[5], stopped: row[6])
        }
    }
}

extension StoredSweep {
    static func overrides(_ text: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(text.utf8))
    }

    static func text(ofOverrides overrides: [String]) -> String {
        JSONValue.array(overrides.map(JSONValue.string)).text
    }

    fileprivate static let columns = """
        id, name, kind, version, path, text, overrides, plan_digest, planned, created, submitted,
        control
        """

    fileprivate init(row: Row) throws {
        self.init(
            id: row[0], name: row[1], kind: row[2], version: row[3], path: row[4], text: row[5],
            overrides: try Self.overrides(row[6]),
            planDigest: try Digest256(stored: row[7]), planned: row[8], created: row[9],
            submitted: row[10], control: SweepControl(rawValue: row[11]) ?? .active)
    }
}

extension WorkerRecord {
    fileprivate init(row: Row) throws {
        let state: String = row[6]
        guard let known = State(rawValue: state) else {
            throw StoredValueError(detail: "worker state '\(state)'")
        }
        self.init(
            id: try WorkerID(stored: row[0]), host: row[1], processID: row[2], slots: row[3],
            job: row[4], program: row[5], kinds: try WorkerKinds.decode(row[11]), state: known,
            lastHeard: row[7])
    }
}
