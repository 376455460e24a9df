import Foundation
import GRDB
import Testing

@testable import Store
@testable import Sweeps

@Suite("A store whose coordinator ends without a word")
struct DurabilityTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    /// The files as a killed process leaves them: nothing was closed or checkpointed.
    private func abandonedCopy() throws -> String {
        let copy = directory.path + "/copy"
        try FileManager.default.copyItem(atPath: directory.store, toPath: copy)
        return copy
    }

    @Test("has all that was committed, and is sound")
    func killed() throws {
        let store = try TrialStore(opening: directory.store)
        let plan = testPlan("a", values: (1...50).map(Double.init))
        try store.insert(plan)
        for id in UInt32(1)...30 {
            let lease = lease(id, trial: id)
            try store.commit([.leased(lease), .finished(lease, result(id))], at: Int64(id))
        }
        let copy = try abandonedCopy()
        let reader = try StoreReader(opening: copy)
        #expect(try reader.status(of: reader.sweep("a")).counts[.finished] == 30)

        let next = try TrialStore(opening: copy)
        #expect(next.epoch == 2)
        let check = try next.queue.read { try String.fetchAll($0, sql: "PRAGMA integrity_check") }
        #expect(check == ["ok"])
        let rows = try reader.rows(of: reader.sweep("a"), curves: .all)
        #expect(rows.prefix(30).map(\.result) == (1...30).map { result($0) })
        #expect(rows.dropFirst(30).allSatisfy { $0.state == .waiting })
        #expect(try reader.audit(reader.sweep("a"), against: plan).problems.isEmpty)
        try next.close()
        try store.close()
    }

    @Test("has none of a turn that was cut off in the log")
    func tornLog() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2, 3]))
        try store.commit([.leased(lease(1, trial: 1))], at: 1)
        let log = directory.database + "-wal"
        let size = try Data(contentsOf: URL(fileURLWithPath: log)).count
        let second = lease(2, trial: 2)
        try store.commit([.leased(second), .finished(second, result(2))], at: 2)
        let copy = try abandonedCopy()
        let whole = try Data(contentsOf: URL(fileURLWithPath: copy + "/store.sqlite-wal"))
        #expect(whole.count > size)
        // Half of what the last turn wrote; the index of the log is lost with the host.
        let torn = whole.prefix(size + (whole.count - size) / 2)
        try torn.write(to: URL(fileURLWithPath: copy + "/store.sqlite-wal"))
        try FileManager.default.removeItem(atPath: copy + "/store.sqlite-shm")

        let next = try TrialStore(opening: copy)
        let state = try next.loadOpenState()
        #expect(state.leases == [lease(1, trial: 1)])
        #expect(state.trials.map(\.state) == [.leased, .waiting, .waiting])
        try next.close()
        try store.close()
    }

    @Test("keeps nothing of a turn for which the disk has no room, and goes on when it has")
    func diskFull() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: [1, 2]))
        let pages = try store.queue.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        func limit(_ count: Int) throws {
            try store.queue.writeWithoutTransaction {
                try $0.execute(sql: "PRAGMA max_page_count = \(count)")
            }
        }
        let lease = lease(1, trial: 1)
        let values = (0..<100_000).map { Double($0) + 0.1 }
        let large = TrialResult(
            outcome: .finished, digest: result(1).digest,
            curves: [Curve(name: "c", steps: (0..<100_000).map(UInt32.init), values: values)],
            scalars: [])
        let turn: [TrialEvent] = [.leased(lease), .finished(lease, large)]
        try limit(pages + 2)
        let error = #expect(throws: StoreError.full(path: directory.database)) {
            try store.commit(turn, at: 1)
        }
        #expect(error?.description.contains("disk is full") == true)
        #expect(try store.loadOpenState().leases.isEmpty)
        #expect(try store.loadOpenState().trials.allSatisfy { $0.state == .waiting })
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        let plan = testPlan("a", values: [1, 2])
        #expect(try reader.audit(sweep, against: plan).problems.isEmpty)

        try limit(1_000_000)
        try store.commit(turn, at: 2)
        #expect(try reader.trial(1, of: sweep).row.result == large)
        try store.close()
    }
}
