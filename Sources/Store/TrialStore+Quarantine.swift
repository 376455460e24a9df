import GRDB
public import Sweeps

extension TrialStore {
    /// Notes that these workers are to get no leases.
    ///
    /// - Parameter now: Milliseconds since 1970.
    public func quarantine(_ workers: [WorkerID], at now: Int64) throws(StoreError) {
        try write { db in
            for worker in workers {
                try db.run(
                    "INSERT OR IGNORE INTO quarantine (worker, since) VALUES (?, ?)",
                    worker.rawValue, now)
            }
        }
    }

    /// Notes that these workers are to get leases again.
    public func release(_ workers: [WorkerID]) throws(StoreError) {
        try write { db in
            for worker in workers {
                try db.run("DELETE FROM quarantine WHERE worker = ?", worker.rawValue)
            }
        }
    }

    /// The workers that are to get no leases, there or away.
    public func quarantinedWorkers() throws(StoreError) -> Set<WorkerID> {
        try read { db in
            let names = try String.fetchAll(db, sql: "SELECT worker FROM quarantine")
            return Set(try names.map(WorkerID.init(stored:)))
        }
    }
}
