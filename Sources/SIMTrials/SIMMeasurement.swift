import NumericCore
import Sweeps

/// What a trial has measured so far, and how it ended.
///
/// The `train_loss` logged at step `t` is that of the batch that led to step `t`, before its update;
/// at step 0, where none has, that of the first batch.
struct SIMMeasurement {
    let training: SIMTraining
    private let configuration: SIMConfiguration
    private let context: TrialContext
    private let logged: [Int]
    private var next = 0
    private var probe: SIMProbe
    private var record: SIMRecord
    private var outcome = Outcome.finished

    init(_ trial: SIMTrial, _ training: SIMTraining, _ context: TrialContext) {
        self.training = training
        self.context = context
        configuration = trial.configuration
        logged = configuration.loggedSteps
        probe = SIMProbe(configuration, task: training.task, kernels: trial.kernels)
        record = SIMRecord(names: configuration.curveNames, capacity: logged.count)
    }

    /// Whether the trial has diverged: it takes no more steps.
    var hasEnded: Bool { outcome != .finished }

    /// Whether the network is looked at after `step`, of which `loss` was the batch's loss.
    func needsNetwork(_ step: Int, loss: Double) -> Bool {
        !loss.isFinite || logs(step) || step == configuration.stepCount
    }

    /// Whether `step` is the next one that is logged.
    func logs(_ step: Int) -> Bool { logged[next] == step }

    /// The next step after `step` at which the network is looked at.
    func nextStop(after step: Int) -> Int {
        logged[next] > step ? logged[next] : configuration.stepCount
    }

    /// Whether what is logged needs the network, were the output at the OOD point known.
    var logsNetwork: Bool { probe.needsNetwork }

    /// Takes notice of a step; the network is as the step has left it, where it is looked at.
    ///
    /// - Parameter output: The output at the OOD point; nil if the network has to be asked.
    mutating func note(
        _ step: Int, loss: Double, output: [Float]? = nil, _ check: inout CancellationCheck
    ) throws {
        var isFinite = loss.isFinite
        if isFinite, logs(step) {
            let point = try probe.point(training, trainLoss: loss, output: output) {
                try check.spend(rows: $0)
            }
            isFinite = record.add(step: step, point)
            if next + 1 < logged.count { next += 1 }
            context.report(
                TrialProgress(
                    step: step, stepCount: configuration.stepCount, values: record.newest))
        }
        if !isFinite { outcome = .diverged(step: step) }
    }

    /// The result, after the last step.
    func result() -> TrialResult {
        let weights = training.network.parameters.tensors
        context.keepWeights?(weights)
        let curves = record.curves
        var scalars = path(curves).scalars(of: configuration)
        if outcome != .finished {
            // What has diverged has not learned anything for good, and its path has no end.
            scalars = scalars.map { Scalar(name: $0.name, value: nil) }
        }
        if configuration.truncationRadius != nil {
            let rejected = Double(training.task.rejectedCount)
            scalars.append(Scalar(name: "rejected_points", value: rejected))
        }
        return TrialResult(outcome: outcome, curves: curves, scalars: scalars, weights: weights)
    }

    private func path(_ curves: [Curve]) -> OutputPath {
        let outputs = (1...configuration.conceptCount).map { k in
            curves.first { $0.name == "output/\(k)" }?.values ?? []
        }
        return OutputPath(
            steps: curves[0].steps, outputs: outputs, signal: configuration.signal)
    }
}
