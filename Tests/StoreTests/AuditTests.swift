import GRDB
import Testing

@testable import Store
@testable import Sweeps

@Suite("Verifying a sweep")
struct AuditTests {
    let directory: TemporaryDirectory
    let store: TrialStore
    let plan = testPlan("a", values: [1, 2, 3, 4])

    init() throws {
        directory = try TemporaryDirectory()
        store = try TrialStore(opening: directory.store)
        try store.insert(plan)
        let leases = (1...4).map { lease($0, trial: $0) }
        try store.commit(leases.map { .leased($0) }, at: 1)
        try store.commit(
            [
                .finished(leases[0], result(1)),
                .finished(leases[1], result(2, outcome: .diverged(step: 3))),
                .failed(leases[2], .error("x")), .finished(leases[3], result(4)),
            ], at: 2)
    }

    private func audit(against plan: Plan? = nil) throws -> SweepAudit {
        let reader = try StoreReader(opening: directory.store)
        return try reader.audit(reader.sweep("a"), against: plan ?? self.plan)
    }

    private func damage(_ sql: String) throws {
        try store.queue.writeWithoutTransaction { db in
            try db.execute(sql: sql)
        }
    }

    @Test("finds a row for every planned trial")
    func sound() throws {
        let audit = try audit()
        #expect(audit.isSound)
        #expect(audit.planned == 4)
        #expect(audit.rows == 4)
        #expect(audit.withoutResult == 1)
        #expect(audit.problems == [])
    }

    @Test("names what the plan has and the store lacks, and the other way round")
    func otherPlan() throws {
        let wider = try audit(against: testPlan("a", values: [1, 2, 3, 4, 5, 6]))
        #expect(wider.missing == [5, 6])
        #expect(wider.extra == [])
        let narrower = try audit(against: testPlan("a", values: [1, 2]))
        #expect(narrower.extra == [3, 4])
        let other = try audit(against: testPlan("a", values: [1, 9, 3, 4]))
        #expect(other.missing == [2])
        #expect(other.extra == [2])
        for audit in [wider, narrower, other] { #expect(!audit.isSound) }
    }

    @Test("finds trials that are not over missing")
    func unfinished() throws {
        try store.insert(testPlan("b", values: [1, 7]))
        let reader = try StoreReader(opening: directory.store)
        let audit = try reader.audit(reader.sweep("b"), against: testPlan("b", values: [1, 7]))
        #expect(audit.rows == 1)
        #expect(audit.missing == [2])
        #expect(audit.problems == [])
    }

    @Test(
        "finds what somebody changed by hand",
        arguments: [
            ("DELETE FROM sweep_trial WHERE number = 2", 1),
            ("UPDATE spec SET identity = zeroblob(32) WHERE trial = 1", 0),
            ("UPDATE trial SET state = 0 WHERE id = 1", 2),
            ("UPDATE trial SET state = 4 WHERE id = 1", 2),
            ("UPDATE result SET lease = 3 WHERE trial = 1", 1),
            ("UPDATE lease SET ending = 'lost' WHERE token = 1", 1),
            ("DELETE FROM failure", 1),
            ("DELETE FROM lease WHERE token = 1", 2),
            ("DELETE FROM grid", 1),
            ("DELETE FROM layout", 1),
            ("UPDATE result SET data = zeroblob(3) WHERE trial = 1", 1),
            ("UPDATE layout SET text = '{}' WHERE id = 1", 1),
            ("UPDATE sweep_count SET finished = 7", 1),
        ])
    func handMadeChanges(sql: String, problems: Int) throws {
        try damage(sql)
        let audit = try audit()
        #expect(!audit.isSound)
        #expect(audit.problems.count == problems, "\(audit.problems)")
    }
}
