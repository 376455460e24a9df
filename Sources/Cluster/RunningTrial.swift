import Coordination
import Sweeps
import Synchronization

/// What the thread that trains and the thread that owns the socket share about a trial: one writes
/// progress, the other reads it at the next tick, so that a log point costs no hop.
final class RunningTrial: Sendable {
    private let files: TrialFiles
    private let latest = Mutex<TrialProgress?>(nil)
    private let cancelled = Atomic(false)

    init(files: TrialFiles) {
        self.files = files
    }

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() {
        cancelled.store(true, ordering: .relaxed)
    }

    func report(_ progress: TrialProgress) {
        latest.withLock { $0 = progress }
    }

    /// The newest progress since the last call.
    func takeProgress() -> TrialProgress? {
        latest.withLock { progress in
            defer { progress = nil }
            return progress
        }
    }

    /// Trains what the assignment says; anything thrown is how the trial ended.
    func train(_ assignment: Assignment, kinds: [any TrialKind]) async -> AttemptEnd {
        do {
            let spec = try TrialSpec(canonicalText: assignment.spec)
            guard let kind = kinds.first(where: { $0.name == spec.kind }) else {
                throw ClusterError.unknownKind(spec.kind, known: kinds.map(\.name))
            }
            guard kind.version == spec.version else {
                throw ClusterError.otherVersion(
                    kind: spec.kind, wanted: spec.version, here: kind.version)
            }
            let context = TrialContext(
                threads: assignment.threads, report: { self.report($0) },
                isCancelled: { self.isCancelled }, file: { try self.files.bytes($0) })
            return .result(try await kind.run(spec, context: context))
        } catch {
            return .error("\(error)")
        }
    }
}
