import Foundation
import GRDB
import Sweeps

/// The fourth version of the tables: a trial's numbers in one packed row, what its cell's specs
/// have in common once a cell, and counters of each sweep.
extension Schema {
    static func packResults(_ db: Database) throws {
        try db.execute(sql: newTables)
        try packSpecs(db)
        try packNumbers(db)
        try db.execute(sql: replaceTables)
        for sweep in try Int64.fetchAll(db, sql: "SELECT id FROM sweep") {
            try SweepTally.insert(sweep, SweepTally.counted(sweep, in: db), in: db)
        }
        try db.execute(
            sql: """
                UPDATE sweep_count SET fresh = (
                    SELECT count(*) FROM sweep JOIN sweep_trial ON sweep_trial.sweep = sweep.id
                    JOIN result ON result.trial = sweep_trial.trial
                    WHERE sweep.id = sweep_count.sweep AND committed >= submitted)
                """)
    }

    private static func packSpecs(_ db: Database) throws {
        var cells: [CellText: Int64] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT trial, identity, text FROM spec")
        while let row = try rows.next() {
            let text: String = row[2]
            let spec = try TrialSpec(canonicalText: Array(text.utf8))
            let cellText = spec.cellText
            if cells[cellText] == nil {
                try db.run("INSERT INTO cell (text) VALUES (?)", cellText.text)
                cells[cellText] = db.lastInsertedRowID
            }
            try db.run(
                "INSERT INTO new_spec (trial, cell, seed, identity) VALUES (?, ?, ?, ?)",
                row[0] as Int64, cells[cellText], Int64(bitPattern: spec.seed), row[1] as Data)
        }
    }

    private static func packNumbers(_ db: Database) throws {
        var cache = LayoutCache()
        let rows = try Row.fetchCursor(
            db, sql: "SELECT trial, lease, digest, diverged_step, committed FROM result")
        while let row = try rows.next() {
            let trial: Int64 = row[0]
            let result = TrialResult(
                outcome: .finished, digest: try Digest256(stored: row[2]),
                curves: try curves(of: trial, db), scalars: try scalars(of: trial, db))
            try db.run(
                """
                INSERT INTO new_result (trial, lease, digest, diverged_step, committed, layout, data)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """, trial, row[1] as Int64, row[2] as Data, row[3] as Int64?, row[4] as Int64,
                try cache.id(of: result.layout, in: db), Data(result.data))
        }
    }

    private static func scalars(of trial: Int64, _ db: Database) throws -> [Scalar] {
        try db.all(
            "SELECT name, value, is_nan FROM scalar WHERE trial = ? ORDER BY position", trial
        )
        .map { Scalar(name: $0[0], value: $0[2] ? .nan : $0[1]) }
    }

    private static func curves(of trial: Int64, _ db: Database) throws -> [Curve] {
        let rows = try db.all(
            """
            SELECT name, type, steps, data FROM curve JOIN grid ON grid.id = curve.grid
            WHERE trial = ? ORDER BY position
            """, trial)
        return try rows.map { row in
            let steps: [UInt32] = numbers(row[2])
            let values: [Double] =
                row[1] == "<f4" ? (numbers(row[3]) as [Float]).map(Double.init) : numbers(row[3])
            guard steps.count == values.count else {
                throw StoredValueError(detail: "a curve of trial \(trial) does not fit its steps")
            }
            return Curve(name: row[0], steps: steps, values: values)
        }
    }

    private static func numbers<Number: BitwiseCopyable>(_ data: Data) -> [Number] {
        data.withUnsafeBytes { bytes in
            stride(
                from: 0, through: bytes.count - MemoryLayout<Number>.size,
                by:
                    MemoryLayout<Number>.size
            ).map { bytes.loadUnaligned(fromByteOffset: $0, as: Number.self) }
        }
    }

    private static let newTables = """
        CREATE TABLE cell (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL
        ) STRICT;

        CREATE TABLE new_spec (
            trial INTEGER PRIMARY KEY REFERENCES trial (id) DEFERRABLE INITIALLY DEFERRED,
            cell INTEGER NOT NULL REFERENCES cell (id) DEFERRABLE INITIALLY DEFERRED,
            seed INTEGER NOT NULL,
            identity BLOB NOT NULL UNIQUE CHECK (length(identity) = 32)
        ) STRICT;

        CREATE TABLE layout (
            id INTEGER PRIMARY KEY,
            text TEXT NOT NULL UNIQUE,
            size INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE new_result (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            lease INTEGER NOT NULL REFERENCES lease (token),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            diverged_step INTEGER,
            committed INTEGER NOT NULL,
            layout INTEGER NOT NULL REFERENCES layout (id),
            data BLOB NOT NULL
        ) STRICT;

        CREATE TABLE sweep_count (
            sweep INTEGER PRIMARY KEY REFERENCES sweep (id),
            attempts INTEGER NOT NULL,
            waiting INTEGER NOT NULL,
            leased INTEGER NOT NULL,
            running INTEGER NOT NULL,
            finished INTEGER NOT NULL,
            diverged INTEGER NOT NULL,
            failed INTEGER NOT NULL,
            cancelled INTEGER NOT NULL,
            started INTEGER,
            last_result INTEGER,
            fresh INTEGER NOT NULL DEFAULT 0
        ) STRICT;

        CREATE INDEX lease_open ON lease (worker, trial) WHERE ending IS NULL;
        """

    private static let replaceTables = """
        DROP VIEW trial_row;
        DROP TABLE scalar;
        DROP TABLE curve;
        DROP TABLE spec;
        DROP TABLE result;
        ALTER TABLE new_spec RENAME TO spec;
        ALTER TABLE new_result RENAME TO result;

        CREATE VIEW curve AS
        SELECT result.trial, part.key AS position, part.value ->> '$.name' AS name,
            part.value ->> '$.grid' AS grid, part.value ->> '$.type' AS type,
            substr(result.data, 1 + (part.value ->> '$.offset'),
                (part.value ->> '$.count') * substr(part.value ->> '$.type', 3)) AS data
        FROM result
        JOIN layout ON layout.id = result.layout
        JOIN json_each(layout.text, '$.curves') AS part;

        CREATE VIEW trial_row AS
        SELECT sweep.name AS sweep, sweep_trial.number, trial.id AS trial,
            lower(hex(spec.identity)) AS identity,
            json_extract(cell.text, '$.config') AS config,
            printf('%016x', spec.seed) AS seed,
            CASE trial.state WHEN 0 THEN 'waiting' WHEN 1 THEN 'leased' WHEN 2 THEN 'running'
                WHEN 3 THEN 'finished' WHEN 4 THEN 'diverged' WHEN 5 THEN 'failed'
                ELSE 'cancelled' END AS state,
            coalesce(lease.attempt, trial.attempts) AS attempt,
            result.diverged_step, lower(hex(result.digest)) AS digest
        FROM sweep_trial
        JOIN sweep ON sweep.id = sweep_trial.sweep
        JOIN trial ON trial.id = sweep_trial.trial
        JOIN spec ON spec.trial = trial.id
        JOIN cell ON cell.id = spec.cell
        LEFT JOIN result ON result.trial = trial.id
        LEFT JOIN lease ON lease.token = result.lease;

        PRAGMA user_version = 4;
        """
}
