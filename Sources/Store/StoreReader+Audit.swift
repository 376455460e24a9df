import GRDB
public import Sweeps

extension StoreReader {
    /// Compares a sweep with its plan, trial by trial, and the store with itself.
    ///
    /// - Parameter plan: As the stored text expands; every identity is computed anew from it.
    public func audit(_ sweep: StoredSweep, against plan: Plan) throws(StoreError) -> SweepAudit {
        try read { db in
            var auditor = Auditor(db: db, sweep: sweep, plan: plan)
            try auditor.compareTrials()
            try auditor.findContradictions()
            let duplicates = try Self.duplicates(of: sweep.id, db)
            return SweepAudit(
                planned: plan.trialCount, rows: auditor.rows, missing: auditor.missing,
                extra: auditor.extra, withoutResult: auditor.withoutResult,
                duplicates: duplicates.count, digestMismatches: duplicates.mismatches,
                problems: auditor.problems)
        }
    }
}

private struct Auditor {
    let db: Database
    let sweep: StoredSweep
    let plan: Plan
    var rows = 0
    var missing: [Int] = []
    var extra: [Int] = []
    var withoutResult = 0
    var problems: [String] = []

    init(db: Database, sweep: StoredSweep, plan: Plan) {
        self.db = db
        self.sweep = sweep
        self.plan = plan
    }

    /// Walks over plan and store side by side, both in the order of numbers.
    mutating func compareTrials() throws {
        let cursor = try Row.fetchCursor(
            db,
            sql: """
                SELECT number, spec.identity, state, result.trial IS NOT NULL FROM sweep_trial
                JOIN trial ON trial.id = sweep_trial.trial
                JOIN spec ON spec.trial = trial.id
                LEFT JOIN result ON result.trial = trial.id
                WHERE sweep = ? ORDER BY number
                """, arguments: [sweep.id])
        var expected = 1
        while let row = try cursor.next() {
            let number: Int = row[0]
            guard number >= expected, number <= plan.trialCount else {
                extra.append(number)
                continue
            }
            missing += expected..<number
            expected = number + 1
            guard try Digest256(stored: row[1]) == plan.trial(number).spec.identity else {
                extra.append(number)
                missing.append(number)
                continue
            }
            take(number, state: try TrialState(stored: row[2]), hasResult: row[3])
        }
        missing += expected..<max(expected, plan.trialCount + 1)
    }

    private mutating func take(_ number: Int, state: TrialState, hasResult: Bool) {
        if hasResult {
            rows += 1
        } else if state == .failed || state == .cancelled {
            rows += 1
            withoutResult += 1
        } else {
            missing.append(number)
        }
    }

    /// What foreign keys and unique keys do not rule out, and whether these still hold.
    mutating func findContradictions() throws {
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
            LEFT JOIN result ON result.trial = trial.id
            WHERE sweep = ? AND (result.trial IS NOT NULL)
                <> (state IN (\(TrialState.finished.rawValue), \(TrialState.diverged.rawValue)))
            """, "trials whose state contradicts their result")
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
            JOIN result ON result.trial = trial.id
            WHERE sweep = ? AND (result.diverged_step IS NOT NULL)
                <> (state = \(TrialState.diverged.rawValue))
            """, "trials whose state contradicts their outcome")
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN result ON result.trial = sweep_trial.trial
            LEFT JOIN lease ON lease.token = result.lease
            WHERE sweep = ? AND (lease.trial IS NOT result.trial OR lease.ending IS NOT 'finished')
            """, "results without a lease that was issued for them")
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
            LEFT JOIN failure ON failure.trial = trial.id
            WHERE sweep = ? AND (failure.trial IS NOT NULL)
                <> (state = \(TrialState.failed.rawValue))
            """, "trials whose state contradicts their failure")
        let broken = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
        if !broken.isEmpty { problems.append("\(broken.count) rows that refer to nothing") }
        let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
        problems += damage.filter { $0 != "ok" }.map { "SQLite: \($0)" }
    }

    private mutating func find(_ sql: String, _ what: String) throws {
        let count = try db.count(sql, sweep.id)
        if count > 0 { problems.append("\(count) \(what)") }
    }
}
