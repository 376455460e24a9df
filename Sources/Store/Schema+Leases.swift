extension Schema {
    /// The row of a lease that brought the trial's result is not written again at its end: that lease
    /// is the result's. Which leases are open is found from the trials that are leased or running.
    static let openTrials = """
        DROP INDEX lease_open;
        CREATE INDEX trial_open ON trial (lease) WHERE state IN (1, 2);

        CREATE VIEW lease_row AS
        SELECT lease.token, lease.trial, lease.attempt, lease.worker, lease.issued, lease.started,
            coalesce(lease.ended, result.committed) AS ended,
            coalesce(lease.ending, iif(result.trial IS NULL, NULL, 'finished')) AS ending
        FROM lease
        LEFT JOIN result ON result.trial = lease.trial AND result.lease = lease.token;

        PRAGMA user_version = 7;
        """
}
