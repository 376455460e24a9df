import Coordination
import Sweeps
import Synchronization

/// What the thread that trains and the thread that owns the socket share about a trial: one writes
/// progress, the other reads it at the next tick, so that a log point costs no hop.
final class RunningTrial: Sendable {
    let assignment: Assignment
    private let mark: TrainingRecord.Mark?
    private let files: TrialFiles
    private let latest = Mutex<TrialProgress?>(nil)
    private let outcome = Mutex<AttemptEnd?>(nil)
    private let cancelled = Atomic(false)
    /// Whether it has begun to train or been recalled, whichever came first.
    private let settled = Atomic(false)

    init(_ assignment: Assignment, mark: TrainingRecord.Mark?, files: TrialFiles) {
        self.assignment = assignment
        self.mark = mark
        self.files = files
    }

    var lease: Lease { assignment.lease }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    /// - Returns: false where it was recalled: then it does not train.
    func begin() -> Bool {
        guard !settled.exchange(true, ordering: .relaxed) else { return false }
        mark?.begin(lease)
        return true
    }

    /// - Returns: false where it has begun: then it trains on.
    func recall() -> Bool {
        !settled.exchange(true, ordering: .relaxed)
    }

    func end() {
        mark?.end()
    }

    /// Keeps how it ended, until the others of its unit let that be told.
    func ended(as end: AttemptEnd) {
        outcome.withLock { $0 = end }
    }

    /// nil while it trains.
    var ending: AttemptEnd? { outcome.withLock { $0 } }

    /// What the trial's kind is given.
    func context(keeping checkpoints: TrialCheckpoints? = nil) -> TrialContext {
        TrialContext(
            threads: assignment.threads, report: { self.report($0) },
            isCancelled: { self.isCancelled }, file: { try self.files.bytes($0) },
            checkpoints: checkpoints)
    }

    private func report(_ progress: TrialProgress) {
        latest.withLock { $0 = progress }
    }

    /// The newest progress since the last call.
    func takeProgress() -> TrialProgress? {
        latest.withLock { progress in
            defer { progress = nil }
            return progress
        }
    }
}
