extension Schema {
    /// Time limits are a reason of their own; and what is known of results that stand no more, since
    /// a person had a diverged trial trained again.
    static let withdrawal = """
        CREATE TABLE failure_10 (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            lease INTEGER NOT NULL REFERENCES lease (token),
            reason TEXT NOT NULL CHECK (reason IN ('error', 'host_lost', 'crash', 'time_limit')),
            message TEXT NOT NULL,
            happened INTEGER NOT NULL
        ) STRICT;
        INSERT INTO failure_10
        SELECT trial, lease, iif(is_limit, 'time_limit', reason),
            iif(is_limit, substr(message, length('time_limit: ran longer than ') + 1), message),
            happened
        FROM (SELECT *, reason = 'error' AND message GLOB 'time_limit: ran longer than *'
            AS is_limit FROM failure);
        DROP TABLE failure;
        ALTER TABLE failure_10 RENAME TO failure;

        CREATE TABLE withdrawn (
            lease INTEGER PRIMARY KEY REFERENCES lease (token),
            trial INTEGER NOT NULL REFERENCES trial (id),
            digest BLOB NOT NULL CHECK (length(digest) = 32)
        ) STRICT;

        PRAGMA user_version = 10;
        """
}
