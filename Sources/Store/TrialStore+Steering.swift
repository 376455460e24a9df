import GRDB
public import Sweeps

extension TrialStore {
    /// Notes what a person wants of a sweep.
    ///
    /// - Returns: Its trials that are not over and that no other active sweep has, in the plan's
    ///   order: those that the wish concerns.
    public func set(_ control: SweepControl, of sweep: Int) throws(StoreError) -> [TrialID] {
        try write { db in
            try db.run("UPDATE sweep SET control = ? WHERE id = ?", control.rawValue, sweep)
            let ids = try UInt32.fetchAll(
                db,
                sql: """
                    SELECT trial FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
                    WHERE sweep = ? AND state < \(TrialState.finished.rawValue)
                        AND NOT EXISTS (
                            SELECT 1 FROM sweep_trial AS other
                            JOIN sweep ON sweep.id = other.sweep
                            WHERE other.trial = sweep_trial.trial AND other.sweep <> sweep_trial.sweep
                                AND control = 'active')
                    ORDER BY number
                    """, arguments: [sweep])
            return ids.map(TrialID.init)
        }
    }

    /// Trials that wait though no active sweep has them.
    public func heldTrials() throws(StoreError) -> [TrialID] {
        try read { db in
            let ids = try UInt32.fetchAll(
                db,
                sql: """
                    SELECT DISTINCT trial FROM sweep JOIN sweep_trial ON sweep_trial.sweep = sweep.id
                    JOIN trial ON trial.id = sweep_trial.trial
                    WHERE control <> 'active' AND state < \(TrialState.finished.rawValue)
                        AND NOT EXISTS (
                            SELECT 1 FROM sweep_trial AS other
                            JOIN sweep AS another ON another.id = other.sweep
                            WHERE other.trial = sweep_trial.trial AND another.control = 'active')
                    ORDER BY trial
                    """)
            return ids.map(TrialID.init)
        }
    }

    /// A sweep's trials that failed for one of these reasons, in the plan's order.
    ///
    /// - Parameter reasons: `error`, `host_lost`, `crash`.
    public func failedTrials(
        of sweep: Int, reasons: Set<String>
    ) throws(StoreError) -> [TrialID] {
        try read { db in
            let rows = try db.all(
                """
                SELECT trial, reason FROM sweep_trial JOIN failure USING (trial)
                WHERE sweep = ? ORDER BY number
                """, sweep)
            return rows.filter { reasons.contains($0[1]) }.map { TrialID($0[0]) }
        }
    }

    /// A sweep's trials that were called off, in the plan's order.
    public func cancelledTrials(of sweep: Int) throws(StoreError) -> [TrialID] {
        try read { db in
            let ids = try UInt32.fetchAll(
                db,
                sql: """
                    SELECT trial FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
                    WHERE sweep = ? AND state = \(TrialState.cancelled.rawValue) ORDER BY number
                    """, arguments: [sweep])
            return ids.map(TrialID.init)
        }
    }
}
