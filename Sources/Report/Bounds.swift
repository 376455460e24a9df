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
        case .wilson95:
            return Proportion(pool.count { $0 > 0 }, of: pool.count).wilson95
        case .bootstrap95: return Self.bootstrap(statistic, pool)
        }
    }

    private static func student(_ pool: [Double]) -> (low: Double, high: Double)? {
        guard let deviation = Statistic.sd.value(of: pool) else { return nil }
        let quantile = StudentT.quantile975(degreesOfFreedom: pool.count - 1)
        let reach = quantile * deviation / Double(pool.count).squareRoot()
        return (pool.mean - reach, pool.mean + reach)
    }

    /// Draws each resample as how often it has each value, so that it comes out ascending.
    ///
    /// The generator, SplitMix64, starts alike for every pool and is asked in one order, without
    /// threads: the same values have the same interval wherever they are.
    ///
    /// - SeeAlso: Efron, Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13.
    private static func bootstrap(
        _ statistic: Statistic, _ pool: [Double]
    ) -> (low: Double, high: Double)? {
        let found = resampled(statistic, pool).sorted()
        guard let low = found.sortedQuantile(0.025), let high = found.sortedQuantile(0.975)
        else { return nil }
        return (low, high)
    }

    /// The statistic of each resample, in the order drawn.
    static func resampled(_ statistic: Statistic, _ pool: [Double]) -> [Double] {
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
        return found
    }
}
