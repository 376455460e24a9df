internal import Sweeps

/// What the seeds of a group gave for one metric.
struct Sample: Sendable {
    /// The numbers, in any order: nothing below depends on it.
    private(set) var numbers: [Double] = []
    /// How many events never came.
    private(set) var missing = 0

    mutating func add(_ measurement: MetricReference.Measurement) {
        switch measurement {
        case .absent: break
        case .never: missing += 1
        case .number(let number): numbers.append(number)
        }
    }

    /// The numbers that a statistic is made of, ascending.
    ///
    /// An event that never came is later than all others to a quantile (infinite) and is left out
    /// of a mean. To a fraction it is a 0, and what came a 1: any event, any flag that is not zero.
    ///
    /// - Parameter countsMissing: false where what is missing is later than nothing: a difference.
    func pool(
        for statistic: Statistic, isEvent: Bool, countsMissing: Bool = true
    ) -> [Double] {
        let missing = countsMissing ? missing : 0
        return pool(for: statistic, isEvent: isEvent, missing: missing)
    }

    private func pool(for statistic: Statistic, isEvent: Bool, missing: Int) -> [Double] {
        switch statistic {
        case .mean, .sd:
            numbers.sorted()
        case .median, .quantile:
            numbers.sorted() + [Double](repeating: .infinity, count: missing)
        case .fraction:
            [Double](repeating: 0, count: missing)
                + numbers.map { isEvent || $0 != 0 ? 1 : 0 }.sorted()
        }
    }
}

extension Statistic {
    /// - Parameter pool: Ascending; infinite where an event never came.
    /// - Returns: nil where the pool is too small.
    func value(of pool: [Double]) -> Double? {
        guard !pool.isEmpty else { return nil }
        switch self {
        case .mean, .fraction: return pool.mean
        case .median: return pool.sortedQuantile(0.5)
        case .quantile(let q): return pool.sortedQuantile(q)
        case .sd:
            let (mean, count) = (pool.mean, Double(pool.count))
            guard count > 1 else { return nil }
            return (pool.map { ($0 - mean) * ($0 - mean) }.sum / (count - 1)).squareRoot()
        }
    }
}

extension [Double] {
    /// Summed from first to last with Neumaier's compensation: as good as one rounding.
    ///
    /// - SeeAlso: Neumaier, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
    ///   Summen", 1974.
    var sum: Double {
        var (total, lost) = (0.0, 0.0)
        for number in self {
            let next = total + number
            if total.magnitude >= number.magnitude {
                lost += (total - next) + number
            } else {
                lost += (number - next) + total
            }
            total = next
        }
        return total + lost
    }

    var mean: Double { sum / Double(count) }
}
