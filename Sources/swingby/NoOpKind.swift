import Foundation
import Sweeps

/// Trials that do nothing, or sleep: what is left of their time is Swingby's own, which
/// `bench dispatch` measures. The one curve has one point, the trial's seed.
struct NoOpKind: TrialKind {
    let name = "noop"
    let version = 1
    let isListed = false

    var parameters: [Parameter] {
        [
            Parameter(
                "index", .integer(0...1_000_000_000), default: .number(0), isIndependent: true,
                "Tells cells apart."),
            Parameter(
                "sleep", .number(0...3600), unit: "s", default: .number(0), isIndependent: true,
                "How long a trial sleeps."),
        ]
    }

    func metrics(of configuration: Configuration) -> [Metric] { [Metric("train_loss", .curve)] }

    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        if case .number(let seconds)? = spec.configuration["sleep"], seconds > 0 {
            Self.sleep(seconds)
        }
        // 24 bits, so that the point takes the four bytes that most points take.
        let curve = Curve(
            name: "train_loss", steps: [0], values: [Double(spec.seed & 0xff_ffff)])
        return TrialResult(outcome: .finished, curves: [curve], scalars: [], weights: [])
    }

    /// Blocks, since a timer of the runtime would add its own delay; the end is waited for awake,
    /// since the kernel is some 100 µs late.
    private static func sleep(_ seconds: Double) {
        let end = ContinuousClock.now + .seconds(seconds)
        usleep(UInt32(max(0, seconds * 1e6 - 150)))
        while ContinuousClock.now < end {}
    }
}
