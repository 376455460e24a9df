import NumericCore
public import Sweeps

/// The paper's symmetric two-layer model without data: the flow dW/dt = V(W) of W = U Uᵀ, or
/// gradient descent on U, with the second moment that the SIM task has on average.
///
/// Curves: `train_loss`, ½‖(W − I) A^½‖² with the A of the field; `ood_loss`, ½‖W x̂ − x̂‖²;
/// `output/k`, (W x̂)_k; on request `w/i/j` and its `growth`, `suppression` and `noise`,
/// `min_eigenvalue` of W, and `center/p/k`, output k at the centre of cluster p. Scalars:
/// `learning_time/k` and `bend` as in `sim`; `major_time/k`, the step at which w_kk passes ½; `rho`,
/// the largest rise of `ood_loss` over ½‖x̂‖², and `swing`, 1 where that exceeds 0.01 and the loss
/// ends lower than it was before, `descents`, 1 more than the loss's rises by over 10⁻⁴ of its
/// highest value so far, all three over every step, logged or not; on request `psd_exit`, the
/// first logged step at which W has a negative eigenvalue, and `violations/…` of the lemmas.
///
/// - SeeAlso: arXiv:2410.08309, section 4.2 and Appendix D.
public struct MatrixKind: TrialKind {
    public let name = "matrix"
    public let version = 1

    public init() {}

    public func complete(
        _ given: Configuration
    ) throws(ConfigurationError) -> Configuration {
        try MatrixConfiguration(given).complete
    }

    public func metrics(of configuration: Configuration) -> [Metric] {
        let decoded = MatrixConfiguration(complete: configuration)
        return MatrixRecord.curveNames(decoded).map { Metric($0, .curve) }
            + MatrixRecord.scalarMetrics(decoded)
    }

    /// Knows `step`, and `time`: that of the flow V, half the speed of gradient flow of the loss.
    public func steps(per unit: String, of configuration: Configuration) -> Double? {
        switch unit {
        case "step": 1
        case "time": 1 / MatrixConfiguration(complete: configuration).stepSize
        default: nil
        }
    }

    /// Major entries as if alone: see `MatrixTheory`.
    public func theory(of configuration: Configuration) -> Theory? {
        MatrixTheory.theory(of: MatrixConfiguration(complete: configuration))
    }

    /// ½‖x̂‖² for `ood_loss`, μ_k for `output/k`.
    public func reference(of curve: String, in configuration: Configuration) -> CurveReference? {
        OutputPath.reference(of: curve, signal: MatrixConfiguration(complete: configuration).signal)
    }

    /// - Throws: `ConfigurationError` at a configuration that is none of ours, `KernelError` on a
    ///   CPU without AVX2 and FMA, `CancellationError`.
    public func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        try await run([spec], contexts: [context])[0].get()
    }

    /// Eight trials go side by side in the lanes of the vectors.
    public func bundleShape(of configuration: Configuration) -> BundleShape? {
        let shape = MatrixConfiguration(complete: configuration).shape
        return BundleShape(
            "\(shape.stepper) \(shape.dimension) \(shape.width) \(shape.stepCount) "
                + "\(shape.log)",
            limit: MatrixFlow.laneCount)
    }

    public func run(
        _ bundle: [TrialSpec], contexts: [TrialContext]
    ) async -> [Result<TrialResult, any Error>] {
        do {
            let members = try zip(bundle, contexts).map { spec, context in
                MatrixTrial.Member(
                    configuration: try MatrixConfiguration(spec.configuration), seed: spec.seed,
                    context: context)
            }
            let trial = MatrixTrial(members, kernels: try Kernels.chosen())
            return try await compute { trial.run() }.map { result in
                result.map { .success($0) } ?? .failure(CancellationError())
            }
        } catch {
            return bundle.map { _ in .failure(error) }
        }
    }
}
