import NumericCore
import Sweeps

/// One weight that grows to 1 by Euler's steps of ẇ = 2a·w·(1 − w), from a random small start: what
/// a diagonal entry of the paper's symmetric model does where nothing else is in its way.
///
/// Curves: `weight`; `loss`, ½(w − 1)². Scalar: `half_time`, the first step with w ≥ ½.
struct GrowthKind: TrialKind {
    let name = "growth"
    let version = 1
    let parameters = [
        Parameter(
            "task.moment", .number(0...100, openBelow: true), default: .number(1),
            "Second moment a of the input."),
        Parameter(
            "model.scale", .number(0...1, openBelow: true), default: .number(0.01),
            "The start is uniform from 0 to this."),
        Parameter(
            "flow.step_size", .number(0...10, openBelow: true), unit: "time",
            default: .number(0.01), "Length of a step."),
        Parameter("flow.steps", .integer(1...1_000_000), default: .number(1000), "Steps."),
        Parameter("log.every", .integer(1...1_000_000), default: .number(10), "Steps a point."),
    ]

    func metrics(of configuration: Configuration) -> [Metric] {
        [Metric("weight", .curve), Metric("loss", .curve), Metric("half_time", .eventStep)]
    }

    func steps(per unit: String, of configuration: Configuration) -> Double? {
        ["step": 1, "time": 1 / (configuration["flow.step_size"]?.number ?? 1)][unit]
    }

    /// The logistic curve from the mean start: w reaches ½ at ln(1/w(0) − 1) / 2a.
    func theory(of configuration: Configuration) -> Theory? {
        guard let moment = configuration["task.moment"]?.number,
            let start = configuration["model.scale"]?.number.map({ $0 / 2 }),
            let unit = steps(per: "time", of: configuration)
        else { return nil }
        let time = naturalLogarithm(1 / start - 1) / (2 * moment)
        return Theory(curves: [], scalars: [Scalar(name: "half_time", value: time * unit)])
    }

    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        let reader = try ConfigurationReader(spec.configuration, parameters: parameters)
        let rate = 2 * (try reader.number("task.moment")) * (try reader.number("flow.step_size"))
        let scale = try reader.number("model.scale")
        let (count, interval) = (try reader.integer("flow.steps"), try reader.integer("log.every"))
        let random = RandomStream(seed: spec.seed, .data, kernels: try Kernels.chosen())
        return try await compute {
            var weight = scale * Double(abs(random.uniform(count: 1, bound: 1)[0]))
            var (steps, weights) = ([UInt32](), [Double]())
            var halfTime: Double?
            var outcome = Outcome.finished
            for step in 0...count {
                if step > 0 { weight += rate * weight * (1 - weight) }
                guard weight.isFinite else {
                    outcome = .diverged(step: step)
                    break
                }
                if weight >= 0.5, halfTime == nil { halfTime = Double(step) }
                guard step % interval == 0 || step == count else { continue }
                steps.append(UInt32(step))
                weights.append(weight)
                if context.isCancelled() { throw CancellationError() }
                let newest = [Scalar(name: "weight", value: weight)]
                context.report(TrialProgress(step: step, stepCount: count, values: newest))
            }
            let losses = weights.map { ($0 - 1) * ($0 - 1) / 2 }
            let final = [Tensor("w", shape: [1], .double([weight]))]
            context.keepWeights?(final)
            return TrialResult(
                outcome: outcome,
                curves: [
                    Curve(name: "weight", steps: steps, values: weights),
                    Curve(name: "loss", steps: steps, values: losses),
                ], scalars: [Scalar(name: "half_time", value: halfTime)], weights: final)
        }
    }
}
