import Testing

@testable import Store
@testable import Sweeps

@Suite("What a coordinator watches of a sweep")
struct WatchingTests {
    let directory: TemporaryDirectory
    let store: TrialStore

    init() throws {
        directory = try TemporaryDirectory()
        store = try TrialStore(opening: directory.store)
    }

    @Test("are its trials without a result, in either order")
    func order() throws {
        let sweep = try store.insert(testPlan("a", values: [1, 2], seeds: 3))
        try store.commit(
            [
                .leased(lease(1, trial: 2)), .finished(lease(1, trial: 2), result(2)),
                .leased(lease(2, trial: 4)), .failed(lease(2, trial: 4), .error("no")),
            ], at: 2000)
        func numbers(_ order: RunSettings.Order) throws -> [UInt32] {
            try store.trialsWithoutResult(of: sweep.id, in: order, seedCount: 3).map(\.rawValue)
        }
        #expect(try numbers(.seedsInner) == [1, 3, 4, 5, 6])
        #expect(try numbers(.seedsOuter) == [1, 4, 5, 3, 6])
    }

    @Test("is how far it is, and whether a person has stopped it")
    func standing() throws {
        let sweep = try store.insert(testPlan("a", values: [1, 2]))
        _ = try store.set(.paused, of: sweep.id)
        let standing = try #require(try store.standing(of: sweep.id))
        #expect(standing.counts[.waiting] == 2 && standing.control == .paused)
        #expect(try store.standing(of: 99) == nil)
    }
}
