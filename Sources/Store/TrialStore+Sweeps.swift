import Foundation
import GRDB
public import Sweeps

extension TrialStore {
    /// Enters a sweep with all its trials, in one transaction.
    ///
    /// Trials that the store knows are shared, their results too. A sweep of this name with the
    /// same plan is resumed; its text and submission time are brought up to date, since what is not
    /// of the plan (tables, figures) may change. An extension gives it a plan that has all its
    /// trials, and more.
    ///
    /// - Parameter now: Milliseconds since 1970.
    /// - Throws: `StoreError.sweepExists` for a name that has another plan; `.lacksTrials` for an
    ///   extension whose plan has not all trials of the sweep; `.otherVersion` for one that began
    ///   with another version of its kind, unless the submission is a rerun: then that sweep is
    ///   kept as `NAME@VERSION`.
    public func insert(
        _ submission: SweepSubmission, plan: Plan, at now: Int64
    ) throws(StoreError) -> InsertedSweep {
        try write { db in
            let writer = SweepWriter(db: db, submission: submission, plan: plan, now: now)
            if let id = try writer.resumedSweep() {
                try writer.replaceAttachments(of: id)
                let added = submission.isExtension ? try writer.extend(id) : []
                return try writer.summary(id, added: added)
            }
            let id = try writer.insertSweep()
            try writer.replaceAttachments(of: id)
            let added = try writer.insertTrials(of: id)
            return try writer.summary(id, added: added)
        }
    }
}

/// Enters one sweep within a transaction.
private struct SweepWriter {
    let db: Database
    let submission: SweepSubmission
    let plan: Plan
    let now: Int64

    /// The sweep of this name, if it has the same plan or is to get this one.
    func resumedSweep() throws -> Int64? {
        let row = try db.first(
            "SELECT id, plan_digest, kind, version FROM sweep WHERE name = ?", plan.name)
        guard let row else { return nil }
        let id: Int64 = row[0]
        let (kind, version): (String, Int) = (row[2], row[3])
        if kind == plan.kind.name, version != plan.kind.version {
            guard submission.isRerun else {
                throw StoreError.otherVersion(
                    name: plan.name, kind: kind, began: version, here: plan.kind.version)
            }
            try setAside(id, version: version)
            return nil
        }
        guard try submission.isExtension || Digest256(stored: row[1]) == submission.planDigest
        else {
            throw StoreError.sweepExists(name: plan.name, id: Int(id))
        }
        try db.run(
            """
            UPDATE sweep SET path = ?, text = ?, overrides = ?, submitted = ?, control = 'active'
            WHERE id = ?
            """,
            submission.path, submission.text, overrides, now, id)
        try db.run("UPDATE sweep_count SET fresh = 0 WHERE sweep = ?", id)
        return id
    }

    /// Gives a sweep this plan. The trials that it has keep all that is known of them, and get the
    /// numbers of the new plan.
    ///
    /// - Returns: The trials that were not known, in the order of their numbers in the store.
    func extend(_ id: Int64) throws -> [TrialID] {
        let before = try trials(of: id)
        try db.run("DELETE FROM sweep_trial WHERE sweep = ?", id)
        try db.run("DELETE FROM sweep_count WHERE sweep = ?", id)
        let added = try insertTrials(of: id)
        let lacking = try before.subtracting(trials(of: id)).count
        guard lacking == 0 else {
            throw StoreError.lacksTrials(name: plan.name, count: lacking, planned: before.count)
        }
        try db.run(
            "UPDATE sweep SET plan_digest = ?, planned = ? WHERE id = ?",
            submission.planDigest.data, plan.trialCount, id)
        return added
    }

    private func trials(of sweep: Int64) throws -> Set<UInt32> {
        try UInt32.fetchSet(
            db, sql: "SELECT trial FROM sweep_trial WHERE sweep = ?", arguments: [sweep])
    }

    /// Names a sweep after its version, so that its own name is free; its trials and results stay.
    private func setAside(_ id: Int64, version: Int) throws {
        var name = "\(plan.name)@\(version)"
        while try db.first("SELECT id FROM sweep WHERE name = ?", name) != nil { name += "'" }
        try db.run("UPDATE sweep SET name = ? WHERE id = ?", name, id)
    }

    func insertSweep() throws -> Int64 {
        try db.run(
            """
            INSERT INTO sweep (name, kind, version, path, text, overrides, plan_digest, planned,
                created, submitted)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, plan.name, plan.kind.name, plan.kind.version, submission.path, submission.text,
            overrides, submission.planDigest.data, plan.trialCount, now, now)
        return db.lastInsertedRowID
    }

    func replaceAttachments(of sweep: Int64) throws {
        try db.run("DELETE FROM attachment WHERE sweep = ?", sweep)
        for (position, attachment) in submission.attachments.enumerated() {
            try db.run(
                """
                INSERT INTO attachment (sweep, position, name, digest, content)
                VALUES (?, ?, ?, ?, ?)
                """, sweep, position, attachment.name, attachment.digest.data,
                attachment.bytes.map { Data($0) })
        }
    }

    /// - Returns: The trials that were not known, in the order of their numbers in the store.
    func insertTrials(of sweep: Int64) throws -> [TrialID] {
        var entry = try TrialEntry(db: db, sweep: sweep, run: submission.run, seeds: plan.seeds)
        for index in 0..<plan.cellCount {
            try entry.add(plan.cellText(at: index))
        }
        let added = try entry.finish()
        try SweepTally.insert(sweep, counters(of: sweep, added: added.count), in: db)
        return added
    }

    /// Trials that were known before have to be looked at; there are none in most sweeps.
    private func counters(of sweep: Int64, added: Int) throws -> SweepCounters {
        guard added == plan.trialCount else { return try SweepTally.counted(sweep, in: db) }
        var counters = SweepCounters()
        counters.counts[.waiting] = added
        return counters
    }

    func summary(_ id: Int64, added: [TrialID]) throws -> InsertedSweep {
        let counts = try SweepTally.kept(id, in: db).counts
        let known = TrialState.allCases.filter(\.isOver).reduce(0) { $0 + counts[$1] }
        return InsertedSweep(
            id: Int(id), name: plan.name, planned: plan.trialCount, known: known, added: added,
            waiting: added.count == plan.trialCount ? added : try waiting(id))
    }

    private func waiting(_ id: Int64) throws -> [TrialID] {
        try UInt32.fetchAll(
            db,
            sql: """
                SELECT trial FROM sweep_trial JOIN trial ON trial.id = sweep_trial.trial
                WHERE sweep = ? AND state = \(TrialState.waiting.rawValue) ORDER BY number
                """, arguments: [id]
        ).map(TrialID.init)
    }

    private var overrides: String {
        StoredSweep.text(ofOverrides: submission.overrides)
    }
}
