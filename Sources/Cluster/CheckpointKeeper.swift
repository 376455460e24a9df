import Coordination
import Foundation
import Logging
import Sweeps
import Synchronization

/// Keeps the state of one running trial on the worker's disk, on the thread that trains it, and finds
/// the state from which it goes on.
final class CheckpointKeeper: Sendable {
    private let assignment: Assignment
    private let folder: CheckpointFolder
    private let files: TrialFiles
    private let logger: Logger
    /// Called when there is a state that the coordinator does not have.
    private let onKept: @Sendable () -> Void
    private let start = ContinuousClock.now
    private let schedule: Mutex<CheckpointSchedule>

    init(
        _ assignment: Assignment, folder: CheckpointFolder, files: TrialFiles, logger: Logger,
        onKept: @escaping @Sendable () -> Void
    ) {
        self.assignment = assignment
        self.folder = folder
        self.files = files
        self.logger = logger
        self.onKept = onKept
        schedule = Mutex(CheckpointSchedule(assignment.checkpointRule, at: .zero))
    }

    private var trial: TrialID { assignment.lease.trial }
    private var now: Duration { start.duration(to: .now) }

    /// What the trial's kind is given.
    var checkpoints: TrialCheckpoints {
        TrialCheckpoints(
            resume: { self.resume() },
            isDue: { self.schedule.withLock { $0.isDue(at: self.now) } },
            keep: { self.keep($0) },
            refuse: { self.warn("the trial begins anew", $0) })
    }

    private func warn(_ message: Logger.Message, _ error: any Error) {
        logger.warning(message, metadata: ["trial.id": "\(trial)", "error": "\(error)"])
    }

    /// The worker's own state, unless the coordinator has a later one. One that is of no use is as if
    /// it were not there.
    private func resume() -> TrainingState? {
        let named = assignment.checkpoint
        if let own = folder.newest(of: trial), own.step >= named?.step ?? 0 {
            do {
                return try state(Array(Data(contentsOf: URL(filePath: own.path))))
            } catch {
                warn("the worker's own checkpoint is of no use", error)
                folder.remove(trial)
            }
        }
        guard let named else { return nil }
        do {
            return try state(files.fetch(named.digest))
        } catch {
            warn("the coordinator's checkpoint is of no use: the trial begins anew", error)
            return nil
        }
    }

    private func state(_ bytes: [UInt8]) throws -> TrainingState {
        let spec = try assignment.cell.spec(seed: assignment.seed)
        let state = try CheckpointFile.state(in: bytes, of: spec)
        logger.notice(
            "the trial goes on",
            metadata: ["trial.id": "\(trial)", "step": "\(state.step)"])
        return state
    }

    /// A disk that does not take the state is no reason to end the trial.
    private func keep(_ state: () -> TrainingState) {
        let begin = now
        do {
            let spec = try assignment.cell.spec(seed: assignment.seed)
            let state = state()
            let bytes = CheckpointFile.bytes(of: state, of: spec)
            try folder.keep(bytes, of: trial, step: state.step)
            logger.debug(
                "checkpoint kept",
                metadata: [
                    "trial.id": "\(trial)", "step": "\(state.step)", "bytes": "\(bytes.count)",
                    "time": "\(now - begin)",
                ])
            onKept()
        } catch {
            warn("checkpoint not kept", error)
        }
        schedule.withLock { $0.kept(at: now, cost: now - begin) }
    }
}
