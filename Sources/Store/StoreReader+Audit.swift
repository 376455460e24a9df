import GRDB
public import Sweeps

extension StoreReader {
    /// Compares a sweep with its plan, trial by trial, and the store with itself.
    ///
    /// - Parameter plan: As the stored text expands; every identity is computed anew from it.
    public func audit(_ sweep: StoredSweep, against plan: Plan) throws(StoreError) -> SweepAudit {
        try read { db in
            try Self.expect(sweep, db)
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
        let rows = try FastStatement(
            """
            SELECT number, spec.identity, state, result.trial IS NOT NULL FROM sweep_trial
            JOIN trial ON trial.id = sweep_trial.trial
            JOIN spec ON spec.trial = trial.id
            LEFT JOIN result ON result.trial = trial.id
            WHERE sweep = ? ORDER BY number
            """, db)
        let seeds = (1...plan.seeds.count).map { plan.seeds.seed(replicate: $0) }
        // Seeds vary fastest, so that the text of a cell is made once.
        var cell = (index: -1, text: plan.cellText(at: 0))
        var expected = 1
        try rows.forEachRow(sweep.id) { row in
            let number = Int(row.integer(0))
            guard number >= expected, number <= plan.trialCount else {
                extra.append(number)
                return
            }
            missing += expected..<number
            expected = number + 1
            let index = plan.cellIndex(ofTrial: number)
            if index != cell.index { cell = (index, plan.cellText(at: index)) }
            let identity = cell.text.identity(seed: seeds[plan.replicate(ofTrial: number) - 1])
            guard row.withBytes(1, { $0.elementsEqual(identity.bytes) }) else {
                extra.append(number)
                missing.append(number)
                return
            }
            let state = try TrialState(stored: UInt8(truncatingIfNeeded: row.integer(2)))
            take(number, state: state, hasResult: row.integer(3) != 0)
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
            WHERE sweep = ? AND (lease.trial IS NOT result.trial OR lease.ending <> 'finished')
            """, "results without a lease that was issued for them")
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
            JOIN lease ON lease.trial = trial.id
            WHERE sweep = ? AND lease.ending IS NULL AND trial.lease IS NOT lease.token
            """, "leases without an end, of trials that have another or none")
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
            LEFT JOIN failure ON failure.trial = trial.id
            WHERE sweep = ? AND (failure.trial IS NOT NULL)
                <> (state = \(TrialState.failed.rawValue))
            """, "trials whose state contradicts their failure")
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN result ON result.trial = sweep_trial.trial
            JOIN layout ON layout.id = result.layout
            WHERE sweep = ? AND length(result.data) <> layout.size
            """, "results that do not fit their layout")
        try find(
            """
            SELECT count(*) FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
            JOIN checkpoint ON checkpoint.trial = trial.id
            WHERE sweep = ? AND state >= \(TrialState.finished.rawValue)
            """, "checkpoints of trials that are over")
        if try SweepTally.kept(Int64(sweep.id), in: db)
            != SweepTally.counted(Int64(sweep.id), in: db)
        {
            problems.append("the sweep's counters contradict its trials")
        }
        try readLayouts()
        let broken = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
        if !broken.isEmpty { problems.append("\(broken.count) rows that refer to nothing") }
        let damage = try String.fetchAll(db, sql: "PRAGMA integrity_check(10)")
        problems += damage.filter { $0 != "ok" }.map { "SQLite: \($0)" }
    }

    private mutating func readLayouts() throws {
        var reader = LayoutReader(db: db)
        for id in try Int64.fetchAll(db, sql: "SELECT id FROM layout") {
            let size = try db.count("SELECT size FROM layout WHERE id = ?", id)
            do {
                if try reader.layout(id).sizeInBytes == size { continue }
                problems.append("layout \(id) has another size than it says")
            } catch let error as StoredValueError {
                problems.append(error.detail)
                return
            }
        }
    }

    private mutating func find(_ sql: String, _ what: String) throws {
        let count = try db.count(sql, sweep.id)
        if count > 0 { problems.append("\(count) \(what)") }
    }
}
