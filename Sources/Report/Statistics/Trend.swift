/// A one-sided test of a trend: how likely it is to be as strong where there is none.
public struct TrendTest: Hashable, Sendable {
    /// Jonckheere's J or Page's L.
    public let statistic: Double
    /// Its distance from what no trend lets expect, in standard deviations.
    public let score: Double
    /// By the normal approximation; 1 where all values are alike.
    public let probability: Double

    private init(statistic: Double, mean: Double, variance: Double) {
        self.statistic = statistic
        score = variance > 0 ? (statistic - mean) / variance.squareRoot() : 0
        probability = variance > 0 ? normalTail(score) : 1
    }

    /// Jonckheere and Terpstra's test that values rise from group to group; ties allowed.
    ///
    /// - Parameter groups: Independent samples, in the order that the trend is claimed for.
    /// - SeeAlso: Hollander, Wolfe, Chicken, "Nonparametric Statistical Methods", 2014, section 6.2.
    public static func jonckheere(_ groups: [[Double]]) -> TrendTest {
        var pairs = 0.0
        for (i, group) in groups.enumerated() {
            for later in groups.dropFirst(i + 1) {
                for a in group {
                    for b in later { pairs += a < b ? 1 : a == b ? 0.5 : 0 }
                }
            }
        }
        let sizes = groups.map { Double($0.count) }
        let ties = tieCounts(groups.flatMap(\.self))
        let n = sizes.sum
        func sum(_ counts: [Double], _ term: (Double) -> Double) -> Double { counts.map(term).sum }
        func cubic(_ t: Double) -> Double { t * (t - 1) * (2 * t + 5) }
        func triple(_ t: Double) -> Double { t * (t - 1) * (t - 2) }
        func double(_ t: Double) -> Double { t * (t - 1) }
        var variance = (cubic(n) - sum(sizes, cubic) - sum(ties, cubic)) / 72
        if n > 2 {
            variance += sum(sizes, triple) * sum(ties, triple) / (36 * triple(n))
        }
        if n > 1 {
            variance += sum(sizes, double) * sum(ties, double) / (8 * double(n))
        }
        let mean = (n * n - sum(sizes) { $0 * $0 }) / 4
        return TrendTest(statistic: pairs, mean: mean, variance: variance)
    }

    /// Page's test that values rise along each row; ties allowed, by their own variance.
    ///
    /// - Parameter rows: A row a seed, a value for each step of the trend in its order; as many in
    ///   each row.
    /// - SeeAlso: Page, "Ordered Hypotheses for Multiple Treatments", 1963.
    public static func page(_ rows: [[Double]]) -> TrendTest {
        let columns = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == columns }, "rows of different lengths")
        let middle = Double(columns + 1) / 2
        let (n, places) = (Double(columns), (1...max(columns, 1)).map(Double.init))
        let spread = places.map { ($0 - middle) * ($0 - middle) }.sum
        var (statistic, variance) = ([Double](), [Double]())
        for ranks in rows.map(midranks) {
            statistic += zip(places, ranks).map { $0 * $1 }
            let spreadOfRanks = ranks.map { ($0 - middle) * ($0 - middle) }.sum
            variance.append(n > 1 ? spread * spreadOfRanks / (n - 1) : 0)
        }
        let mean = Double(rows.count) * n * middle * middle
        return TrendTest(statistic: statistic.sum, mean: mean, variance: variance.sum)
    }
}

/// Spearman's rank correlation, by midranks where values are alike.
///
/// - Returns: nil where one of both does not vary.
/// - Precondition: As many of one as of the other.
public func spearman(_ x: [Double], _ y: [Double]) -> Double? {
    precondition(x.count == y.count, "\(x.count) and \(y.count) values")
    let middle = Double(x.count + 1) / 2
    let a = midranks(x).map { $0 - middle }
    let b = midranks(y).map { $0 - middle }
    let spread = (a.map { $0 * $0 }.sum * b.map { $0 * $0 }.sum).squareRoot()
    return spread > 0 ? zip(a, b).map { $0 * $1 }.sum / spread : nil
}

/// Ranks from 1; values that are alike share the mean of theirs.
func midranks(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var ranks = [Double](repeating: 0, count: values.count)
    var start = 0
    while start < order.count {
        let end = order[start...].firstIndex { values[$0] != values[order[start]] } ?? order.count
        for i in order[start..<end] { ranks[i] = Double(start + end + 1) / 2 }
        start = end
    }
    return ranks
}

/// How many values are alike, for each value.
private func tieCounts(_ values: [Double]) -> [Double] {
    let sorted = values.sorted()
    var counts: [Double] = []
    for i in sorted.indices {
        if i > 0, sorted[i] == sorted[i - 1] {
            counts[counts.count - 1] += 1
        } else {
            counts.append(1)
        }
    }
    return counts
}
