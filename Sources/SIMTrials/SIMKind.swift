import NumericCore
public import Sweeps

/// The paper's SIM task: a network learns the identity on clusters of one concept each, and is
/// tested on all concepts at once.
///
/// Curves: `train_loss`, the mean squared error over points and outputs of the batch that led to a
/// step, before its update (at step 0 of the first batch); `ood_loss`, ½‖f(x̂) − x̂‖²; `output/k`,
/// the output at x̂ along concept k. On request `train_loss/full`, the same over all points, after
/// the update; `node_loss/0101` …, ½ of the squared error along the concepts at the point with
/// concepts 2 and 4 alone; `w/i/j`, the derivative at x̂ of the output along concept i by the input
/// along concept j.
///
/// Scalars: `learning_time/k`, the step from which on `output/k` stays within 10 % of μ_k (25 %
/// with ReLU), linear between logged points; for two concepts `bend`, the signed area between path
/// and straight way, positive where concept 1 leads; `terminal_rate`, how fast the output slows
/// down, an epoch (`TerminalRate`); of a truncated task `rejected_points`, how many draws were
/// rejected.
///
/// - SeeAlso: arXiv:2410.08309, section 2.1.
public struct SIMKind: TrialKind {
    public let name = "sim"
    public let version = 4

    public init() {}

    public func complete(
        _ given: Configuration
    ) throws(ConfigurationError) -> Configuration {
        try SIMConfiguration(given).complete
    }

    public func metrics(of configuration: Configuration) -> [Metric] {
        let decoded = SIMConfiguration(complete: configuration)
        return decoded.curveNames.map { Metric($0, .curve) } + decoded.scalarMetrics
    }

    /// Knows `step`, `epoch`, and `time`: that of the gradient flow of the paper's loss.
    public func steps(per unit: String, of configuration: Configuration) -> Double? {
        switch unit {
        case "step": 1
        case "epoch": Double(SIMConfiguration(complete: configuration).stepsPerEpoch)
        case "time": 1 / SIMConfiguration(complete: configuration).timePerStep
        default: nil
        }
    }

    /// One layer, from small initial weights, by plain descent, for every curve but `train_loss`: see
    /// `OneLayerTheory`.
    public func theory(of configuration: Configuration) -> Theory? {
        let decoded = SIMConfiguration(complete: configuration)
        guard decoded.layers == 1, decoded.dataFile == nil, decoded.isPlainDescent else {
            return nil
        }
        return OneLayerTheory(decoded).theory
    }

    /// ½‖x̂‖² for `ood_loss`, μ_k for `output/k`.
    public func reference(of curve: String, in configuration: Configuration) -> CurveReference? {
        OutputPath.reference(of: curve, signal: SIMConfiguration(complete: configuration).signal)
    }

    /// - Throws: `ConfigurationError` at a configuration that is none of ours or a file that does
    ///   not fit it, `SafetensorsError`, what the context's `file` throws, `KernelError` on a CPU
    ///   without AVX2 and FMA, `CancellationError`.
    public func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        let configuration = try SIMConfiguration(spec.configuration)
        let trial = SIMTrial(
            configuration: configuration, seed: spec.seed, kernels: try Kernels.chosen())
        return try await compute { try trial.run(context) }
    }

    /// Narrow networks, and linear layers on all points, train 16 to a vector.
    public func bundleShape(of configuration: Configuration) -> BundleShape? {
        SIMConfiguration(complete: configuration).bundleName.map {
            BundleShape($0, limit: LaneNetwork.laneCount)
        }
    }

    public func run(
        _ bundle: [TrialSpec], contexts: [TrialContext]
    ) async -> [Result<TrialResult, any Error>] {
        do {
            let kernels = try Kernels.chosen()
            let trials = try bundle.map { spec in
                SIMTrial(
                    configuration: try SIMConfiguration(spec.configuration), seed: spec.seed,
                    kernels: kernels)
            }
            return try await compute {
                var bundle = SIMBundle(trials, contexts)
                return bundle.run()
            }
        } catch {
            return bundle.map { _ in .failure(error) }
        }
    }
}
