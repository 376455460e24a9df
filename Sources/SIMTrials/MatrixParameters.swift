public import Sweeps

extension MatrixKind {
    public var parameters: [Parameter] { Self.parameters }

    static let parameters: [Parameter] =
        modelParameters + stepParameters + startParameters
        + LogSchedule.parameters(besides: "the start and the last step") + measureParameters
        + lemmaParameters

    private static let modelParameters = [
        Parameter(
            "flow.signal", .numbers(1e-6...1e6, count: 1...64, broadcast: false),
            default: .list([.number(1), .number(2)]),
            "Signal μ of each informative coordinate; the others have none."),
        Parameter(
            "flow.deviation", .numbers(0...1e3, count: 1...64, broadcast: true),
            "Standard deviation σ along each coordinate, those left out 0; one number stands for "
                + "every informative one; 0.05 if left out."),
        Parameter(
            "flow.concepts", .integer(1...64),
            "The s of a_k = σ_k² + μ_k²/s; as many as flow.signal has if left out."),
        Parameter(
            "flow.dimension", .integer(1...256),
            "Dimension d of W; as large as flow.signal and flow.deviation need if left out."),
        Parameter(
            "flow.moment", .choice(["plain", "squared"]), default: .text("plain"),
            isIndependent: true,
            "Whether the field has a_k, as in the theory, or a_k², as in the published figures."),
    ]

    private static let stepParameters = [
        Parameter(
            "flow.stepper", .choice(["euler", "descent", "rk4"]), default: .text("euler"),
            "How a step is taken: Euler on W, gradient descent on U, or Runge-Kutta on W."),
        Parameter(
            "flow.step_size", .number(0...1e3, openBelow: true), unit: "time",
            default: .number(0.01), isIndependent: true, "Step size h in the time of dW/dt = V(W)."),
        Parameter(
            "flow.steps", .integer(1...100_000_000), default: .number(6000), "Number of steps."),
    ]

    private static let startParameters = [
        Parameter(
            "flow.initialization", .choice(["fixture", "nonnegative", "gaussian", "explicit"]),
            default: .text("gaussian"),
            "U(0): fixture, uniform from the generator of the published figures, whatever the "
                + "seed; nonnegative, uniform; gaussian; or explicit, W(0) from flow.start."),
        Parameter(
            "flow.scale", .number(0...1e3), isConditional: true,
            "Expected diagonal ω of W(0), 0.01 if left out; with fixture the factor on U, 0.2 if "
                + "left out."),
        Parameter(
            "flow.width", .integer(1...4096), isConditional: true,
            "Columns d' of U; as many as dimensions if left out."),
        Parameter(
            "flow.fixture_seed", .integer(0...4_294_967_295), default: .number(2333),
            isConditional: true, "Seed of the generator of fixture."),
        Parameter(
            "flow.sign_bias", .number(0...1), default: .number(0), isConditional: true,
            "Share of the entries of a gaussian U of which the magnitude is taken: 0 is even, 1 "
                + "makes all positive."),
        Parameter(
            "flow.start", .numbers(-1e6...1e6, count: 1...65_536, broadcast: false),
            isConditional: true, "W(0) for explicit, row by row, symmetric."),
    ]

    private static let measureParameters = [
        Parameter(
            "measure.entries", .choice(["none", "weights", "terms"]), default: .text("none"),
            "Whether entries of W are logged, or these with their growth, suppression and noise."),
        Parameter(
            "measure.centers", .flag, default: .flag(false),
            "Whether outputs at the training centres are logged."),
        Parameter(
            "measure.spectrum", .flag, default: .flag(false),
            "Whether the smallest eigenvalue of W is logged."),
        Parameter(
            "measure.lemmas", .flag, default: .flag(false),
            "Whether violations of the paper's lemmas are counted at every logged point."),
    ]

    private static let lemmaParameters = [
        Parameter(
            "lemma.log_growth", .number(0.7...600), default: .number(200), isConditional: true,
            "Logarithm of P, by which an entry may grow in its initial phase."),
        Parameter(
            "lemma.k", .number(20...1e6), default: .number(20), isConditional: true,
            "K of assumption D.2."),
        Parameter(
            "lemma.kappa", .number(1.1...100, openBelow: true), default: .number(1.11),
            isConditional: true, "κ of assumption D.4."),
        Parameter(
            "lemma.beta", .number(1...1e6, openBelow: true), default: .number(2),
            isConditional: true, "β of assumption D.1."),
        Parameter(
            "lemma.c", .number(1...1e6, openBelow: true), default: .number(1.5),
            isConditional: true, "C of assumptions D.4 and D.5."),
    ]
}
