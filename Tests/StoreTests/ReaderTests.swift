import Foundation
import GRDB
import Testing

@testable import Store
@testable import Sweeps

@Suite("Reading a store")
struct ReaderTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("says where there is none, and makes nothing")
    func missing() throws {
        let error = #expect(throws: StoreError.missing(directory: directory.store)) {
            try StoreReader(opening: directory.store)
        }
        #expect(error?.description.contains("--store") == true)
        #expect(try directory.names(in: "") == [])

        // A coordinator that was killed before its first transaction leaves an empty file.
        try StoreDirectory.prepare(directory.store)
        try StoreDirectory.makeDatabaseFile(directory.database)
        #expect(throws: StoreError.missing(directory: directory.store)) {
            try StoreReader(opening: directory.store)
        }
        #expect(try directory.names(in: "store") == ["store.sqlite"])
    }

    @Test("works beside a coordinator, and sees what it commits")
    func beside() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2]))
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        #expect(try reader.status(of: sweep).counts[.leased] == 0)
        try store.commit([.leased(lease(1, trial: 1))], at: 1)
        #expect(try reader.status(of: sweep).counts[.leased] == 1)
        try store.close()
        #expect(try reader.status(of: sweep).counts[.leased] == 1)
    }

    @Test("makes and changes no file where no coordinator runs")
    func withoutCoordinator() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2]))
        try store.close()
        #expect(try directory.names(in: "store") == ["lock", "store.sqlite"])
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.database))
        let reader = try StoreReader(opening: directory.store)
        #expect(try reader.rows(of: reader.sweep("a")).count == 2)
        #expect(try directory.names(in: "store") == ["lock", "store.sqlite"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.database)) == before)
    }

    @Test("copes with odd characters in the path")
    func oddPath() throws {
        let place = directory.path + "/a b%20?x=1#y"
        let store = try TrialStore(opening: place)
        try store.insert(testPlan("a", values: [1, 2]))
        try store.close()
        #expect(try StoreReader(opening: place).sweeps().count == 1)
    }

    @Test("can not write", arguments: [false, true])
    func readOnly(isBesideCoordinator: Bool) throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2]))
        if !isBesideCoordinator { try store.close() }
        let reader = try StoreReader(opening: directory.store)
        let error = #expect(throws: StoreError.self) {
            try reader.read { try $0.execute(sql: "DELETE FROM sweep_trial") }
        }
        guard case .unwritable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try reader.rows(of: reader.sweep("a")).count == 2)
        if isBesideCoordinator { try store.close() }
    }

    @Test("notices a coordinator that opens the store just then")
    func race() throws {
        try TrialStore(opening: directory.store).close()
        let reader = try StoreReader(opening: directory.store)
        var late: TrialStore?
        #expect(throws: StoreError.changedWhileRead(path: directory.database)) {
            try reader.read { _ in late = try TrialStore(opening: directory.store) }
        }
        #expect(try reader.coordinator().epoch == 2)
        try late?.close()
    }

    @Test("selects a sweep by name, number, or as the last one submitted")
    func selection() throws {
        let store = try TrialStore(opening: directory.store)
        let reader = try StoreReader(opening: directory.store)
        #expect(throws: StoreError.unknownSweep("last", known: [])) { try reader.sweep("last") }
        try store.insert(testPlan("a", values: [1]), at: 10)
        try store.insert(testPlan("b", values: [2]), at: 20)
        #expect(try reader.sweeps().map(\.name) == ["a", "b"])
        #expect(try reader.sweep("a").id == 1)
        #expect(try reader.sweep("2").name == "b")
        #expect(try reader.sweep("last").name == "b")
        let error = #expect(throws: StoreError.unknownSweep("c", known: ["b", "a"])) {
            try reader.sweep("c")
        }
        #expect(error?.description == "there is no sweep 'c'; there are b, a")
        try store.insert(testPlan("c", values: [3]), at: 15)
        #expect(try reader.sweeps("all").map(\.name) == ["a", "b", "c"])
        #expect(try reader.sweeps("2-10").map(\.name) == ["b", "c"])
        #expect(try reader.sweeps("last").map(\.name) == ["b"])
        for none in ["4-10", "3-2", "1-", "-1", "1-2-3"] {
            #expect(throws: StoreError.unknownSweep(none, known: ["b", "c", "a"])) {
                try reader.sweeps(none)
            }
        }
        #expect(throws: StoreError.severalSweeps("1-2", names: ["a", "b"])) {
            try reader.sweep("1-2")
        }
        try store.close()
    }

    @Test("hands over the curves that are asked for")
    func curveSelection() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1]))
        let images = TrialArray(
            name: "sample/11", steps: [20, 60], shape: [1, 2], bytes: [7, 1, 2, 255])
        let whole = TrialResult(
            outcome: .finished, digest: result(1).digest, curves: result(1).curves,
            scalars: result(1).scalars, arrays: [images])
        try store.commit(
            [.leased(lease(1, trial: 1)), .finished(lease(1, trial: 1), whole)], at: 1)
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        func names(_ curves: CurveSelection) throws -> [String]? {
            try reader.rows(of: sweep, curves: curves)[0].result?.curves.map(\.name)
        }
        #expect(try names(.none) == [])
        #expect(try names(.all) == ["train_loss", "ood_loss", "late"])
        #expect(try names(.named(["late", "ood_loss", "absent"])) == ["ood_loss", "late"])
        #expect(try reader.rows(of: sweep)[0].result?.scalars == result(1).scalars)
        #expect(try reader.rows(of: sweep)[0].result?.arrays == [])
        #expect(try reader.rows(of: sweep, curves: .all)[0].result?.arrays == [images])
        let chosen = try reader.rows(of: sweep, curves: .named(["late", "sample/11"]))[0].result
        #expect(chosen?.curves == [result(1).curves[2]] && chosen?.arrays == [images])
        try store.close()
    }

    @Test("tells all of a trial")
    func detail() throws {
        let store = try TrialStore(opening: directory.store)
        let plan = testPlan("a", values: [1, 2])
        try store.insert(plan)
        let worker = WorkerRecord(
            id: WorkerID("w1")!, host: "h1", processID: 4, slots: 2, job: "77",
            program: "swingby 1",
            state: .connected, lastHeard: 50)
        try store.record([worker])
        let first = lease(1, trial: 2, worker: "gone")
        let second = lease(2, trial: 2, attempt: 2)
        try store.commit([.leased(first), .started(first), .lost(first)], at: 10)
        try store.commit([.leased(second)], at: 20)
        try store.commit([.started(second)], at: 30)
        let early = TrialProgress(step: 1, stepCount: 9, values: [])
        let progress = TrialProgress(
            step: 4, stepCount: 9,
            values: [
                Scalar(name: "train_loss", value: 0.1), Scalar(name: "ood_loss", value: .infinity),
                Scalar(name: "event", value: nil),
            ])
        for report in [early, progress] {
            try store.recordProgress([(TrialID(2), 2, report)], at: 40)
        }
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        let detail = try reader.trial(2, of: sweep)
        #expect(detail.row == TrialRow(number: 2, state: .running, attempt: 2, result: nil))
        #expect(detail.trial == TrialID(2))
        #expect(detail.identity == plan.trial(2).spec.identity)
        #expect(detail.spec == plan.trial(2).spec.canonicalText)
        #expect(detail.failure == nil)
        #expect(detail.progress == progress)
        #expect(
            detail.leases == [
                LeaseRecord(
                    lease: first, host: nil, issued: 10, started: 10, ended: 10, ending: .lost),
                LeaseRecord(
                    lease: second, host: "h1", issued: 20, started: 30, ended: nil, ending: nil),
            ])

        try store.commit([.finished(second, result(2))], at: 60)
        try store.recordProgress([(TrialID(2), 2, early)], at: 70)
        let after = try reader.trial(2, of: sweep, curves: .none)
        #expect(after.progress == nil, "a preview ends with its trial, and comes too late then")
        #expect(after.leases.last?.ended == 60)
        #expect(throws: StoreError.unknownTrial(number: 3, sweep: "a", planned: 2)) {
            try reader.trial(3, of: sweep)
        }
        try store.close()
    }

    @Test("says of a sweep that waits whether a connected worker can train it")
    func untrainable() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1], version: 2))
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        func isUntrainable(with workers: [Int]...) throws -> Bool {
            try store.record(
                workers.enumerated().map { number, versions in
                    WorkerRecord(
                        id: WorkerID("w\(number)")!, host: "h", processID: 4, slots: 1, job: "",
                        program: "", kinds: versions.map { KindVersion("test", version: $0) },
                        state: .connected, lastHeard: 50)
                })
            return try reader.status(of: sweep).isUntrainable
        }
        #expect(try !isUntrainable())
        #expect(try isUntrainable(with: [1]))
        #expect(try !isUntrainable(with: [1], [2]))
        #expect(try !isUntrainable(with: [1], []), "who does not say is given anything")
        #expect(try isUntrainable(with: [1], [3]))
        _ = try store.set(.paused, of: Int(sweep.id))
        #expect(try !reader.status(of: reader.sweep("a")).isUntrainable)
        try store.close()
    }

    @Test("lists workers with their load, and the coordinator")
    func workers() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2, 3]))
        func worker(_ name: String, _ state: WorkerRecord.State) -> WorkerRecord {
            WorkerRecord(
                id: WorkerID(name)!, host: "h-" + name, processID: 4, slots: 2, job: "",
                program: "swingby 1", state: state, lastHeard: 50)
        }
        try store.record([worker("w2", .left), worker("w1", .lost)])
        try store.record([worker("w1", .connected)])
        try store.commit(
            [
                .leased(lease(1, trial: 1)), .leased(lease(2, trial: 2)),
                .leased(lease(3, trial: 3)), .started(lease(1, trial: 1)),
                .finished(lease(3, trial: 3), result(3)),
            ], at: 5)
        try store.recordStart(endpoint: "tcp://h0:5555", at: 7)
        let reader = try StoreReader(opening: directory.store)
        #expect(
            try reader.workers() == [
                WorkerLoad(
                    worker: worker("w1", .connected), leased: 2, running: 1, quarantined: nil),
                WorkerLoad(worker: worker("w2", .left), leased: 0, running: 0, quarantined: nil),
            ])
        let running = try reader.coordinator()
        #expect(running.cluster == store.cluster)
        #expect(running.epoch == 1)
        #expect(running.endpoint == "tcp://h0:5555")
        #expect(running.processID == Int(getpid()))
        #expect(running.host == StoreLock.hostName)
        #expect(running.started == 7)
        #expect(running.stopped == nil)
        try store.recordStop(at: 8)
        #expect(try reader.coordinator().stopped == 8)
        #expect(try reader.workers().map(\.worker.state) == [.unknown, .left])
        try store.close()
        let next = try TrialStore(opening: directory.store)
        #expect(try reader.coordinator().endpoint == nil, "the last one's is of no use")
        try next.close()
    }

    @Test("sums up how far a sweep is")
    func status() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2, 3, 4, 5, 6]))
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        #expect(try reader.status(of: sweep).started == nil)
        try store.commit((1...5).map { .leased(lease($0, trial: $0, worker: "w\($0)")) }, at: 100)
        try store.commit(
            [
                .started(lease(2, trial: 2, worker: "w2")),
                .finished(lease(3, trial: 3, worker: "w3"), result(3)),
                .finished(lease(4, trial: 4, worker: "w4"), result(4, outcome: .diverged(step: 2))),
                .failed(lease(5, trial: 5, worker: "w5"), .error("x")),
            ], at: 200)
        let status = try reader.status(of: sweep)
        for state in TrialState.allCases {
            #expect(status.counts[state] == (state == .cancelled ? 0 : 1), "\(state)")
        }
        #expect(status.counts.total == sweep.planned)
        #expect(!status.counts.isOver)
        #expect(status.attempts == 5)
        #expect(status.started == 100)
        #expect(status.lastResult == 200)
        #expect(status.workers == 2)
        try store.close()
    }

    @Test("gives single numbers of every trial as columns")
    func columns() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2, 3]))
        let second = lease(1, trial: 2)
        try store.commit([.leased(second), .finished(second, StoreTests.result(7))], at: 1)
        try store.commit([.leased(lease(2, trial: 3))], at: 2)
        let reader = try StoreReader(opening: directory.store)
        let columns = try reader.columns(
            of: reader.sweep("a"),
            [
                .scalar("learning_time/1"), .scalar("learning_time/2"), .last("train_loss"),
                .last("late"), .scalar("train_loss"), .last("other"),
            ])
        #expect(columns.states == [.waiting, .finished, .leased])
        let expected: [Double??] = [7, .some(nil), 7.3, .infinity, nil, nil]
        #expect(columns.values.map { $0[1] } == expected)
        for column in columns.values {
            #expect(column[0] == Double??.none && column[2] == Double??.none)
        }
        try store.close()
    }
}
