import GRDB

/// What became of a sweep's trials in some time.
public struct SweepActivity: Hashable, Sendable {
    public var finished = 0
    public var diverged = 0
    /// Trials set aside, for whatever reason.
    public var failed = 0
    /// Attempts that were lost with their workers, or of which their workers died.
    public var lost = 0

    public init() {}
}

extension StoreReader {
    /// What ended since a time, by the numbers of the sweeps; without those of which nothing did.
    ///
    /// - Parameter time: Milliseconds since 1970.
    public func activity(since time: Int64) throws(StoreError) -> [Int: SweepActivity] {
        try read { db in
            var all: [Int: SweepActivity] = [:]
            let results = try db.all(
                """
                SELECT sweep, count(*), count(diverged_step) FROM result
                CROSS JOIN sweep_trial USING (trial) WHERE committed >= ? GROUP BY sweep
                """, time)
            for row in results {
                let (count, diverged): (Int, Int) = (row[1], row[2])
                all[row[0], default: SweepActivity()].finished = count - diverged
                all[row[0], default: SweepActivity()].diverged = diverged
            }
            let failures = try db.all(
                """
                SELECT sweep, count(*) FROM failure CROSS JOIN sweep_trial USING (trial)
                WHERE happened >= ? GROUP BY sweep
                """, time)
            for row in failures { all[row[0], default: SweepActivity()].failed = row[1] }
            let losses = try db.all(
                """
                SELECT sweep, count(*) FROM lease CROSS JOIN sweep_trial USING (trial)
                WHERE ended >= ? AND ending IN (?, ?) GROUP BY sweep
                """, time, LeaseEnding.lost.rawValue, LeaseEnding.crashed.rawValue)
            for row in losses { all[row[0], default: SweepActivity()].lost = row[1] }
            return all
        }
    }
}
