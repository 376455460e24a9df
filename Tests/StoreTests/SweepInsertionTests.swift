import GRDB
import Testing

@testable import Store
@testable import Sweeps

@Suite("Entering a sweep")
struct SweepInsertionTests {
    let directory: TemporaryDirectory
    let store: TrialStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try TrialStore(opening: directory.store)
    }

    @Test("stores every trial of the plan once, in its order")
    func trials() throws {
        let plan = testPlan("a", values: [1, 2, 3], seeds: 2)
        let run = RunSettings(threads: 3, hostLostLimit: 7)
        let inserted = try store.insert(submission(of: plan, run: run), plan: plan, at: 5)
        #expect(inserted.id == 1)
        #expect(inserted.name == "a")
        #expect(inserted.planned == 6)
        #expect(inserted.known == 0)
        #expect(inserted.added == (1...6).map(TrialID.init))
        #expect(inserted.waiting == inserted.added)

        let specs = try store.specs(of: [TrialID(6), TrialID(1)])
        #expect(
            try specs.map { try $0.cell.spec(seed: $0.seed) } == [6, 1].map { plan.trial($0).spec })
        #expect(specs.map(\.threads) == [3, 3])
        let state = try store.loadOpenState()
        #expect(state.trials.map(\.id) == inserted.added)
        #expect(state.trials.allSatisfy { $0.state == .waiting && $0.hostLostLimit == 7 })
        #expect(state.leases.isEmpty)
    }

    @Test("keeps what it was planned from")
    func source() throws {
        let plan = testPlan("a", values: [1, 2], version: 4)
        try store.insert(plan, at: 77)
        let sweep = try StoreReader(opening: directory.store).sweep("a")
        #expect(sweep.kind == "test")
        #expect(sweep.version == 4)
        #expect(sweep.path == "a.yaml")
        #expect(sweep.text == "name: a\n")
        #expect(sweep.overrides == ["x=1,2", "a=\"b\""])
        #expect(sweep.planDigest == submission(of: plan).planDigest)
        #expect(sweep.planned == 2)
        #expect(sweep.created == 77)
    }

    @Test("shares known trials and their results")
    func sharing() throws {
        try store.insert(testPlan("a", values: [1, 2, 3]))
        try store.commit(
            [
                .leased(lease(1, trial: 2)), .finished(lease(1, trial: 2), result(2)),
                .leased(lease(2, trial: 3)),
            ], at: 2000)
        let inserted = try store.insert(testPlan("b", values: [4, 3, 2, 1]))
        #expect(inserted.planned == 4)
        #expect(inserted.known == 1)
        #expect(inserted.added == [TrialID(4)])
        #expect(inserted.waiting == [TrialID(4), TrialID(1)], "in the plan's order")

        let reader = try StoreReader(opening: directory.store)
        let rows = try reader.rows(of: reader.sweep("b"), curves: .all)
        #expect(rows.map(\.state) == [.waiting, .leased, .finished, .waiting])
        #expect(rows[2].result == result(2))
        #expect(try reader.status(of: reader.sweep("a")).counts[.finished] == 1)
    }

    @Test("numbers trials as the plan does, whichever of them it has already")
    func mixed() throws {
        try store.insert(testPlan("a", values: [3, 4, 8]))
        let plan = testPlan("b", values: (1...10).map(Double.init))
        let inserted = try store.insert(plan)
        #expect(inserted.added == (4...10).map(TrialID.init))
        let reader = try StoreReader(opening: directory.store)
        #expect(try reader.audit(reader.sweep("b"), against: plan).problems == [])
        let trials = try store.read { db in
            try Int.fetchAll(
                db, sql: "SELECT trial FROM sweep_trial WHERE sweep = 2 ORDER BY number")
        }
        #expect(trials == [4, 5, 1, 2, 6, 7, 8, 3, 9, 10])
    }

    @Test("asks before it runs a sweep anew that another version of the kind began")
    func otherVersion() throws {
        try store.insert(testPlan("a", values: [1, 2]))
        try store.commit(
            [.leased(lease(1, trial: 1)), .finished(lease(1, trial: 1), result(1))], at: 9)
        let plan = testPlan("a", values: [1, 2], version: 2)
        #expect(throws: StoreError.otherVersion(name: "a", kind: "test", began: 1, here: 2)) {
            try store.insert(plan)
        }
        var rerun = submission(of: plan)
        rerun.isRerun = true
        let inserted = try store.insert(rerun, plan: plan, at: 10)
        #expect(inserted.name == "a" && inserted.known == 0)
        #expect(inserted.added == [TrialID(3), TrialID(4)])
        let reader = try StoreReader(opening: directory.store)
        let old = try reader.sweep("a@1")
        #expect(old.version == 1 && old.id == 1)
        #expect(try reader.rows(of: old, curves: .all)[0].result == result(1))

        // Asked again it goes on; what waits for the old version is for workers that have that.
        #expect(try store.insert(rerun, plan: plan, at: 11).id == inserted.id)
        let kinds = try store.loadOpenState().trials.map(\.kind)
        #expect(kinds == [1, 1, 2, 2].map { KindVersion("test", version: $0) })
    }

    @Test("resumes the same plan of the same name")
    func resumption() throws {
        let plan = testPlan("a", values: [1, 2, 3])
        let first = try store.insert(plan, at: 10)
        try store.insert(testPlan("b", values: [9]), at: 20)
        try store.commit(
            [.leased(lease(1, trial: 1)), .finished(lease(1, trial: 1), result(1))], at: 2000)
        var again = submission(of: plan)
        again.text = "name: a # with a new table\n"
        let second = try store.insert(again, plan: plan, at: 30)
        #expect(second.id == first.id)
        #expect(second.known == 1)
        #expect(second.added.isEmpty)
        #expect(second.waiting == [TrialID(2), TrialID(3)])
        #expect(try store.loadOpenState().trials.count == 4)
        let reader = try StoreReader(opening: directory.store)
        let last = try reader.sweep("last")
        #expect(last.name == "a")
        #expect(last.text == again.text)
        #expect(last.created == 10)
        #expect(last.submitted == 30)
    }

    @Test("refuses another plan under a name that is taken, and adds nothing")
    func otherPlan() throws {
        try store.insert(testPlan("a", values: [1, 2]))
        let error = #expect(throws: StoreError.sweepExists(name: "a", id: 1)) {
            try store.insert(testPlan("a", values: [1, 2, 3]))
        }
        #expect(error?.description.contains("another name") == true)
        #expect(error?.description.contains("sweep extend a") == true)
        #expect(try store.loadOpenState().trials.count == 2)
    }

    @Test("gives a sweep a larger plan, and keeps what is known of the trials that it has")
    func largerPlan() throws {
        try store.insert(testPlan("a", values: [1, 3]), at: 10)
        try store.insert(testPlan("b", values: [5]), at: 20)
        try store.commit(
            [
                .leased(lease(1, trial: 1)), .finished(lease(1, trial: 1), result(1)),
                .leased(lease(2, trial: 2)),
            ], at: 2000)
        let reader = try StoreReader(opening: directory.store)
        let old = try reader.sweep("a")
        let plan = testPlan("a", values: [5, 1, 2, 3])
        var larger = submission(of: plan)
        larger.isExtension = true
        let extended = try store.insert(larger, plan: plan, at: 30)
        #expect(extended.id == 1 && extended.planned == 4 && extended.known == 1)
        #expect(extended.added == [TrialID(4)])
        #expect(extended.waiting == [TrialID(3), TrialID(4)], "in the plan's order")
        // Who looked at the sweep before does not read its trials by the old numbers.
        #expect(throws: StoreError.extendedWhileRead(name: "a")) { try reader.rows(of: old) }
        #expect(throws: StoreError.extendedWhileRead(name: "a")) { try reader.columns(of: old, []) }
        #expect(throws: StoreError.extendedWhileRead(name: "a")) { try reader.trial(1, of: old) }

        let sweep = try reader.sweep("a")
        #expect(sweep.planned == 4 && sweep.planDigest == larger.planDigest)
        #expect(sweep.created == 10 && sweep.submitted == 30)
        let rows = try reader.rows(of: sweep, curves: .all)
        #expect(rows.map(\.state) == [.waiting, .finished, .waiting, .leased])
        #expect(rows[1].result == result(1))
        let status = try reader.status(of: sweep)
        #expect(status.counts.total == 4 && status.counts[.leased] == 1)
        #expect(status.attempts == 2 && status.started == 2000)
        #expect(try reader.audit(sweep, against: plan).missing == [1, 3, 4])
        #expect(try reader.audit(sweep, against: plan).problems.isEmpty)
        #expect(try reader.status(of: reader.sweep("b")).counts[.waiting] == 1)

        // What ran on goes on to be counted, and the same plan again is the sweep's own.
        try store.commit([.finished(lease(2, trial: 2), result(2))], at: 2001)
        #expect(try reader.status(of: sweep).counts[.finished] == 2)
        #expect(try store.insert(plan).known == 2)
        #expect(try store.insert(larger, plan: plan, at: 40).added.isEmpty)
        #expect(try reader.status(of: reader.sweep("a")).counts[.finished] == 2)
    }

    @Test("refuses an extension that lacks trials of the sweep, and changes nothing")
    func smallerPlan() throws {
        let plan = testPlan("a", values: [1, 2, 3])
        try store.insert(plan)
        let smaller = testPlan("a", values: [1, 4, 5, 6])
        var wrong = submission(of: smaller)
        wrong.isExtension = true
        let error = #expect(throws: StoreError.lacksTrials(name: "a", count: 2, planned: 3)) {
            try store.insert(wrong, plan: smaller, at: 5000)
        }
        #expect(error?.description.contains("--diff a") == true)
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        #expect(sweep.planned == 3 && sweep.submitted == 1000)
        #expect(try reader.audit(sweep, against: plan).missing == [1, 2, 3])
        #expect(try reader.audit(sweep, against: plan).extra.isEmpty)
        #expect(try store.loadOpenState().trials.count == 3)
    }

    @Test("refuses a plan that has a point twice, and adds nothing")
    func pointTwice() throws {
        // No sweep file makes such a plan.
        let axis = Axis(name: "x", keys: ["x"], rows: [[.number(1)], [.number(1)]])
        let plan = Plan(
            name: "a", kind: TestKind(version: 1), seeds: Seeds(), fixed: Configuration(),
            dimensions: [axis],
            grid: Grid(dimensionCount: 1, components: [Grid.Component(dimension: 0, count: 2)]))
        let error = #expect(throws: StoreError.self) { try store.insert(plan) }
        guard case .invariant = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try store.loadOpenState().trials.isEmpty)
        #expect(try StoreReader(opening: directory.store).sweeps().isEmpty)
    }
}
