/// The code that runs one kind of trial.
///
/// A kind is a value without state: what a result may depend on is in the `TrialSpec`.
public protocol TrialKind: Sendable {
    /// The word that `kind:` of a sweep file names it by.
    var name: String { get }
    /// Goes up with every change that changes a result by a bit.
    var version: Int { get }
    /// Whether people are told of it, which they are of a kind that says nothing.
    var isListed: Bool { get }
    /// Whether a trial that is interrupted goes on where its state was last kept, with the same bits;
    /// of a kind that says nothing it begins anew.
    var keepsCheckpoints: Bool { get }
    /// The keys that it takes.
    var parameters: [Parameter] { get }

    /// Writes out defaults, leaves out keys that do not apply, and checks how keys fit together.
    ///
    /// - Parameter given: Values that have passed their parameter's own check.
    /// - Returns: The complete configuration; completing it again changes nothing.
    /// - Throws: `ConfigurationError`, when values do not fit together.
    func complete(_ given: Configuration) throws(ConfigurationError) -> Configuration

    /// What a trial of this complete configuration measures, in the order of its results.
    func metrics(of configuration: Configuration) -> [Metric]

    /// The arrays that it keeps, in the order of its results; a kind that says nothing keeps none.
    func arrays(of configuration: Configuration) -> [TrialArray.Declaration]

    /// How many steps one `unit` has, so that event times can be shown in it.
    ///
    /// - Returns: nil where the kind does not know the unit; `step` is always 1.
    func steps(per unit: String, of configuration: Configuration) -> Double?

    /// The kind's own prediction for a cell, without any seed: nil where there is none.
    func theory(of configuration: Configuration) -> Theory?

    /// What a curve is held against, for the reducers `rho`, `swing` and `learning_time`: nil, which
    /// is what a kind has that says nothing, where there is nothing to hold it against.
    func reference(of curve: String, in configuration: Configuration) -> CurveReference?

    /// Trains and measures one trial. The bits of the result depend on `spec` alone.
    ///
    /// - Throws: `CancellationError` soon after the context says so; anything else is a failure.
    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult

    /// What a trial has in common with those that it can be trained together with; nil where it
    /// is trained alone, which is what a kind has that says nothing.
    ///
    /// - Parameter configuration: Complete.
    func bundleShape(of configuration: Configuration) -> BundleShape?

    /// Trains trials of one shape together; each has the bits that it has alone.
    ///
    /// A host gives what it has: one to `limit` trials, in any order. A trial whose context is
    /// cancelled may train on with the others, or fail with `CancellationError`; when all are, the
    /// rest is not worth its time. How many threads all of them may use, the first context says.
    ///
    /// - Parameters:
    ///   - bundle: Trials of one shape.
    ///   - contexts: One for each.
    /// - Returns: How each ended, in the order given.
    func run(
        _ bundle: [TrialSpec], contexts: [TrialContext]
    ) async -> [Result<TrialResult, any Error>]
}

extension TrialKind {
    public var isListed: Bool { true }
    public var keepsCheckpoints: Bool { false }

    /// For kinds whose keys always apply and fit together: writes out the defaults.
    public func complete(_ given: Configuration) throws(ConfigurationError) -> Configuration {
        var complete = given
        for parameter in parameters where given[parameter.name] == nil {
            complete[parameter.name] = parameter.defaultValue
        }
        return complete
    }

    /// For kinds that keep numbers alone.
    public func arrays(of configuration: Configuration) -> [TrialArray.Declaration] { [] }

    /// For kinds without units of their own.
    public func steps(per unit: String, of configuration: Configuration) -> Double? {
        unit == "step" ? 1 : nil
    }

    /// For kinds without a theory.
    public func theory(of configuration: Configuration) -> Theory? { nil }

    /// For kinds whose curves are held against nothing.
    public func reference(of curve: String, in configuration: Configuration) -> CurveReference? {
        nil
    }
}

/// A trial kind in one version: what a worker has to have to train a trial.
public struct KindVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let name: String
    public let version: Int

    public init(_ name: String, version: Int) {
        self.name = name
        self.version = version
    }

    public init(_ kind: some TrialKind) {
        self.init(kind.name, version: kind.version)
    }

    public var description: String { "\(name) version \(version)" }

    public static func < (a: Self, b: Self) -> Bool {
        (a.name, a.version) < (b.name, b.version)
    }
}

/// What a curve is held against.
public enum CurveReference: Hashable, Sendable {
    /// What is large for it: ½‖x̂‖² of an OOD loss.
    case scale(Double)
    /// Where it should end: μ_k of an output.
    case target(Double)
}

/// A metric that a kind declares.
public struct Metric: Hashable, Sendable {
    public enum Shape: Hashable, Sendable {
        /// Steps and values.
        case curve
        /// One number.
        case scalar
        /// One number that is a step: it can be shown in epochs or time.
        case eventStep
    }

    public let name: String
    public let shape: Shape

    public init(_ name: String, _ shape: Shape) {
        self.name = name
        self.shape = shape
    }
}

/// What theory says of a cell: the same names as the metrics that it predicts.
public struct Theory: Sendable {
    public let curves: [Curve]
    public let scalars: [Scalar]

    public init(curves: [Curve], scalars: [Scalar]) {
        self.curves = curves
        self.scalars = scalars
    }
}

/// Values of one cell that do not fit together.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key to mend.
    public let key: String
    /// What is wrong, as the end of a sentence on the key; what would be right.
    public let objection: String

    public init(_ key: String, _ objection: String) {
        self.key = key
        self.objection = objection
    }

    public var description: String { "\(key) \(objection)" }
}

/// What a running trial is given by its host.
public struct TrialContext: Sendable {
    /// How many threads it may use; never seen in the result.
    public let threads: Int
    /// Says how far the trial is; may be called at every log point, its cost is the host's care.
    public let report: @Sendable (TrialProgress) -> Void
    /// Whether the trial is to stop with `CancellationError`.
    public let isCancelled: @Sendable () -> Bool
    /// The bytes of a file that the configuration names: `sha256:` and 64 hexadecimal digits. The
    /// host has compared them with the digest.
    public let file: @Sendable (_ digest: String) throws -> [UInt8]
    /// Takes the final weights once, named as in a PyTorch state_dict; nil where nobody wants them.
    public let keepWeights: (@Sendable ([Tensor]) -> Void)?
    /// Where the trial's state is kept; nil where nobody keeps it.
    public let checkpoints: TrialCheckpoints?

    public init(
        threads: Int = 1,
        report: @escaping @Sendable (TrialProgress) -> Void = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false },
        file: @escaping @Sendable (_ digest: String) throws -> [UInt8] = {
            throw MissingFile(digest: $0)
        },
        keepWeights: (@Sendable ([Tensor]) -> Void)? = nil,
        checkpoints: TrialCheckpoints? = nil
    ) {
        self.threads = threads
        self.report = report
        self.isCancelled = isCancelled
        self.file = file
        self.keepWeights = keepWeights
        self.checkpoints = checkpoints
    }
}

/// A host cannot give a trial the file that its configuration names.
public struct MissingFile: Error, Hashable, Sendable, CustomStringConvertible {
    public let digest: String

    public init(digest: String) {
        self.digest = digest
    }

    public var description: String {
        "the file \(digest) is not here; submit the sweep again from where the file is"
    }
}

/// How far a running trial is: a preview, not a result.
public struct TrialProgress: Hashable, Sendable {
    public let step: Int
    public let stepCount: Int
    /// The newest value of each curve.
    public let values: [Scalar]

    public init(step: Int, stepCount: Int, values: [Scalar]) {
        self.step = step
        self.stepCount = stepCount
        self.values = values
    }
}
