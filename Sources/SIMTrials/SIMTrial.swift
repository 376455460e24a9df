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
        if configuration.isLinearOnAllPoints {
            var bundle = SIMBundle([self], [context])
            return try bundle.run()[0].get()
        }
        var check = CancellationCheck(configuration, context)
        try check.now()
        let task = try task(context)
        try check.now()
        let training = SIMTraining(
            configuration, task: task, parameters: try initialParameters(context),
            kernels: kernels, threads: context.threads)
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
    func train(
        _ training: SIMTraining, _ context: TrialContext, _ check: inout CancellationCheck
    ) throws -> TrialResult {
        var measurement = SIMMeasurement(self, training, context)
        for step in 0...configuration.stepCount where !measurement.hasEnded {
            let loss =
                step == 0
                ? try training.loss(step: 1) { try check.spend(rows: $0) }
                : try training.step(step) { try check.spend(rows: $0) }
            try measurement.note(step, loss: loss, &check)
        }
        return measurement.result()
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
