import Foundation
import Store
import Sweeps

/// What a sweep takes on disk, by a store of its own that is filled in part and gone afterwards.
struct StoreSize {
    /// So many results fill some pages of every table.
    private static let resultCount = 2000

    /// The database with all trials and a result for each.
    let bytes: Int

    /// - Parameter results: Of some of its trials: they stand for all.
    /// - Returns: nil where there are none.
    init?(of sweep: SweepFile, results: [TrialResult]) throws {
        guard !results.isEmpty else { return nil }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "swingby-estimate-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }  // temporary in any case
        let plan = sweep.plan
        let empty = try Self.size(of: folder) { store in
            let submission = SweepSubmission(
                path: "", text: "", overrides: [], planDigest: plan.identity, run: sweep.run)
            _ = try store.insert(submission, plan: plan, at: 0)
        }
        let count = min(plan.trialCount, Self.resultCount)
        let filled = try Self.size(of: folder) { store in
            for start in stride(from: 1, through: count, by: 100) {
                let numbers = start...min(start + 99, count)
                try store.commit(numbers.flatMap { Self.life(of: $0, results) }, at: 0)
            }
        }
        bytes = empty + (filled - empty) / count * plan.trialCount
    }

    /// What happens to a trial that nothing happens to.
    private static func life(of number: Int, _ results: [TrialResult]) -> [TrialEvent] {
        guard let worker = WorkerID("worker-1-of-a-host") else { return [] }
        let lease = Lease(
            token: LeaseToken(UInt32(number)), trial: TrialID(UInt32(number)), attempt: 1,
            worker: worker)
        return [.leased(lease), .finished(lease, results[number % results.count])]
    }

    /// The size of the store once it is closed, and nothing is left beside its database.
    private static func size(
        of folder: String, after body: (TrialStore) throws -> Void
    ) throws -> Int {
        let store = try TrialStore(opening: folder)
        try body(store)
        try store.close()
        return try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasPrefix("store.sqlite") }
            .reduce(0) { bytes, name in
                let facts = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)
                return bytes + (facts[.size] as? Int ?? 0)
            }
    }
}
