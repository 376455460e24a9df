import NumericCore
import Sweeps

/// One SIM trial, from its seed to its result.
struct SIMTrial {
    let configuration: SIMConfiguration
    let seed: UInt64
    let kernels: Kernels

    /// - Throws: `CancellationError`, within about a millisecond of work after the context says so;
    ///   what is wrong with the configuration's files.
    func run(_ context: TrialContext) throws -> TrialResult {
        var check = CancellationCheck(configuration, context)
        try check.now()
        let task = try task(context)
        try check.now()
        let training = SIMTraining(
            configuration, task: task, parameters: try initialParameters(context),
            kernels: kernels)
        return try train(training, context, &check)
    }

    /// The points, drawn or from a file.
    func task(_ context: TrialContext) throws -> SIMTask {
        try SIMFiles(configuration).task(context)
            ?? SIMTask(configuration, seed: seed, threads: context.threads, kernels: kernels)
    }

    /// The initial parameters, drawn or from a file.
    func initialParameters(_ context: TrialContext) throws -> [LinearParameters] {
        try SIMFiles(configuration).parameters(context)
            ?? SIMTraining.initialParameters(configuration, seed: seed, kernels: kernels)
    }

    /// Takes all steps, measuring on the way.
    ///
    /// The `train_loss` logged at step `t` is that of the batch that led to step `t`, before its
    /// update; at step 0, where none has, that of the first batch.
    func train(
        _ training: SIMTraining, _ context: TrialContext, _ check: inout CancellationCheck
    ) throws -> TrialResult {
        let stepCount = configuration.stepCount
        let logged = configuration.loggedSteps
        var next = 0
        var probe = SIMProbe(configuration, task: training.task, kernels: kernels)
        var record = SIMRecord(names: configuration.curveNames, capacity: logged.count)
        var outcome = Outcome.finished
        for step in 0...stepCount {
            let loss =
                step == 0
                ? try training.loss(step: 1) { try check.spend(rows: $0) }
                : try training.step(step) { try check.spend(rows: $0) }
            var isFinite = loss.isFinite
            if isFinite, logged[next] == step {
                let point = try probe.point(training, trainLoss: loss) { try check.spend(rows: $0) }
                isFinite = record.add(step: step, point)
                next += 1
                context.report(
                    TrialProgress(step: step, stepCount: stepCount, values: record.newest))
            }
            if !isFinite {
                outcome = .diverged(step: step)
                break
            }
        }
        let weights = training.network.parameters.tensors
        context.keepWeights?(weights)
        return result(outcome, record, weights, rejected: training.task.rejectedCount)
    }

    private func result(
        _ outcome: Outcome, _ record: SIMRecord, _ weights: [Tensor], rejected: Int
    ) -> TrialResult {
        let curves = record.curves
        var scalars = path(curves).scalars(of: configuration)
        if outcome != .finished {
            // What has diverged has not learned anything for good, and its path has no end.
            scalars = scalars.map { Scalar(name: $0.name, value: nil) }
        }
        if configuration.truncationRadius != nil {
            scalars.append(Scalar(name: "rejected_points", value: Double(rejected)))
        }
        return TrialResult(
            outcome: outcome, curves: curves, scalars: scalars, weights: weights)
    }

    private func path(_ curves: [Curve]) -> OutputPath {
        let outputs = (1...configuration.conceptCount).map { k in
            curves.first { $0.name == "output/\(k)" }?.values ?? []
        }
        return OutputPath(
            steps: curves[0].steps, outputs: outputs, signal: configuration.signal)
    }
}

extension [LinearParameters] {
    /// Named as in the state_dict of a PyTorch module with a list `layers`.
    var tensors: [Tensor] {
        enumerated().flatMap { index, layer in
            [
                Tensor(
                    "layers.\(index).weight", shape: [layer.outputs, layer.inputs],
                    .float(layer.weight))
            ]
                + (layer.bias.map {
                    [Tensor("layers.\(index).bias", shape: [layer.outputs], .float($0))]
                } ?? [])
        }
    }
}
