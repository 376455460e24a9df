import Sweeps

/// What a diffusion trial has measured so far: curves that are logged at steps of their own.
struct DiffusionRecord {
    private struct Points {
        var steps: [UInt32] = []
        var values: [Double] = []
    }

    private let names: [String]
    private var points: [String: Points] = [:]
    /// The first step at which something was not finite.
    private(set) var divergedStep: Int?

    init(names: [String]) {
        self.names = names
    }

    /// Adds a point, unless it or an earlier one is not finite.
    mutating func add(_ name: String, _ step: Int, _ value: Double) {
        precondition(names.contains(name), "\(name) is no curve of this trial")
        guard divergedStep == nil else { return }
        guard value.isFinite else {
            divergedStep = step
            return
        }
        points[name, default: Points()].steps.append(UInt32(step))
        points[name, default: Points()].values.append(value)
    }

    /// Takes what was measured before.
    mutating func restore(_ curves: [Curve]) throws(CheckpointError) {
        for curve in curves {
            guard names.contains(curve.name) else { throw .lacks(curve.name) }
            points[curve.name] = Points(steps: curve.steps, values: curve.values)
        }
    }

    /// Notes that something was not finite.
    mutating func diverge(at step: Int) {
        divergedStep = divergedStep ?? step
    }

    var outcome: Outcome { divergedStep.map { .diverged(step: $0) } ?? .finished }

    /// The newest value of each curve.
    var newest: [Scalar] {
        names.map { Scalar(name: $0, value: points[$0]?.values.last) }
    }

    var curves: [Curve] {
        names.map { name in
            Curve(
                name: name, steps: points[name]?.steps ?? [], values: points[name]?.values ?? [])
        }
    }
}

extension DiffusionConfiguration {
    /// The curves of a trial, in the order of its results.
    var curveNames: [String] {
        switch role {
        case .classifier: ["train_loss", "gradient_norm", "validation_loss", "validation_accuracy"]
        case .generator:
            ["train_loss", "noise_error", "gradient_norm"]
                + (training.isScheduleLearned ? ["schedule/start", "schedule/slope"] : [])
                + ["ood_loss", "ood_noise_error"] + (judgeFile == nil ? [] : judgedNames)
                + probeNames
        }
    }

    private var probeNames: [String] {
        guard let probing else { return [] }
        return ["probe/naive", "probe/best"]
            + probing.colorSeparations.indices.map { "probe/\($0 + 1)" }
    }

    private var judgedNames: [String] {
        images.concepts.map { "concept/\($0.rawValue)" }
            + ["concept_loss", "accuracy", "presence"]
            + images.classes.map { "accuracy/\($0)" }
    }
}
