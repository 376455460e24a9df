import GRDB
public import Sweeps

extension StoreReader {
    /// How many of a plan's trials have a result already, from whichever sweep.
    public func knownTrials(of plan: Plan) throws(StoreError) -> Int {
        try read { db in
            let sql = """
                SELECT 1 FROM spec JOIN result ON result.trial = spec.trial WHERE identity = ?
                """
            return try (1...plan.trialCount).count { number in
                try db.first(sql, plan.trial(number).spec.identity.data) != nil
            }
        }
    }
}
