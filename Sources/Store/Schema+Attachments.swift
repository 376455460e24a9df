extension Schema {
    /// The files that a sweep file names: what its plan is made of beside the text. And what a
    /// person wants of the sweep.
    static let attachments = """
        CREATE TABLE attachment (
            sweep INTEGER NOT NULL REFERENCES sweep (id),
            position INTEGER NOT NULL,
            name TEXT NOT NULL,
            digest BLOB NOT NULL CHECK (length(digest) = 32),
            content BLOB,
            PRIMARY KEY (sweep, position)
        ) STRICT;

        ALTER TABLE sweep ADD COLUMN control TEXT NOT NULL DEFAULT 'active'
            CHECK (control IN ('active', 'paused', 'stopped'));

        PRAGMA user_version = 3;
        """
}
