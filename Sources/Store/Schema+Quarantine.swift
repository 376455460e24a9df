extension Schema {
    /// Workers that get no leases until a person releases them. A table of its own: a worker's row is
    /// written anew whenever it registers.
    static let quarantine = """
        CREATE TABLE quarantine (
            worker TEXT PRIMARY KEY,
            since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        PRAGMA user_version = 5;
        """

    /// Workers that were told to leave, until they have left.
    static let draining = """
        CREATE TABLE draining (
            worker TEXT PRIMARY KEY,
            pid INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;

        PRAGMA user_version = 8;
        """
}
