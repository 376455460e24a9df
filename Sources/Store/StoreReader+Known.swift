import GRDB
public import Sweeps

extension StoreReader {
    /// How many of a plan's trials have a result already, from whichever sweep.
    public func knownTrials(of plan: Plan) throws(StoreError) -> Int {
        try read { db in
            let find = try FastStatement(
                "SELECT 1 FROM spec JOIN result ON result.trial = spec.trial WHERE identity = ?", db
            )
            var known = 0
            for index in 0..<plan.cellCount {
                let cell = plan.cellText(at: index)
                for replicate in 1...plan.seeds.count {
                    let identity = cell.identity(seed: plan.seeds.seed(replicate: replicate))
                    if try find.first(identity, body: { _ in true }) == true {
                        known += 1
                    }
                }
            }
            return known
        }
    }
}
