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
    public func failedTrials(
        of sweep: Int, reasons: Set<TrialFailure.Reason>
    ) throws(StoreError) -> [NumberedTrial] {
        try read { db in
            let words = Set(reasons.map(\.rawValue))
            let rows = try db.all(
                """
                SELECT number, trial, reason FROM sweep_trial JOIN failure USING (trial)
                WHERE sweep = ? ORDER BY number
                """, sweep)
            return rows.filter { words.contains($0[2]) }
                .map { NumberedTrial(number: $0[0], id: TrialID($0[1])) }
        }
    }

    /// A sweep's trials in a state, in the plan's order.
    public func trials(
        of sweep: Int, in state: TrialState
    ) throws(StoreError) -> [NumberedTrial] {
        try read { db in
            try db.all(
                """
                SELECT number, trial FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
                WHERE sweep = ? AND state = \(state.rawValue) ORDER BY number
                """, sweep
            ).map { NumberedTrial(number: $0[0], id: TrialID($0[1])) }
        }
    }

    /// Replaces what a sweep's command line said of a key, as if it had said this.
    public func override(
        _ key: String, with value: String, of sweep: Int
    ) throws(StoreError) {
        try write { db in
            guard let row = try db.first("SELECT overrides FROM sweep WHERE id = ?", sweep) else {
                throw StoreError.invariant("there is no sweep \(sweep)")
            }
            let kept = try StoredSweep.overrides(row[0]).filter { !$0.hasPrefix(key + "=") }
            try db.run(
                "UPDATE sweep SET overrides = ? WHERE id = ?",
                StoredSweep.text(ofOverrides: kept + ["\(key)=\(value)"]), sweep)
        }
    }
}
