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

    /// Keeps which workers are to leave, and of each the process that is meant.
    public func record(draining workers: [WorkerID: Int]) throws(StoreError) {
        try write { db in
            try db.run("DELETE FROM draining")
            for (worker, process) in workers {
                try db.run(
                    "INSERT INTO draining (worker, pid) VALUES (?, ?)", worker.rawValue, process)
            }
        }
    }

    /// The workers that were to leave when that was last kept.
    public func drainingWorkers() throws(StoreError) -> [WorkerID: Int] {
        try read { db in
            let rows = try db.all("SELECT worker, pid FROM draining")
            return Dictionary(
                uniqueKeysWithValues: try rows.map { (try WorkerID(stored: $0[0]), $0[1]) })
        }
    }
}
