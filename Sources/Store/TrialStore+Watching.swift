import GRDB
public import Sweeps

extension TrialStore {
    /// How far a sweep is, and what a person wants of it; nil where there is no such sweep.
    public func standing(
        of sweep: Int
    ) throws(StoreError) -> (counts: StateCounts, control: SweepControl)? {
        try read { db in
            let row = try db.first("SELECT control FROM sweep WHERE id = ?", sweep)
            guard let row else { return nil }
            let counts = try SweepTally.kept(Int64(sweep), in: db).counts
            return (counts, SweepControl(rawValue: row[0]) ?? .active)
        }
    }

    /// A sweep's trials that have no result, in the order in which they are to be leased.
    ///
    /// - Parameter seedCount: How many replicates each cell has.
    public func trialsWithoutResult(
        of sweep: Int, in order: RunSettings.Order, seedCount: Int
    ) throws(StoreError) -> [TrialID] {
        try read { db in
            let replicate = order == .seedsOuter ? "(number - 1) % \(seedCount), " : ""
            let ids = try UInt32.fetchAll(
                db,
                sql: """
                    SELECT trial FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
                    WHERE sweep = ? AND state NOT IN (
                        \(TrialState.finished.rawValue), \(TrialState.diverged.rawValue))
                    ORDER BY \(replicate)number
                    """, arguments: [sweep])
            return ids.map(TrialID.init)
        }
    }
}
