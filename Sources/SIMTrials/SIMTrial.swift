import NumericCore
import Sweeps

/// One SIM trial, from its seed to its result.
struct SIMTrial {
    let configuration: SIMConfiguration
    let seed: UInt64
    let kernels: Kernels

    /// - Throws: `CancellationError`, within about a millisecond of work after the context says so.
    func run(_ context: TrialContext) throws -> TrialResult {
        var check = CancellationCheck(configuration, context)
        try check.now()
        let task = SIMTask(configuration, seed: seed, threads: context.threads, kernels: kernels)
        try check.now()
        let parameters = SIMTraining.initialParameters(configuration, seed: seed, kernels: kernels)
        var training = SIMTraining(
            configuration, task: task, parameters: parameters, kernels: kernels)
        return try train(&training, context, &check)
    }

    /// Takes all steps, measuring on the way.
    ///
    /// The `train_loss` logged at step `t` is that of the batch that led to step `t`, before its
    /// update; at step 0, where none has, that of the first batch.
    func train(
        _ training: inout SIMTraining, _ context: TrialContext, _ check: inout CancellationCheck
    ) throws -> TrialResult {
        let stepCount = configuration.stepCount
        var record = SIMRecord(
            conceptCount: configuration.conceptCount, capacity: configuration.logCapacity)
        var outcome = Outcome.finished
        for step in 0...stepCount {
            let loss =
                step == 0
                ? try training.loss(step: 1) { try check.spend(rows: $0) }
                : try training.step(step) { try check.spend(rows: $0) }
            var isFinite = loss.isFinite
            if isFinite, configuration.isLogged(step: step) {
                let (outputs, oodLoss) = training.probe()
                isFinite = record.add(
                    step: step, trainLoss: loss, oodLoss: oodLoss, outputs: outputs)
                context.report(
                    TrialProgress(step: step, stepCount: stepCount, values: record.newest))
            }
            if !isFinite {
                outcome = .diverged(step: step)
                break
            }
        }
        return result(outcome, record, training.network.parameters)
    }

    private func result(
        _ outcome: Outcome, _ record: SIMRecord, _ parameters: [LinearParameters]
    ) -> TrialResult {
        let curves = record.curves
        let path = OutputPath(
            steps: curves[0].steps, outputs: curves.dropFirst(2).map(\.values),
            signal: configuration.signal)
        var scalars = path.scalars(tolerance: configuration.learningTolerance)
        if outcome != .finished {
            // What has diverged has not learned anything for good, and its path has no end.
            scalars = scalars.map { Scalar(name: $0.name, value: nil) }
        }
        return TrialResult(
            outcome: outcome,
            digest: ResultDigest.digest(
                outcome: outcome, curves: curves, scalars: scalars, parameters: parameters),
            curves: curves, scalars: scalars)
    }
}

/// Asks about cancellation once a millisecond of work or so: to ask costs little, but not nothing.
struct CancellationCheck {
    private let isCancelled: @Sendable () -> Bool
    private let rowsPerCheck: Int
    private var rows = 0

    init(_ configuration: SIMConfiguration, _ context: TrialContext) {
        isCancelled = context.isCancelled
        let widths = configuration.widths
        let multiplications = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        // Three products of two operations each, at about 50 of them a nanosecond.
        rowsPerCheck = max(1, 50_000_000 / (6 * multiplications))
    }

    /// To be called before work on `rows` rows.
    mutating func spend(rows count: Int) throws(CancellationError) {
        rows += count
        if rows >= rowsPerCheck {
            rows = 0
            try now()
        }
    }

    func now() throws(CancellationError) {
        if isCancelled() { throw CancellationError() }
    }
}
