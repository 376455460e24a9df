extension Schema {
    /// The last state that was kept of each trial that is not over; the file is beside the database.
    static let checkpoints = """
        CREATE TABLE checkpoint (
            trial INTEGER PRIMARY KEY REFERENCES trial (id),
            lease INTEGER NOT NULL REFERENCES lease (token),
            step INTEGER NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            size INTEGER NOT NULL,
            kept INTEGER NOT NULL
        ) STRICT;

        PRAGMA user_version = 9;
        """
}
