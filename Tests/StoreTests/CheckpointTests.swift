import Testing

@testable import Store
@testable import Sweeps

@Suite("The state that is kept of a trial")
struct CheckpointTests {
    let directory: TemporaryDirectory
    let plan = testPlan("a", values: [1, 2])

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func checkpoint(_ step: Int) -> Checkpoint {
        Checkpoint(
            digest: Digest256(hashing: "\(step)".utf8), step: step, sizeInBytes: 10 * step)
    }

    @Test("is the last one, over restarts, until the trial is over; then its file is not needed")
    func life() throws {
        var store = try TrialStore(opening: directory.store)
        try store.insert(plan)
        let first = lease(1, trial: 1)
        try store.commit([.leased(first), .started(first)], at: 5)
        #expect(try store.specs(of: [TrialID(1)])[0].checkpoint == nil)
        try store.commit([.checkpointed(first, checkpoint(10))], at: 6)
        #expect(store.takeReleasedFiles() == [])
        try store.commit([.checkpointed(first, checkpoint(20))], at: 7)
        #expect(store.takeReleasedFiles() == [checkpoint(10).digest])
        #expect(store.takeReleasedFiles() == [])

        try store.close()
        store = try TrialStore(opening: directory.store)
        #expect(store.checkpointFiles == [checkpoint(20).digest])
        let second = lease(2, trial: 1, attempt: 2, worker: "w2")
        try store.commit([.lost(first), .leased(second), .started(second)], at: 8)
        #expect(
            try store.specs(of: [TrialID(2), TrialID(1)]).map(\.checkpoint) == [
                nil, checkpoint(20),
            ])
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        let record = try reader.trial(1, of: sweep).checkpoint
        #expect(record?.checkpoint == checkpoint(20) && record?.kept == 7)
        // What an attempt that is not current keeps, contradicts the store.
        #expect(throws: StoreError.self) {
            try store.commit([.checkpointed(first, checkpoint(30))], at: 9)
        }
        // The same state again, by another attempt.
        try store.commit([.checkpointed(second, checkpoint(20))], at: 9)
        #expect(store.takeReleasedFiles() == [])

        try store.commit([.finished(second, result(1))], at: 10)
        #expect(store.takeReleasedFiles() == [checkpoint(20).digest])
        #expect(store.checkpointFiles == [])
        #expect(try reader.trial(1, of: sweep).checkpoint == nil)
        let third = lease(3, trial: 2)
        try store.commit([.leased(third), .checkpointed(third, checkpoint(1))], at: 11)
        try store.commit([.cancelled(TrialID(2), third)], at: 12)
        #expect(store.takeReleasedFiles() == [checkpoint(1).digest])
        #expect(try reader.audit(sweep, against: plan).problems == [])
        try store.close()
    }
}
