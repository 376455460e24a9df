import GRDB

/// The tables of a store, and how a file is recognised as one.
enum Schema {
    /// In the file's header: `SWby`.
    static let applicationID = 0x5357_6279
    /// The newest version that this program writes, kept in `PRAGMA user_version`.
    static let version = 10

    enum Kind {
        case empty
        case store
    }

    /// Says whether a database is a store that this program can read.
    ///
    /// - Parameter migrates: Whether the caller brings an older one up to date.
    /// - Throws: `StoreError` for another program's file, or one of another version.
    static func check(_ db: Database, path: String, migrates: Bool = false) throws -> Kind {
        let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        if application == applicationID {
            guard found <= version else {
                throw StoreError.newerSchema(path: path, found: found, known: version)
            }
            guard found == version || migrates else {
                throw StoreError.olderSchema(path: path, found: found, known: version)
            }
            return .store
        }
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        guard application == 0, tables == 0 else { throw StoreError.foreign(path: path) }
        return .empty
    }

    /// A landed migration stays as it is; each ends with its own `user_version`.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { try $0.execute(sql: firstVersion) }
        migrator.registerMigration("2") { try $0.execute(sql: crashes) }
        migrator.registerMigration("3") { try $0.execute(sql: attachments) }
        migrator.registerMigration("4") { try packResults($0) }
        migrator.registerMigration("5") { try $0.execute(sql: quarantine) }
        migrator.registerMigration("6") { try $0.execute(sql: workerKinds) }
        migrator.registerMigration("7") { try $0.execute(sql: openTrials) }
        migrator.registerMigration("8") { try $0.execute(sql: draining) }
        migrator.registerMigration("9") { try $0.execute(sql: checkpoints) }
        migrator.registerMigration("10") { try $0.execute(sql: withdrawal) }
        return migrator
    }

    /// Times are milliseconds since 1970. `trial` is narrow, since it is written at every lease;
    /// what never changes of a trial is in `spec`.
    private static let firstVersion = """
        CREATE TABLE coordinator (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            cluster TEXT NOT NULL,
            epoch INTEGER NOT NULL,
            endpoint TEXT,
            pid INTEGER,
            host TEXT,
            started INTEGER,
            stopped INTEGER
        ) STRICT;

        CREATE TABLE worker (
            id TEXT PRIMARY KEY,
            host TEXT NOT NULL,
            pid INTEGER NOT NULL,
            slots INTEGER NOT NULL,
            job TEXT NOT NULL,
            program TEXT NOT NULL,
            state TEXT NOT NULL,
            last_heard INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE sweep (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            version INTEGER NOT NULL,
            path TEXT NOT NULL,
            text TEXT NOT NULL,
            overrides TEXT NOT NULL,
            plan_digest BLOB NOT NULL,
            planned INTEGER NOT NULL,
            created INTEGER NOT NULL,
            submitted INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE trial (
            id INTEGER PRIMARY KEY,
            state INTEGER NOT NULL DEFAULT 0 CHECK (state BETWEEN 0 AND 6),
            attempts INTEGER NOT NULL DEFAULT 0,
            host_losses INTEGER NOT NULL DEFAULT 0,
            host_lost_limit INTEGER NOT NULL,
            threads INTEGER NOT NULL,
            lease INTEGER REFERENCES lease (token)
        ) STRICT;

        CREATE TABLE spec (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            identity BLOB NOT NULL UNIQUE CHECK (length(identity) = 32),
            text TEXT NOT NULL
        ) STRICT;

        CREATE TABLE sweep_trial (
            sweep INTEGER NOT NULL REFERENCES sweep (id),
            number INTEGER NOT NULL,
            trial INTEGER NOT NULL REFERENCES trial (id),
            PRIMARY KEY (sweep, number),
            UNIQUE (trial, sweep)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE lease (
            token INTEGER PRIMARY KEY,
            trial INTEGER NOT NULL REFERENCES trial (id),
            attempt INTEGER NOT NULL,
            worker TEXT NOT NULL,
            issued INTEGER NOT NULL,
            started INTEGER,
            ended INTEGER,
            ending TEXT,
            UNIQUE (trial, attempt)
        ) STRICT;

        CREATE TABLE result (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            lease INTEGER NOT NULL REFERENCES lease (token),
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            diverged_step INTEGER,
            committed INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE scalar (
            trial INTEGER NOT NULL REFERENCES result (trial),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            value REAL,
            is_nan INTEGER NOT NULL,
            PRIMARY KEY (trial, position)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE grid (
            id INTEGER PRIMARY KEY,
            digest BLOB NOT NULL UNIQUE,
            steps BLOB NOT NULL
        ) STRICT;

        CREATE TABLE curve (
            trial INTEGER NOT NULL REFERENCES result (trial),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            grid INTEGER NOT NULL REFERENCES grid (id),
            type TEXT NOT NULL CHECK (type IN ('<f4', '<f8')),
            data BLOB NOT NULL,
            PRIMARY KEY (trial, position)
        ) STRICT;

        CREATE TABLE duplicate (
            lease INTEGER PRIMARY KEY REFERENCES lease (token),
            trial INTEGER NOT NULL REFERENCES result (trial),
            digest BLOB NOT NULL,
            mismatch INTEGER NOT NULL,
            received INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX duplicate_trial ON duplicate (trial);

        CREATE TABLE failure (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            lease INTEGER NOT NULL REFERENCES lease (token),
            reason TEXT NOT NULL CHECK (reason IN ('error', 'host_lost')),
            message TEXT NOT NULL,
            happened INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE progress (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            attempt INTEGER NOT NULL,
            step INTEGER NOT NULL,
            step_count INTEGER NOT NULL,
            metrics TEXT NOT NULL,
            reported INTEGER NOT NULL
        ) STRICT;

        CREATE VIEW trial_row AS
        SELECT sweep.name AS sweep, sweep_trial.number, trial.id AS trial,
            lower(hex(spec.identity)) AS identity,
            json_extract(spec.text, '$.config') AS config,
            json_extract(spec.text, '$.seed') AS seed,
            CASE trial.state WHEN 0 THEN 'waiting' WHEN 1 THEN 'leased' WHEN 2 THEN 'running'
                WHEN 3 THEN 'finished' WHEN 4 THEN 'diverged' WHEN 5 THEN 'failed'
                ELSE 'cancelled' END AS state,
            coalesce(lease.attempt, trial.attempts) AS attempt,
            result.diverged_step, lower(hex(result.digest)) AS digest
        FROM sweep_trial
        JOIN sweep ON sweep.id = sweep_trial.sweep
        JOIN trial ON trial.id = sweep_trial.trial
        JOIN spec ON spec.trial = trial.id
        LEFT JOIN result ON result.trial = trial.id
        LEFT JOIN lease ON lease.token = result.lease;

        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = 1;
        """

    /// Deaths of workers by their own fault are counted apart from workers that vanish.
    private static let crashes = """
        ALTER TABLE trial ADD COLUMN crashes INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE trial ADD COLUMN crash_limit INTEGER NOT NULL DEFAULT 3;

        CREATE TABLE failure_2 (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            lease INTEGER NOT NULL REFERENCES lease (token),
            reason TEXT NOT NULL CHECK (reason IN ('error', 'host_lost', 'crash')),
            message TEXT NOT NULL,
            happened INTEGER NOT NULL
        ) STRICT;
        INSERT INTO failure_2 SELECT * FROM failure;
        DROP TABLE failure;
        ALTER TABLE failure_2 RENAME TO failure;

        PRAGMA user_version = 2;
        """

    /// What each worker can train, in JSON: an object of kinds and their versions.
    private static let workerKinds = """
        ALTER TABLE worker ADD COLUMN kinds TEXT NOT NULL DEFAULT '{}';

        PRAGMA user_version = 6;
        """
}
