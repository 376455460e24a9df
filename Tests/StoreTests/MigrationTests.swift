import Foundation
import GRDB
import Testing

@testable import Store
@testable import Sweeps

@Suite("A store of the first schema")
struct MigrationTests {
    let directory: TemporaryDirectory
    let plan = testPlan("a", values: [1, 2], seeds: 2)

    /// Makes it as the first version did: two results, one of them with odd numbers.
    init() throws {
        directory = try TemporaryDirectory()
        try StoreDirectory.prepare(directory.store)
        try StoreDirectory.makeDatabaseFile(directory.database)
        let queue = try DatabaseQueue(path: directory.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        try Schema.migrator.migrate(queue, upTo: "1")
        try queue.write { db in
            try db.execute(sql: "INSERT INTO coordinator (id, cluster, epoch) VALUES (1, 'c', 1)")
            let made = submission(of: plan)
            try db.run(
                """
                INSERT INTO sweep (name, kind, version, path, text, overrides, plan_digest,
                    planned, created, submitted)
                VALUES ('a', 'test', 1, ?, ?, '[]', ?, 4, 1, 1)
                """, made.path, made.text, made.planDigest.data)
            for number in 1...4 {
                let spec = plan.trial(number).spec
                try db.run(
                    "INSERT INTO trial (host_lost_limit, threads) VALUES (20, 1)")
                try db.run(
                    "INSERT INTO spec (trial, identity, text) VALUES (?, ?, ?)", number,
                    spec.identity.data, spec.canonicalText)
                try db.run(
                    "INSERT INTO sweep_trial (sweep, number, trial) VALUES (1, ?, ?)", number,
                    number)
            }
            for (trial, state) in [(1, 3), (3, 4)] {
                try db.run(
                    """
                    INSERT INTO lease (token, trial, attempt, worker, issued, ended, ending)
                    VALUES (?, ?, 1, 'w1', 10, 20, 'finished')
                    """, trial, trial)
                try db.run(
                    "UPDATE trial SET state = ?, attempts = 1, lease = ? WHERE id = ?", state,
                    trial, trial)
                try db.run(
                    """
                    INSERT INTO result (trial, lease, digest, diverged_step, committed)
                    VALUES (?, ?, ?, ?, 20)
                    """, trial, trial, expected(trial).digest.data, state == 4 ? 6 : nil)
                try insert(expected(trial), of: trial, db)
            }
        }
        try queue.close()
    }

    private func expected(_ trial: Int) -> TrialResult {
        if trial == 1 { return result(1) }
        return TrialResult(
            outcome: .diverged(step: 6), digest: result(3).digest,
            curves: [
                Curve(name: "empty", steps: [], values: []),
                Curve(name: "wide", steps: [0, 6], values: [0.1, .nan]),
            ],
            scalars: [Scalar(name: "nan", value: .nan), Scalar(name: "never", value: nil)])
    }

    private func insert(_ result: TrialResult, of trial: Int, _ db: Database) throws {
        for (position, scalar) in result.scalars.enumerated() {
            try db.run(
                "INSERT INTO scalar (trial, position, name, value, is_nan) VALUES (?, ?, ?, ?, ?)",
                trial, position, scalar.name, scalar.value, scalar.value?.isNaN == true)
        }
        for (position, curve) in result.curves.enumerated() {
            let steps = curve.steps.withUnsafeBytes { Data($0) }
            try db.run(
                "INSERT OR IGNORE INTO grid (digest, steps) VALUES (?, ?)",
                Digest256(hashing: steps).data, steps)
            let isNarrow = result.layout.curves[position].type == .float
            let values =
                isNarrow
                ? curve.values.map { Float($0) }.withUnsafeBytes { Data($0) }
                : curve.values.withUnsafeBytes { Data($0) }
            try db.run(
                """
                INSERT INTO curve (trial, position, name, grid, type, data)
                SELECT ?, ?, ?, id, ?, ? FROM grid WHERE digest = ?
                """, trial, position, curve.name, isNarrow ? "<f4" : "<f8", values,
                Digest256(hashing: steps).data)
        }
    }

    @Test("keeps every bit when a coordinator brings it up to date")
    func packing() throws {
        let store = try TrialStore(opening: directory.store)
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        let rows = try reader.rows(of: sweep, curves: .all)
        #expect(rows.map(\.state) == [.finished, .waiting, .diverged, .waiting])
        #expect(rows.map(\.result) == [expected(1), nil, expected(3), nil])
        let status = try reader.status(of: sweep)
        #expect(status.counts[.waiting] == 2 && status.counts[.finished] == 1)
        #expect(status.attempts == 2 && status.started == 10 && status.lastResult == 20)
        let audit = try reader.audit(sweep, against: plan)
        #expect(audit.problems == [])
        #expect(audit.missing == [2, 4])
        let ended = try reader.trial(3, of: sweep).leases
        #expect(ended.map(\.ending) == [.finished] && ended.map(\.ended) == [20])
        let specs = try store.specs(of: (1...4).map(TrialID.init))
        #expect(
            try specs.map { try $0.cell.spec(seed: $0.seed) } == (1...4).map { plan.trial($0).spec }
        )
        #expect(try store.insert(plan).waiting == [TrialID(2), TrialID(4)])
        try store.close()
    }

    @Test("has time limits that were errors as what they are")
    func timeLimits() throws {
        let queue = try DatabaseQueue(path: directory.database)
        try Schema.migrator.migrate(queue, upTo: "9")
        try queue.write { db in
            for (trial, message) in [(2, "time_limit: ran longer than 1h30m"), (4, "time_limit")] {
                try db.run(
                    "INSERT INTO lease (token, trial, attempt, worker, issued) VALUES (?, ?, 1, 'w', 9)",
                    trial, trial)
                try db.run(
                    "INSERT INTO failure VALUES (?, ?, 'error', ?, 9)", trial, trial, message)
                try db.run("UPDATE trial SET state = 5, lease = ? WHERE id = ?", trial, trial)
            }
        }
        try queue.close()
        let store = try TrialStore(opening: directory.store)
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        #expect(try reader.trial(2, of: sweep).failure == .timeLimit(.seconds(5400)))
        #expect(try reader.trial(4, of: sweep).failure == .error("time_limit"))
        try store.close()
    }

    @Test("is not read before, and says what brings it up to date")
    func older() throws {
        let error = #expect(
            throws: StoreError.olderSchema(
                path: directory.database, found: 1, known: Schema.version)
        ) { try StoreReader(opening: directory.store) }
        #expect(error?.description.contains("starting its coordinator") == true)
    }
}
