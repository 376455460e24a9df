import GRDB
public import Sweeps
import Synchronization

extension TrialStore {
    /// Makes a turn's events durable, in order and in one transaction.
    ///
    /// - Parameter now: Milliseconds since 1970, for people; nothing is decided by it.
    /// - Throws: `StoreError.full` when there is no room, `.invariant` for an event that
    ///   contradicts what is stored; nothing of the turn stays then.
    public func commit(_ events: [TrialEvent], at now: Int64) throws(StoreError) {
        guard !events.isEmpty else { return }
        // Copies: what a transaction that failed has learnt was never stored.
        let known = layouts.withLock { $0 }
        let progressing = reported.withLock { $0 }
        let kept = checkpoints.withLock { $0 }
        let written: (LayoutCache, Set<TrialID>, KeptCheckpoints) = try write { db in
            var writer = try EventWriter(
                db: db, now: now, layouts: known, reported: progressing, checkpoints: kept)
            try writer.write(events)
            try writer.finish()
            return (writer.layouts, writer.reported, writer.checkpoints)
        }
        layouts.withLock { $0 = written.0 }
        reported.withLock { $0 = written.1 }
        checkpoints.withLock { $0 = written.2 }
    }
}
