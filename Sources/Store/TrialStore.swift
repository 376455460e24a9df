import Foundation
import GRDB
public import Sweeps
import Synchronization

/// The coordinator's store: the one writer of `DIR/store.sqlite`, for as long as it lives.
///
/// What a call has returned from is on disk: SQLite's write-ahead log is synced at each commit. A
/// call that throws has changed nothing. Calls may come from any thread; one at a time is served.
public final class TrialStore: Sendable {
    public let directory: String
    /// The store's own name, drawn when it was made.
    public let cluster: String
    /// How many coordinators the store has had, this one included.
    public let epoch: UInt32
    let path: String
    let queue: DatabaseQueue
    let layouts = Mutex(LayoutCache())
    /// The trials that have a row in `progress`.
    let reported = Mutex<Set<TrialID>>([])
    let checkpoints: Mutex<KeptCheckpoints>
    let cells = Mutex<[Int64: CellText]>([:])
    private let lock: StoreLock

    /// Makes the store where there is none, claims it for this process, and brings its tables up
    /// to date.
    ///
    /// - Parameter directory: Made where it is missing, for its owner's eyes alone.
    public init(opening directory: String) throws(StoreError) {
        self.directory = directory
        path = StoreDirectory.databasePath(directory)
        try StoreDirectory.prepare(directory)
        lock = try StoreLock(directory: directory)
        try StoreDirectory.makeDatabaseFile(path)
        let path = path
        queue = try reporting(path) { try Self.open(path) }
        (cluster, epoch) = try reporting(path) { [queue] in try queue.write(Self.beginEpoch) }
        checkpoints = Mutex(try reporting(path) { [queue] in try queue.read(KeptCheckpoints.init) })
    }

    /// Closes the database and lets go of the store; the object is of no use afterwards.
    public func close() throws(StoreError) {
        try reporting(path) { try queue.close() }
        lock.release()
    }

    /// Runs `body` in one transaction, of which nothing stays if it throws.
    @discardableResult
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try reporting(path) { try queue.write(body) }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        try reporting(path) { try queue.read(body) }
    }

    /// GRDB's own `journalMode = .wal` would set synchronous=NORMAL, with which a power cut loses
    /// results that workers were told are safe; so both are set here, and read back.
    private static func open(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        // A fifth of a trial's cost: `EventWriter` and `TrialEntry` make sure of what they refer to,
        // and `sweep verify` checks all of it.
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        _ = try queue.read { try Schema.check($0, path: path, migrates: true) }
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try Schema.migrator.migrate(queue)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            // 3 MiB: most identities of 10⁵ trials, which come in no order.
            try db.execute(sql: "PRAGMA cache_size = -3072")
            // Pages: 16 MiB of log, since most of its pages are written again and again.
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 4096")
            let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
            let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
            guard journal == "wal", synchronous == 2 else {
                let facts = "journal_mode \(journal ?? "?"), synchronous \(synchronous ?? -1)"
                throw StoreError.failed(
                    path: path, detail: "SQLite refuses durable settings: it has \(facts)")
            }
        }
        return queue
    }

    /// Counts this coordinator, and takes back what the last one claimed of its connections.
    private static func beginEpoch(_ db: Database) throws -> (cluster: String, epoch: UInt32) {
        try db.run(
            "INSERT OR IGNORE INTO coordinator (id, cluster, epoch) VALUES (1, ?, 0)",
            String(UInt64.random(in: .min ... .max), radix: 36))
        try db.run(
            """
            UPDATE coordinator SET epoch = epoch + 1, endpoint = NULL, pid = NULL, host = NULL,
                started = NULL, stopped = NULL
            """)
        try db.run(
            "UPDATE worker SET state = 'unknown' WHERE state IN ('connected', 'draining')")
        // Workers tell it again.
        try db.run("DELETE FROM progress")
        guard let row = try db.first("SELECT cluster, epoch FROM coordinator") else {
            throw StoredValueError(detail: "no row in 'coordinator'")
        }
        return (row[0], row[1])
    }

    // MARK: - What a coordinator starts from

    /// All trials and leases, a few dozen bytes each.
    public func loadOpenState() throws(StoreError) -> OpenState {
        try read { db in
            OpenState(trials: try Self.standings(db), leases: try Self.leases(db))
        }
    }

    /// What workers need of these trials, in the order given.
    public func specs(of trials: [TrialID]) throws(StoreError) -> [StoredSpec] {
        let kept = checkpoints.withLock { $0 }
        return try cells.withLock { cells throws(StoreError) in
            // In every turn, where `read` would have all statements be prepared anew.
            try reporting(path) {
                try queue.unsafeRead { try Self.specs(of: trials, in: $0, kept, &cells) }
            }
        }
    }

    private static func specs(
        of trials: [TrialID], in db: Database, _ kept: KeptCheckpoints,
        _ cells: inout [Int64: CellText]
    ) throws -> [StoredSpec] {
        let find = try FastStatement(
            """
            SELECT cell, seed, threads, host_losses + crashes
            FROM spec CROSS JOIN trial ON trial.id = spec.trial
            WHERE spec.trial BETWEEN ? AND ? ORDER BY spec.trial
            """, db)
        var specs: [StoredSpec] = []
        specs.reserveCapacity(trials.count)
        var cell: (id: Int64, text: CellText)?
        while specs.count < trials.count {
            // Most are neighbours.
            let start = specs.count
            var end = start + 1
            while end < trials.count, trials[end].rawValue == trials[end - 1].rawValue + 1 {
                end += 1
            }
            try find.forEachRow(trials[start], trials[end - 1]) { row in
                let id = row.integer(0)
                let text: CellText
                if let cell, cell.id == id {
                    text = cell.text
                } else {
                    text = try Self.cell(id, in: db, &cells)
                    cell = (id, text)
                }
                specs.append(
                    StoredSpec(
                        cell: text, seed: UInt64(bitPattern: row.integer(1)),
                        threads: Int(row.integer(2)), wasLost: row.integer(3) > 0,
                        checkpoint: kept[trials[specs.count]]))
            }
            guard specs.count == end else {
                throw StoreError.invariant("not all from \(trials[start]) on have a spec")
            }
        }
        return specs
    }

    /// A cell's text, of which the latest are kept: neighbours in a plan have the same one.
    private static func cell(
        _ id: Int64, in db: Database, _ cells: inout [Int64: CellText]
    ) throws -> CellText {
        if let known = cells[id] { return known }
        let row = try db.first("SELECT text FROM cell WHERE id = ?", id)
        guard let text: String = row?[0], let cell = CellText(bytes: Array(text.utf8)) else {
            throw StoredValueError(detail: "there is no cell \(id)")
        }
        if cells.count >= 256 { cells.removeAll(keepingCapacity: true) }
        cells[id] = cell
        return cell
    }

    private static func standings(_ db: Database) throws -> [TrialStanding] {
        let sweeps = try Row.fetchAll(db, sql: "SELECT id, kind, version FROM sweep")
        let kinds: [Int64: KindVersion] = Dictionary(
            uniqueKeysWithValues: sweeps.map { ($0[0], KindVersion($0[1], version: $0[2])) })
        // All sweeps of a trial have its kind, since that is part of its identity.
        let rows = try FastStatement(
            """
            SELECT id, state, attempts, host_losses, host_lost_limit, crashes, crash_limit, lease,
                (SELECT min(sweep) FROM sweep_trial WHERE sweep_trial.trial = trial.id)
            FROM trial ORDER BY id
            """, db)
        var trials: [TrialStanding] = []
        trials.reserveCapacity(try db.count("SELECT count(*) FROM trial"))
        try rows.forEachRow { row in
            guard let kind = kinds[row.integer(8)] else {
                throw StoredValueError(detail: "trial \(row.integer(0)) is of no sweep")
            }
            trials.append(
                TrialStanding(
                    id: TrialID(UInt32(truncatingIfNeeded: row.integer(0))), kind: kind,
                    state: try TrialState(stored: UInt8(truncatingIfNeeded: row.integer(1))),
                    attempts: Int(row.integer(2)), hostLosses: Int(row.integer(3)),
                    hostLostLimit: Int(row.integer(4)), crashes: Int(row.integer(5)),
                    crashLimit: Int(row.integer(6)),
                    lease: row.optionalInteger(7).map {
                        LeaseToken(UInt32(truncatingIfNeeded: $0))
                    }))
        }
        return trials
    }

    private static func leases(_ db: Database) throws -> [Lease] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT token, trial, attempt, worker FROM lease ORDER BY token")
        var leases: [Lease] = []
        leases.reserveCapacity(try db.count("SELECT count(*) FROM lease"))
        // One copy of each name, however many leases the worker had.
        var workers: [String: WorkerID] = [:]
        while let row = try rows.next() {
            let name: String = row[3]
            let worker = try workers[name] ?? WorkerID(stored: name)
            workers[name] = worker
            leases.append(
                Lease(
                    token: LeaseToken(row[0]), trial: TrialID(row[1]), attempt: row[2],
                    worker: worker))
        }
        return leases
    }
}
