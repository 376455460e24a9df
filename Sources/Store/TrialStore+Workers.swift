import Foundation
import GRDB
public import Sweeps
import Synchronization

extension TrialStore {
    /// Says where this coordinator can be reached, for the commands that look for it.
    ///
    /// - Parameter now: Milliseconds since 1970.
    public func recordStart(endpoint: String, at now: Int64) throws(StoreError) {
        try write { db in
            try db.run(
                "UPDATE coordinator SET endpoint = ?, pid = ?, host = ?, started = ?",
                endpoint, Int(ProcessInfo.processInfo.processIdentifier), StoreLock.hostName, now)
        }
    }

    /// Says that this coordinator ends of its own will.
    public func recordStop(at now: Int64) throws(StoreError) {
        try write { db in
            try db.run("UPDATE coordinator SET stopped = ?", now)
            try db.run(
                "UPDATE worker SET state = 'unknown' WHERE state IN ('connected', 'draining')")
        }
    }

    /// Keeps how workers were last seen.
    public func record(_ workers: [WorkerRecord]) throws(StoreError) {
        guard !workers.isEmpty else { return }
        try write { db in
            for worker in workers {
                try db.run(
                    """
                    INSERT OR REPLACE INTO worker
                        (id, host, pid, slots, job, program, kinds, state, last_heard)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """, worker.id.rawValue, worker.host, worker.processID, worker.slots,
                    worker.job, worker.program, try WorkerKinds.encode(worker.kinds),
                    worker.state.rawValue, worker.lastHeard)
            }
        }
    }

    /// Keeps how far trials are: a preview, of which the newest stays until the trial is over.
    ///
    /// - Parameter now: Milliseconds since 1970.
    public func recordProgress(
        _ reports: [(trial: TrialID, attempt: Int, progress: TrialProgress)], at now: Int64
    ) throws(StoreError) {
        guard !reports.isEmpty else { return }
        let kept = try write { db in
            try reports.filter { trial, attempt, progress in
                try db.run(
                    """
                    INSERT OR REPLACE INTO progress
                        (trial, attempt, step, step_count, metrics, reported)
                    SELECT id, ?, ?, ?, ?, ? FROM trial
                    WHERE id = ? AND state < \(TrialState.finished.rawValue)
                    """, attempt, progress.step, progress.stepCount,
                    try PreviewMetric.encode(progress.values), now, trial.rawValue)
                    == 1
            }
        }
        reported.withLock { $0.formUnion(kept.map(\.trial)) }
    }
}

/// What a worker can train as the store keeps it, in JSON.
enum WorkerKinds {
    static func encode(_ kinds: [KindVersion]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let versions = Dictionary(kinds.map { ($0.name, $0.version) }) { $1 }
        return String(decoding: try encoder.encode(versions), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> [KindVersion] {
        let decoder = JSONDecoder()
        return try decoder.decode([String: Int].self, from: Data(text.utf8))
            .map { KindVersion($0.key, version: $0.value) }.sorted()
    }
}

/// A metric's newest value as the preview keeps it, in JSON.
struct PreviewMetric: Codable {
    let name: String
    let value: Double?

    static func encode(_ scalars: [Scalar]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let metrics = scalars.map { PreviewMetric(name: $0.name, value: $0.value) }
        return String(decoding: try encoder.encode(metrics), as: UTF8.self)
    }

    static func decode(_ text: String) throws -> [Scalar] {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let metrics = try decoder.decode([PreviewMetric].self, from: Data(text.utf8))
        return metrics.map { Scalar(name: $0.name, value: $0.value) }
    }
}
