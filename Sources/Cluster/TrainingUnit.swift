import Coordination
import Sweeps

/// Trials that take one slot: trained one after the other, those of one shape together.
struct TrainingUnit: Sendable {
    let trials: [RunningTrial]
    let kinds: [any TrialKind]

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
    func train(ended: ([EndedAttempt]) async -> Void) async {
        var ends: [EndedAttempt] = []
        var lastTold = ContinuousClock.now
        var next = 0
        var reader = SpecReader()
        while next < trials.count {
            let trial = trials[next]
            do {
                let first = try ready(trial, &reader)
                var bundle = [first]
                // What cannot be read ends the bundle, and is an error when its turn comes.
                // One that is not as it should be says so in its own turn, alone.
                while let shape = first.shape, bundle.count < shape.limit,
                    next + bundle.count < trials.count,
                    let other = try? ready(trials[next + bundle.count], &reader),
                    other.kind.name == first.kind.name, other.shape == shape
                {
                    bundle.append(other)
                }
                ends += await Self.train(bundle)
                next += bundle.count
            } catch {
                ends.append(EndedAttempt(trial.lease, .error("\(error)")))
                next += 1
            }
            if lastTold.duration(to: .now) >= Self.patience {
                await ended(ends)
                ends = []
                lastTold = .now
            }
        }
        if !ends.isEmpty { await ended(ends) }
    }

    private func ready(_ trial: RunningTrial, _ reader: inout SpecReader) throws -> Ready {
        let spec = try reader.spec(trial.assignment.spec)
        guard let kind = kinds.first(where: { $0.name == spec.kind }) else {
            throw ClusterError.unknownKind(spec.kind, known: kinds.map(\.name))
        }
        guard kind.version == spec.version else {
            throw ClusterError.otherVersion(
                kind: spec.kind, wanted: spec.version, here: kind.version)
        }
        return Ready(
            trial: trial, kind: kind, spec: spec,
            shape: trials.count > 1 ? kind.bundleShape(of: spec.configuration) : nil)
    }

    private static func train(_ bundle: [Ready]) async -> [EndedAttempt] {
        for one in bundle { one.trial.begin() }
        defer { for one in bundle { one.trial.end() } }
        let first = bundle[0]
        if bundle.count > 1 {
            let results = await first.kind.run(
                bundle.map(\.spec), contexts: bundle.map(\.trial.context))
            return zip(bundle, results).map { EndedAttempt($0.trial.lease, AttemptEnd($1)) }
        }
        if first.trial.isCancelled {
            return [EndedAttempt(first.trial.lease, .error("\(CancellationError())"))]
        }
        do {
            let result = try await first.kind.run(first.spec, context: first.trial.context)
            return [EndedAttempt(first.trial.lease, .result(result))]
        } catch {
            return [EndedAttempt(first.trial.lease, .error("\(error)"))]
        }
    }
}

/// Reads specs; of one that differs from the last by its seed alone, only that.
private struct SpecReader {
    private var last: (cell: CellText, spec: TrialSpec)?

    mutating func spec(_ text: [UInt8]) throws -> TrialSpec {
        if let last, let seed = last.cell.seed(ofSpec: text) { return last.spec.with(seed: seed) }
        let spec = try TrialSpec(canonicalText: text)
        last = (spec.cellText, spec)
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
