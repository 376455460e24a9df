import GRDB
import Testing

@testable import Store
@testable import Sweeps

@Suite("Committing a turn's events")
struct CommitTests {
    let directory: TemporaryDirectory
    let store: TrialStore
    let reader: StoreReader
    let sweep: StoredSweep

    init() throws {
        directory = try TemporaryDirectory()
        store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2, 3]))
        reader = try StoreReader(opening: directory.store)
        sweep = try reader.sweep("a")
    }

    @Test("brings a result back as it was")
    func result() throws {
        let first = StoreTests.result(1)
        let second = TrialResult(
            outcome: .diverged(step: 40), digest: StoreTests.result(2).digest,
            curves: [
                Curve(name: "b", steps: [], values: []),
                Curve(name: "a", steps: [3], values: [0.1]),
            ],
            scalars: [Scalar(name: "z", value: -.infinity), Scalar(name: "a", value: nil)])
        try store.commit(
            [
                .leased(lease(1, trial: 1)), .started(lease(1, trial: 1)),
                .finished(lease(1, trial: 1), first), .leased(lease(2, trial: 3)),
                .finished(lease(2, trial: 3), second),
            ], at: 2000)
        let rows = try reader.rows(of: sweep, curves: .all)
        #expect(rows.map(\.number) == [1, 2, 3])
        #expect(rows.map(\.state) == [.finished, .waiting, .diverged])
        #expect(rows.map(\.attempt) == [1, 0, 1])
        #expect(rows.map(\.result) == [first, nil, second])
    }

    @Test("tells a scalar that is not a number from an event that never came")
    func notANumber() throws {
        let odd = TrialResult(
            outcome: .diverged(step: 1), digest: StoreTests.result(1).digest,
            curves: [Curve(name: "c", steps: [0, 1], values: [0.1, .nan])],
            scalars: [Scalar(name: "nan", value: .nan), Scalar(name: "never", value: nil)])
        try store.commit(
            [.leased(lease(1, trial: 1)), .finished(lease(1, trial: 1), odd)], at: 2000)
        let result = try reader.trial(1, of: sweep).row.result
        #expect(result?.scalar("nan")??.isNaN == true)
        #expect(result?.scalar("never") == .some(nil))
        #expect(result?.curve("c")?.values.last?.isNaN == true)
    }

    @Test("stores the steps that curves share once")
    func sharedSteps() throws {
        let events = (1...3).flatMap { id -> [TrialEvent] in
            let lease = lease(UInt32(id), trial: UInt32(id))
            return [.leased(lease), .finished(lease, StoreTests.result(UInt32(id)))]
        }
        try store.commit(events, at: 2000)
        let grids = try store.read { try $0.count("SELECT count(*) FROM grid") }
        #expect(grids == 4, "the common grid and one of each trial's own")
        #expect(
            try reader.rows(of: sweep, curves: .all).map(\.result)
                == (1...3).map { StoreTests.result($0) })
    }

    @Test("takes the first result; a second one contradicts the store")
    func exactlyOnce() throws {
        let old = lease(1, trial: 1)
        let new = lease(2, trial: 1, attempt: 2, worker: "w2")
        try store.commit([.leased(old), .lost(old), .leased(new)], at: 1)
        try store.commit([.finished(old, StoreTests.result(1))], at: 2)
        for lease in [old, new] {
            #expect(throws: StoreError.self) {
                try store.commit([.finished(lease, StoreTests.result(9))], at: 3)
            }
        }
        let detail = try reader.trial(1, of: sweep)
        #expect(detail.row.result == StoreTests.result(1))
        #expect(detail.row.attempt == 1, "the attempt whose result stands")
        #expect(detail.leases.map(\.ending) == [.finished, .superseded])
        #expect(try store.read { try $0.count("SELECT count(*) FROM result") } == 1)
    }

    @Test("counts a later result as waste and compares its digest", arguments: [false, true])
    func duplicates(differs: Bool) throws {
        let old = lease(1, trial: 1)
        let new = lease(2, trial: 1, attempt: 2, worker: "w2")
        let digest = StoreTests.result(differs ? 9 : 1).digest
        try store.commit(
            [
                .leased(old), .lost(old), .leased(new), .finished(new, StoreTests.result(1)),
                .duplicate(old, digest: digest),
            ], at: 1)
        // The message comes again, since its acknowledgement was lost.
        try store.commit([.duplicate(old, digest: digest)], at: 2)
        // The result that stands comes again: no work was done twice.
        try store.commit([.duplicate(new, digest: StoreTests.result(1).digest)], at: 3)
        let status = try reader.status(of: sweep)
        #expect(status.duplicates == 1)
        #expect(status.digestMismatches == (differs ? 1 : 0))
        #expect(status.attempts == 2)
        #expect(try reader.trial(1, of: sweep).row.result == StoreTests.result(1))
        let audit = try reader.audit(sweep, against: testPlan("a", values: [1, 2, 3]))
        #expect(audit.digestMismatches == (differs ? 1 : 0))
    }

    @Test("keeps a digest that differed, whatever the same worker sends afterwards")
    func mismatchStays() throws {
        let old = lease(1, trial: 1)
        let new = lease(2, trial: 1, attempt: 2)
        try store.commit(
            [
                .leased(old), .lost(old), .leased(new), .finished(new, StoreTests.result(1)),
                .duplicate(old, digest: StoreTests.result(9).digest),
                .duplicate(old, digest: StoreTests.result(1).digest),
            ], at: 1)
        #expect(try reader.status(of: sweep).digestMismatches == 1)
    }

    @Test("takes rows of leases and results as it takes them one by one", arguments: [true, false])
    func rows(atOnce: Bool) throws {
        let plan = testPlan("row", values: (11...30).map(Double.init))
        // Trials 4 to 23, of which two sweeps have 8 to 12.
        try store.insert(plan)
        try store.insert(testPlan("part", values: [15, 16, 17, 18, 19]))
        let leases = (0..<20).map { lease($0 + 1, trial: $0 + 4, worker: $0 < 9 ? "w1" : "w2") }
        let turns: [[TrialEvent]] = [
            leases.map { .leased($0) },
            // One begins, one comes back: the row has gaps now.
            [.started(leases[3]), .returned(leases[12])],
            leases.filter { $0 != leases[12] }.map { lease in
                let id = lease.trial.rawValue
                let outcome = id % 7 == 0 ? Outcome.diverged(step: Int(id)) : .finished
                return .finished(lease, StoreTests.result(id, outcome: outcome))
            },
        ]
        for (time, events) in turns.enumerated() {
            for some in atOnce ? [events] : events.map({ [$0] }) {
                try store.commit(some, at: Int64(10 * (time + 1)))
            }
        }
        let row = try reader.sweep("row")
        for (place, lease) in leases.enumerated() {
            let detail = try reader.trial(place + 1, of: row)
            let isBack = place == 12
            #expect(detail.leases.map(\.lease) == [lease])
            #expect(detail.leases.map(\.ending) == [isBack ? .returned : .finished])
            #expect(detail.leases.map(\.ended) == [isBack ? 20 : 30])
            #expect(detail.leases.map(\.started) == [place == 3 ? 20 : nil])
            #expect(
                detail.row.state == (isBack ? .waiting : place % 7 == 3 ? .diverged : .finished))
            #expect(
                detail.row.result?.curve("late")?.steps == (isBack ? nil : [lease.trial.rawValue]))
        }
        #expect(try reader.status(of: row).counts[.finished] == 16)
        #expect(try reader.status(of: reader.sweep("part")).counts[.finished] == 5)
        #expect(try reader.audit(row, against: plan).problems == [])
    }

    /// Events that contradict what came before, after a first one that does not.
    static let contradictions: [(String, TrialEvent)] = [
        ("a token used again", .leased(lease(1, trial: 2))),
        ("an attempt used again", .leased(lease(9, trial: 1))),
        ("a lease for a trial that is leased", .leased(lease(9, trial: 1, attempt: 2))),
        ("a lease for no trial", .leased(lease(9, trial: 77))),
        ("a result without a lease", .finished(lease(9, trial: 2), StoreTests.result(1))),
        ("a result for another trial", .finished(lease(1, trial: 2), StoreTests.result(1))),
        (
            "a result of another attempt",
            .finished(lease(1, trial: 1, attempt: 2), StoreTests.result(1))
        ),
        (
            "a result of another worker",
            .finished(lease(1, trial: 1, worker: "x"), StoreTests.result(1))
        ),
        ("a start without a lease", .started(lease(9, trial: 1))),
        ("a loss without a lease", .lost(lease(9, trial: 1))),
        ("a return without a lease", .returned(lease(9, trial: 1))),
        ("a resumption of what is leased", .resumed(lease(1, trial: 1), isRunning: true)),
        (
            "a duplicate of nothing",
            .duplicate(lease(1, trial: 1), digest: StoreTests.result(1).digest)
        ),
        ("a failure without a lease", .failed(lease(9, trial: 1), .error("x"))),
    ]

    @Test("leaves nothing of a turn that has a contradiction", arguments: contradictions.indices)
    func atomicity(index: Int) throws {
        let (name, event) = Self.contradictions[index]
        try store.commit([.leased(lease(1, trial: 1))], at: 1)
        let before = try contents()
        let good: [TrialEvent] = [
            .leased(lease(2, trial: 3)), .finished(lease(2, trial: 3), StoreTests.result(3)),
        ]
        let error = #expect(throws: StoreError.self, "\(name)") {
            try store.commit(good + [event], at: 2)
        }
        if case .invariant = error {} else { Issue.record("\(name): \(String(describing: error))") }
        #expect(try contents() == before, "\(name)")
        // The store goes on as if nothing had happened.
        try store.commit(good, at: 3)
        #expect(try reader.status(of: sweep).counts[.finished] == 1)
    }

    @Test("keeps why a trial was set aside, until its end")
    func failures() throws {
        let thrown = lease(1, trial: 1)
        let lost = lease(2, trial: 2)
        try store.commit(
            [
                .leased(thrown), .started(thrown), .failed(thrown, .error("no such task")),
                .leased(lost), .started(lost), .lost(lost), .failed(lost, .hostLost),
            ], at: 5)
        let first = try reader.trial(1, of: sweep)
        let second = try reader.trial(2, of: sweep)
        #expect(first.failure == .error("no such task"))
        #expect(first.leases.map(\.ending) == [.failed])
        #expect(second.failure == .hostLost)
        #expect(second.leases.map(\.ending) == [.lost])
        #expect(first.row.state == .failed && second.row.state == .failed)
        #expect(throws: StoreError.self) {
            try store.commit([.finished(lost, StoreTests.result(2))], at: 6)
        }
    }

    @Test("keeps a time limit as a reason of its own, and counts reasons")
    func timeLimit() throws {
        let slow = lease(1, trial: 1)
        let thrown = lease(2, trial: 2)
        try store.commit(
            [
                .leased(slow), .started(slow), .failed(slow, .timeLimit(.seconds(5400))),
                .leased(thrown), .failed(thrown, .error("no")),
            ], at: 5)
        #expect(try reader.trial(1, of: sweep).failure == .timeLimit(.seconds(5400)))
        #expect(try reader.status(of: sweep).failures == [.timeLimit: 1, .error: 1])
        let limited = try store.failedTrials(of: sweep.id, reasons: [.timeLimit])
        #expect(limited == [NumberedTrial(number: 1, id: TrialID(1))])
        try store.commit([.reopened(TrialID(1))], at: 6)
        #expect(try reader.status(of: sweep).failures == [.error: 1])
    }

    @Test("compares a result that was withdrawn with the one that follows it")
    func withdrawal() throws {
        func diverged(_ seed: UInt32) -> TrialResult {
            StoreTests.result(seed, outcome: .diverged(step: 1))
        }
        let leases = (1...3).map { lease($0, trial: 1, attempt: Int($0)) }
        try store.commit([.leased(leases[0]), .finished(leases[0], diverged(1))], at: 1)
        #expect(try store.trials(of: sweep.id, in: .diverged).map(\.number) == [1])
        try store.commit([.withdrawn(TrialID(1))], at: 2)
        var status = try reader.status(of: sweep)
        #expect(status.counts[.waiting] == 3 && status.duplicates == 0)
        #expect(try reader.trial(1, of: sweep).leases.map(\.ending) == [.withdrawn])
        try store.commit([.leased(leases[1]), .finished(leases[1], diverged(1))], at: 3)
        status = try reader.status(of: sweep)
        #expect(status.counts[.diverged] == 1)
        #expect(status.duplicates == 1 && status.digestMismatches == 0)
        try store.commit([.withdrawn(TrialID(1)), .leased(leases[2])], at: 4)
        try store.commit([.finished(leases[2], diverged(2))], at: 5)
        status = try reader.status(of: sweep)
        #expect(status.duplicates == 2 && status.digestMismatches == 2)
        let plan = testPlan("a", values: [1, 2, 3])
        let audit = try reader.audit(sweep, against: plan)
        #expect(audit.digestMismatches == 2 && !audit.isSound)
        #expect(audit.problems == [])
    }

    @Test("puts what a person says of a key in the place of what the command line said")
    func overriding() throws {
        let before = try reader.sweep("a").overrides
        try store.override("run.priority", with: "3", of: sweep.id)
        try store.override("run.priority", with: "-5", of: sweep.id)
        #expect(try reader.sweep("a").overrides == before + ["run.priority=-5"])
    }

    @Test("gives a restarting coordinator what the last one knew")
    func openState() throws {
        let one = lease(1, trial: 1)
        let two = lease(2, trial: 2)
        let three = lease(3, trial: 1, attempt: 2, worker: "w2")
        let four = lease(4, trial: 3)
        try store.commit([.leased(one), .started(one), .leased(two)], at: 1)
        try store.commit([.lost(one), .returned(two), .leased(three)], at: 2)
        try store.commit([.started(three), .leased(four), .lost(three)], at: 3)
        try store.commit([.resumed(one, isRunning: true)], at: 4)
        try store.commit([.finished(four, StoreTests.result(3))], at: 4)
        try store.close()

        let next = try TrialStore(opening: directory.store)
        let state = try next.loadOpenState()
        #expect(state.leases == [one, two, three, four])
        #expect(state.trials.map(\.state) == [.running, .waiting, .finished])
        #expect(state.trials.map(\.attempts) == [2, 1, 1])
        #expect(state.trials.map(\.hostLosses) == [2, 0, 0])
        #expect(state.trials.map(\.lease) == [one.token, nil, four.token])
        try next.close()
    }

    /// All rows of all tables, as text.
    private func contents() throws -> [String] {
        try store.read { db in
            let tables = try String.fetchAll(
                db, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            return try tables.flatMap { try Row.fetchAll(db, sql: "SELECT * FROM \($0)") }
                .map(\.description)
        }
    }
}
