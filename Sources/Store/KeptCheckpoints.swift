import GRDB
public import Sweeps
import Synchronization

/// The checkpoints of trials that are not over, as the table has them, so that a trial without one
/// costs no statement.
struct KeptCheckpoints: Sendable {
    private var ofTrial: [TrialID: Checkpoint] = [:]
    /// Files that nobody needs any more.
    private(set) var released: [Digest256] = []

    init() {}

    init(_ db: Database) throws {
        for row in try db.all("SELECT trial, digest, step, size FROM checkpoint") {
            ofTrial[TrialID(row[0])] = Checkpoint(
                digest: try Digest256(stored: row[1]), step: row[2], sizeInBytes: row[3])
        }
    }

    subscript(trial: TrialID) -> Checkpoint? { ofTrial[trial] }

    /// The files that are needed.
    var digests: Set<Digest256> { Set(ofTrial.values.map(\.digest)) }

    mutating func keep(
        _ checkpoint: Checkpoint, of lease: Lease, at now: Int64, in db: Database
    ) throws {
        let old = ofTrial.updateValue(checkpoint, forKey: lease.trial)
        // Attempts at a trial may come by the same bytes.
        if let old, old.digest != checkpoint.digest { released.append(old.digest) }
        try db.run(
            """
            INSERT OR REPLACE INTO checkpoint (trial, lease, step, digest, size, kept)
            VALUES (?, ?, ?, ?, ?, ?)
            """, lease.trial.rawValue, lease.token.rawValue, checkpoint.step,
            checkpoint.digest.data, checkpoint.sizeInBytes, now)
    }

    /// The trial is over.
    mutating func forget(_ trial: TrialID, in db: Database) throws {
        guard let old = ofTrial.removeValue(forKey: trial) else { return }
        released.append(old.digest)
        try db.run("DELETE FROM checkpoint WHERE trial = ?", trial.rawValue)
    }

    mutating func takeReleased() -> [Digest256] {
        defer { released = [] }
        return released
    }
}

extension TrialStore {
    /// The files of checkpoints that are needed.
    public var checkpointFiles: Set<Digest256> { checkpoints.withLock { $0.digests } }

    /// Those that were needed, and are not since the last call.
    public func takeReleasedFiles() -> [Digest256] {
        checkpoints.withLock { kept in
            let needed = kept.released.isEmpty ? [] : kept.digests
            return kept.takeReleased().filter { !needed.contains($0) }
        }
    }
}
