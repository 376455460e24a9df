import Testing

@testable import Store
@testable import Sweeps

@Suite("What people look for in a store")
struct OverviewTests {
    let directory: TemporaryDirectory
    let store: TrialStore
    let reader: StoreReader

    /// Sweep `a` has trials 1 to 3, `b` the last two of them and a fourth.
    init() throws {
        directory = try TemporaryDirectory()
        store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2, 3]))
        try store.insert(testPlan("b", values: [2, 3, 4]), at: 2000)
        let workers = [("w1", "h1"), ("w2", "h1"), ("w3", "h2")].map { name, host in
            WorkerRecord(
                id: WorkerID(name)!, host: host, processID: 1, slots: 2, job: "", program: "1",
                state: .connected, lastHeard: 1)
        }
        try store.record(workers)
        reader = try StoreReader(opening: directory.store)
    }

    @Test("places a trial in every sweep that has it")
    func places() throws {
        #expect(
            try reader.places(of: TrialID(2)) == [
                TrialPlace(sweep: "a", number: 2, control: .active),
                TrialPlace(sweep: "b", number: 1, control: .active),
            ])
        #expect(try reader.places(of: TrialID(4)).map(\.sweep) == ["b"])
    }

    @Test("lists failed trials once, the latest first, by the sweep that is asked for")
    func failures() throws {
        try store.commit(
            [.leased(lease(1, trial: 2)), .failed(lease(1, trial: 2), .error("early"))], at: 10)
        try store.commit(
            [
                .leased(lease(2, trial: 4)), .crashed(lease(2, trial: 4)),
                .leased(lease(3, trial: 4, attempt: 2, worker: "w2")),
                .failed(lease(3, trial: 4, attempt: 2, worker: "w2"), .crash("SIGSEGV")),
            ], at: 20)
        let all = try reader.failedTrials(limit: 5)
        #expect(all.map { "\($0.sweep)/\($0.number)" } == ["b/3", "a/2"])
        #expect(all.map(\.failure) == [.crash("SIGSEGV"), .error("early")])
        #expect(all.map(\.attempt) == [2, 1] && all.map(\.happened) == [20, 10])
        #expect(try reader.failedTrials(limit: 1).count == 1)
        #expect(try reader.failedTrials(of: reader.sweep("b"), limit: 5).map(\.number) == [3, 1])
        #expect(try reader.failedTrials(of: reader.sweep("a"), limit: 5).map(\.number) == [2])
    }

    @Test("counts what ended since a time, in each sweep that has the trial")
    func activity() throws {
        try store.commit(
            [.leased(lease(1, trial: 1)), .finished(lease(1, trial: 1), result(1))], at: 10)
        try store.commit(
            [
                .leased(lease(2, trial: 2)),
                .finished(lease(2, trial: 2), result(2, outcome: .diverged(step: 4))),
                .leased(lease(3, trial: 4)), .lost(lease(3, trial: 4)),
                .leased(lease(4, trial: 4, attempt: 2)),
                .failed(lease(4, trial: 4, attempt: 2), .error("wrong")),
            ], at: 20)
        let late = try reader.activity(since: 20)
        #expect(late.keys.sorted() == [1, 2])
        #expect(late[1]?.finished == 0 && late[1]?.diverged == 1 && late[1]?.failed == 0)
        #expect(late[2]?.diverged == 1 && late[2]?.failed == 1 && late[2]?.lost == 1)
        #expect(try reader.activity(since: 0)[1]?.finished == 1)
        #expect(try reader.activity(since: 21).isEmpty)
    }

    @Test("finds workers by name, by host or all, and suggests the nearest")
    func workers() throws {
        func names(_ selector: String) throws -> [String] {
            try reader.workers(selector).map(\.worker.id.rawValue)
        }
        #expect(try names("w2") == ["w2"])
        #expect(try names("h1") == ["w1", "w2"])
        #expect(try names("all") == ["w1", "w2", "w3"])
        let error = #expect(throws: StoreError.self) { try reader.workers("h11") }
        #expect(error?.description.contains("did you mean 'h1'?") == true)
    }

    @Test("says what a worker holds and how its other leases ended")
    func ledger() throws {
        try store.commit(
            [
                .leased(lease(1, trial: 1)), .finished(lease(1, trial: 1), result(1)),
                .leased(lease(2, trial: 2)), .returned(lease(2, trial: 2)),
                .leased(lease(3, trial: 3)), .started(lease(3, trial: 3)),
                .leased(lease(4, trial: 4)),
            ], at: 30)
        try store.recordProgress(
            [(TrialID(3), 1, TrialProgress(step: 5, stepCount: 9, values: []))], at: 40)
        let ledger = try reader.ledger(of: WorkerID("w1")!)
        #expect(ledger.endings == [.finished: 1, .returned: 1])
        #expect(ledger.open.map(\.place.sweep) == ["a", "b"])
        #expect(ledger.open.map(\.started) == [30, nil])
        #expect(ledger.open.map { $0.progress?.step } == [5, nil])
        #expect(try reader.ledger(of: WorkerID("w3")!) == WorkerLedger(open: [], endings: [:]))
    }

    @Test("keeps who is in quarantine, whatever the worker says of itself, until it is released")
    func quarantine() throws {
        let w1 = WorkerID("w1")!
        try store.quarantine([w1, WorkerID("w2")!], at: 50)
        try store.quarantine([w1], at: 60)
        try store.record(
            [
                WorkerRecord(
                    id: w1, host: "h1", processID: 2, slots: 2, job: "", program: "1",
                    state: .left, lastHeard: 70)
            ])
        #expect(try reader.workers().map(\.quarantined) == [50, 50, nil])
        #expect(try store.quarantinedWorkers().map(\.rawValue).sorted() == ["w1", "w2"])
        try store.release([w1])
        #expect(try reader.workers().map(\.quarantined) == [nil, 50, nil])
    }

    @Test("keeps which workers are to leave, and what process each is")
    func draining() throws {
        let (w1, w2) = (WorkerID("w1")!, WorkerID("w2")!)
        try store.record(draining: [w1: 5, w2: 6])
        #expect(try store.drainingWorkers() == [w1: 5, w2: 6])
        try store.record(draining: [w2: 6])
        #expect(try store.drainingWorkers() == [w2: 6])
    }
}
