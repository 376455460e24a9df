import Coordination
import Sweeps

/// Trials that take one slot: trained one after the other, those of one shape together.
struct TrainingUnit: Sendable {
    let trials: [RunningTrial]
    let kinds: [any TrialKind]
    /// Keeps the state of one trial.
    let keeper: @Sendable (Assignment) -> CheckpointKeeper

    /// A trial whose spec is read.
    private struct Ready {
        let trial: RunningTrial
        let kind: any TrialKind
        let spec: TrialSpec
        let shape: BundleShape?
    }

    /// How long a result may wait for those of the unit's other trials.
    private static let patience = Duration.milliseconds(20)

    /// Trains all of them; anything thrown is how a trial ended.
    ///
    /// - Parameter ended: Told of some trials at a time, each once.
    func train(ended: @escaping @Sendable ([EndedAttempt]) async -> Void) async {
        await withDiscardingTaskGroup { await train(ended: ended, in: &$0) }
    }

    private func train(
        ended: @escaping @Sendable ([EndedAttempt]) async -> Void,
        in group: inout DiscardingTaskGroup
    ) async {
        var ends: [EndedAttempt] = []
        var lastTold = ContinuousClock.now
        var next = 0
        var reader = SpecReader()
        while next < trials.count {
            let trial = trials[next]
            do {
                let first = try ready(trial, &reader)
                var bundle = [first]
                // What cannot be read ends the bundle, and is an error in its own turn, alone.
                while let shape = first.shape, bundle.count < shape.limit,
                    next + bundle.count < trials.count,
                    let other = try? ready(trials[next + bundle.count], &reader),
                    other.kind.name == first.kind.name, other.shape == shape
                {
                    bundle.append(other)
                }
                ends += await train(bundle)
                next += bundle.count
            } catch {
                ends.append(EndedAttempt(trial.lease, .error("\(error)")))
                next += 1
            }
            if lastTold.duration(to: .now) >= Self.patience {
                // Told beside the training, which need not wait until it is written and sent.
                group.addTask { [ends] in await ended(ends) }
                ends = []
                lastTold = .now
            }
        }
        if !ends.isEmpty { await ended(ends) }
    }

    private func ready(_ trial: RunningTrial, _ reader: inout SpecReader) throws -> Ready {
        let spec = try reader.spec(of: trial.assignment)
        guard let kind = kinds.first(where: { $0.name == spec.kind }) else {
            throw ClusterError.unknownKind(spec.kind, known: kinds.filter(\.isListed).map(\.name))
        }
        guard kind.version == spec.version else {
            throw ClusterError.otherVersion(
                kind: spec.kind, wanted: spec.version, here: kind.version)
        }
        return Ready(
            trial: trial, kind: kind, spec: spec,
            shape: trials.count > 1 ? kind.bundleShape(of: spec.configuration) : nil)
    }

    /// Trains those that have not been recalled.
    private func train(_ bundle: [Ready]) async -> [EndedAttempt] {
        let begun = bundle.filter { $0.trial.begin() }
        guard let first = begun.first else { return [] }
        defer { for one in begun { one.trial.end() } }
        let ends: [AttemptEnd]
        if begun.count > 1 {
            ends = await first.kind.run(
                begun.map(\.spec), contexts: begun.map { $0.trial.context() }
            ).map(AttemptEnd.init)
        } else if first.trial.isCancelled {
            ends = [.error("\(CancellationError())")]
        } else {
            let assignment = first.trial.assignment
            let checkpoints =
                first.kind.keepsCheckpoints && assignment.checkpointRule != .off
                ? keeper(assignment).checkpoints : nil
            let context = first.trial.context(keeping: checkpoints)
            do {
                ends = [.result(try await first.kind.run(first.spec, context: context))]
            } catch {
                ends = [.error("\(error)")]
            }
        }
        for (one, end) in zip(begun, ends) { one.trial.ended(as: end) }
        return zip(begun, ends).map { EndedAttempt($0.trial.lease, $1) }
    }
}

/// Reads specs; of one that differs from the last by its seed alone, only that.
private struct SpecReader {
    private var last: (cell: CellText, spec: TrialSpec)?

    mutating func spec(of assignment: Assignment) throws -> TrialSpec {
        if let last, last.cell == assignment.cell { return last.spec.with(seed: assignment.seed) }
        let spec = try assignment.cell.spec(seed: assignment.seed)
        last = (assignment.cell, spec)
        return spec
    }
}

extension AttemptEnd {
    fileprivate init(_ result: Result<TrialResult, any Error>) {
        switch result {
        case .success(let result): self = .result(result)
        case .failure(let error): self = .error("\(error)")
        }
    }
}
