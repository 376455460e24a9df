import NumericCore

/// Sines, then cosines, of a time at frequencies from 1000 down to 0.1 a unit, evenly spaced by
/// their logarithms.
enum TimeWaves {
    private static let naturalLogarithmOfTen = 2.302_585_092_994_045_7

    static let frequencies: [Double] = {
        let count = UNetShape.waveCount / 2
        return (0..<count).map { k in
            1000 * exponential(-4 * Double(k) / Double(count - 1) * naturalLogarithmOfTen)
        }
    }()

    static func values(at time: Double) -> [Float] {
        let waves = frequencies.map { sineAndCosine($0 * time) }
        return waves.map { Float($0.sine) } + waves.map { Float($0.cosine) }
    }

    /// The derivative by the time of what depends on the values with these gradients.
    static func slope(at time: Double, gradient: [Float]) -> Double {
        precondition(gradient.count == UNetShape.waveCount, "\(gradient.count) waves")
        var sum = 0.0
        for (k, frequency) in frequencies.enumerated() {
            let wave = sineAndCosine(frequency * time)
            let bySine = Double(gradient[k]) * wave.cosine
            let byCosine = Double(gradient[k + frequencies.count]) * wave.sine
            sum += frequency * (bySine - byCosine)
        }
        return sum
    }
}
