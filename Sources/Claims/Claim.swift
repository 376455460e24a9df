import Sweeps

/// A row of the reproduction: what the paper, or what was measured beside it, claims; the sweeps that
/// can tell; and the criterion, as text and as code.
public struct Claim: Sendable {
    /// R15.
    public let id: String
    public let title: String
    /// Where the paper claims it; empty where it goes beyond.
    public let source: String
    /// Names of sweep files, without their ending; none where the claim is an identity.
    public let sweeps: [String]
    /// Sweeps that look further where `sweeps` left something open; they decide nothing.
    public let pursuit: [String]
    public let criterion: String
    /// What the numbers mean, for the claim's page.
    public let remark: String
    /// - Parameter results: One for each of `sweeps` and then of `pursuit`, in their order.
    public let judge: @Sendable (_ results: [SweepResults]) throws -> [Finding]

    init(
        _ id: String, _ title: String, source: String, sweeps: [String] = [],
        pursuit: [String] = [], criterion: String, remark: String = "",
        judge: @escaping @Sendable ([SweepResults]) throws -> [Finding]
    ) {
        self.id = id
        self.title = title
        self.source = source
        self.sweeps = sweeps
        self.pursuit = pursuit
        self.criterion = criterion
        self.remark = remark
        self.judge = judge
    }

    /// All claims on the SIM task and its theory, in the order of their numbers.
    public static let all: [Claim] =
        identities + [learningTime] + simClaims + swingClaims + [rectified, hierarchy, velocity]
        + figureClaims + [lemmas] + sweepClaims + [truncation, conflicts]

    /// Those on generators of images, whose trials take minutes each; asked for by name.
    public static let images = diffusionClaims + conceptClaims

    /// What goes beyond the paper; asked for by name.
    public static let beyond: [Claim] = [stopping]

    /// - Returns: The findings; trials that have no result leave the claim open.
    public func findings(_ results: [SweepResults]) throws -> [Finding] {
        let lacking = results.filter { $0.count < $0.plan.trialCount }.map { results in
            Finding(
                "every trial of \(results.plan.name) has a result",
                measured: "\(results.count) of \(results.plan.trialCount)", .inconclusive)
        }
        return try lacking + judge(results)
    }
}
