internal import Sweeps

extension Interval {
    static let resampleCount = 2000

    /// How a caption names it.
    var caption: String {
        switch self {
        case .t95: "Student's t"
        case .bootstrap95: "percentile bootstrap, \(Self.resampleCount) resamples"
        case .wilson95: "Wilson score"
        }
    }

    /// The 95 % interval of a statistic; either end is infinite where it lies among events that
    /// never came.
    ///
    /// - Parameter pool: Ascending.
    /// - Returns: nil where the pool has fewer than two values.
    func bounds(of statistic: Statistic, pool: [Double]) -> (low: Double, high: Double)? {
        guard pool.count > 1 else { return nil }
        switch self {
        case .t95: return Self.student(pool)
        case .wilson95: return Self.wilson(pool)
        case .bootstrap95: return Self.bootstrap(statistic, pool)
        }
    }

    private static func student(_ pool: [Double]) -> (low: Double, high: Double)? {
        guard let deviation = Statistic.sd.value(of: pool) else { return nil }
        let quantile = StudentT.quantile975(degreesOfFreedom: pool.count - 1)
        let reach = quantile * deviation / Double(pool.count).squareRoot()
        return (pool.mean - reach, pool.mean + reach)
    }

    /// - SeeAlso: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    ///   1927.
    private static func wilson(_ pool: [Double]) -> (low: Double, high: Double) {
        let z = 1.959963984540054  // what a normal variable exceeds with probability 2.5 %
        let (share, count) = (pool.mean, Double(pool.count))
        let centre = share + z * z / (2 * count)
        let reach = z * (share * (1 - share) / count + z * z / (4 * count * count)).squareRoot()
        let scale = 1 + z * z / count
        return (max(0, (centre - reach) / scale), min(1, (centre + reach) / scale))
    }

    /// Draws each resample as how often it has each value, so that it comes out ascending.
    ///
    /// The generator starts alike for every pool: the same values have the same interval wherever
    /// they are.
    ///
    /// - SeeAlso: Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    private static func bootstrap(
        _ statistic: Statistic, _ pool: [Double]
    ) -> (low: Double, high: Double)? {
        var generator = SplitMix64(seed: 0x5317_B007)
        var found: [Double] = []
        var counts = [Int](repeating: 0, count: pool.count)
        var resample: [Double] = []
        for _ in 0..<resampleCount {
            for _ in pool {
                counts[Int(generator.next().multipliedFullWidth(by: UInt64(pool.count)).high)] += 1
            }
            resample.removeAll(keepingCapacity: true)
            for i in pool.indices {
                resample.append(contentsOf: repeatElement(pool[i], count: counts[i]))
                counts[i] = 0
            }
            if let value = statistic.value(of: resample) {
                found.append(value)
            }
        }
        found.sort()
        guard let low = found.sortedQuantile(0.025),
            let high = found.sortedQuantile(0.975)
        else { return nil }
        return (low, high)
    }
}
