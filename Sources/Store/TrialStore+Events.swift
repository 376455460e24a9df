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
        do throws(StoreError) {
            try write { db in
                try layouts.withLock { layouts in
                    var writer = try EventWriter(db: db, now: now, layouts: layouts)
                    for event in events {
                        try writer.write(event)
                    }
                    try writer.finish()
                    layouts = writer.layouts
                }
            }
        } catch {
            // It may know layouts that were never stored.
            layouts.withLock { $0 = LayoutCache() }
            throw error
        }
    }
}
