/// How a trial ended that has a result; a failed trial has none.
public enum Outcome: Hashable, Sendable, CustomStringConvertible {
    case finished
    /// A value left the finite numbers at this step: a result like any other, shown apart.
    case diverged(step: Int)

    public var description: String {
        switch self {
        case .finished: "finished"
        case .diverged: "diverged"
        }
    }
}

/// A metric over a trial's course. Step 0 is the start, step t is after t updates.
public struct Curve: Hashable, Sendable {
    public let name: String
    public let steps: [UInt32]
    /// As many as `steps`.
    public let values: [Double]

    public init(name: String, steps: [UInt32], values: [Double]) {
        precondition(steps.count == values.count, "\(steps.count) steps, \(values.count) values")
        self.name = name
        self.steps = steps
        self.values = values
    }
}

/// A single number that a trial yields; nil is an event that never came.
public struct Scalar: Hashable, Sendable {
    public let name: String
    public let value: Double?

    public init(name: String, value: Double?) {
        self.name = name
        self.value = value
    }
}

/// What a trial yields.
public struct TrialResult: Hashable, Sendable {
    public let outcome: Outcome
    /// SHA-256 over outcome, every logged value, every scalar and the final weights.
    public let digest: Digest256
    /// In the order in which the kind declares them.
    public let curves: [Curve]
    public let scalars: [Scalar]

    public init(outcome: Outcome, digest: Digest256, curves: [Curve], scalars: [Scalar]) {
        self.outcome = outcome
        self.digest = digest
        self.curves = curves
        self.scalars = scalars
    }

    /// What a trial yields, with the digest of it.
    ///
    /// - Parameter weights: The final weights, which are not kept, but belong to the digest.
    public init(outcome: Outcome, curves: [Curve], scalars: [Scalar], weights: [Tensor]) {
        self.init(
            outcome: outcome,
            digest: ResultDigest.digest(
                outcome: outcome, curves: curves, scalars: scalars, weights: weights),
            curves: curves, scalars: scalars)
    }

    public func curve(_ name: String) -> Curve? { curves.first { $0.name == name } }

    /// - Returns: nil where the trial has no such scalar; `.some(nil)` where its event never came.
    public func scalar(_ name: String) -> Double?? { scalars.first { $0.name == name }?.value }
}
