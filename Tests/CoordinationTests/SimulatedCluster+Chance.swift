import Sweeps

/// What differs from seed to seed.
extension SimulatedCluster {
    /// How often what goes wrong in a run: each seed draws its own mix.
    struct Faults {
        var loss = 0.0
        var doubling = 0.0
        var longDelay = 0.0
        var workerCrash = 0.0
        var coordinatorCrash = 0.0
        var freeze = 0.0
        var steering = 0.0

        init(using random: inout SplitMix64) {
            func drawn(_ most: Double) -> Double {
                Bool.random(using: &random) ? Double.random(in: 0...most, using: &random) : 0
            }
            loss = drawn(0.3)
            doubling = drawn(0.3)
            longDelay = drawn(0.1)
            workerCrash = drawn(0.03)
            coordinatorCrash = drawn(0.02)
            freeze = drawn(0.02)
            steering = drawn(0.1)
        }
    }

    /// How long trials train.
    enum Mix: CaseIterable {
        case long
        /// So short that workers take many at once.
        case short
        /// Short, but for a few that keep those behind them waiting.
        case uneven

        func time(of trial: TrialID, using random: inout SplitMix64) -> Duration {
            let isLong = self == .long || (self == .uneven && trial.rawValue % 9 == 4)
            return .microseconds(
                Int.random(in: isLong ? 50_000...12_000_000 : 100...5_000, using: &random))
        }
    }
}
