import NumericCore
public import Sweeps

/// The paper's diffusion experiment: a model learns to draw discs of some colours and sizes, and is
/// asked for a combination that it has never seen.
///
/// Curves of a generator: `train_loss`, that of the batch that led to a step, before its update, and
/// `noise_error`, of the same batch, the mean square of ε̂ − ε, which the network lowers; `gradient_norm`,
/// before it is clipped; `ood_loss` and `ood_noise_error`, these on images of the class that has all
/// concepts at once. Given a judge, of images drawn for that class: `concept/color` …, the mean
/// probability of value 1; `concept_loss`, the mean over concepts of (value − 1)²; `accuracy`, the
/// product of these values; `presence`, the mean probability that there is a disc at all; and
/// `accuracy/CLASS`, the mean probability that an image drawn for a class has all its values at once.
/// Where it is probed, this for class `11…`: `probe/naive` by its own prompt, `probe/1` … by prompts
/// of stronger colours, and `probe/best`, the highest of the latter.
///
/// Curves of a classifier: `train_loss`, `gradient_norm`, `validation_loss` and
/// `validation_accuracy`, the share of held-out images all of whose concepts are told right.
///
/// - SeeAlso: arXiv:2410.08309, section 5 and appendix G.
public struct DiffusionKind: TrialKind, FileChecking {
    public let name = "diffusion"
    public let version = 2
    public let keepsCheckpoints = true

    public init() {}

    public func complete(
        _ given: Configuration
    ) throws(ConfigurationError) -> Configuration {
        try DiffusionConfiguration(given).complete
    }

    public func metrics(of configuration: Configuration) -> [Metric] {
        decode(configuration).curveNames.map { Metric($0, .curve) }
    }

    /// `sample/CLASS`: images drawn for each class, shape `[image, row, column, channel]`.
    public func arrays(of configuration: Configuration) -> [TrialArray.Declaration] {
        decode(configuration).keptArrays
    }

    /// Knows `step` and `epoch`.
    public func steps(per unit: String, of configuration: Configuration) -> Double? {
        switch unit {
        case "step": 1
        case "epoch": Double(decode(configuration).stepsPerEpoch)
        default: nil
        }
    }

    /// 1 for what a judge should see, and for the loss of its coordinates.
    public func reference(of curve: String, in configuration: Configuration) -> CurveReference? {
        if curve == "concept_loss" { return .scale(1) }
        return ["concept/", "accuracy", "probe/"].contains(where: curve.hasPrefix)
            ? .target(1) : nil
    }

    /// - Throws: `ConfigurationError` at a configuration that is none of ours or a file that does
    ///   not fit it, `SafetensorsError`, what the context's `file` throws, `KernelError` on a CPU
    ///   without AVX2 and FMA, `CancellationError`.
    public func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        let configuration = try DiffusionConfiguration(spec.configuration)
        let kernels = try Kernels.chosen()
        let seed = spec.seed
        return try await compute {
            switch configuration.role {
            case .generator:
                try Self.run(context) {
                    try GeneratorTrial(
                        configuration, seed: seed, context: context, kernels: kernels)
                }
            case .classifier:
                try Self.run(context) {
                    ClassifierTrial(
                        configuration, seed: seed, context: context, kernels: kernels)
                }
            }
        }
    }

    /// Goes on from the state that was kept, where there is one that is of use.
    private static func run(
        _ context: TrialContext, _ made: () throws -> some ResumableTrial
    ) throws -> TrialResult {
        var trial = try made()
        if let checkpoints = context.checkpoints, let state = checkpoints.resume() {
            do {
                try trial.restore(state)
            } catch {
                checkpoints.refuse(error)
                trial = try made()
            }
        }
        return try trial.run()
    }

    /// Reads the judge's weights.
    public func checkFiles(
        of configuration: Configuration, _ file: (_ digest: String) throws -> [UInt8]
    ) throws {
        let configuration = decode(configuration)
        guard let judge = configuration.judgeFile else { return }
        _ = try Judge.read(file(judge), configuration)
    }

    private func decode(_ configuration: Configuration) -> DiffusionConfiguration {
        do {
            return try DiffusionConfiguration(configuration)
        } catch {
            preconditionFailure("not a complete configuration: \(error)")
        }
    }
}
