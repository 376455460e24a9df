/// So many of so many: what a claim about a share of seeds is judged by.
public struct Proportion: Hashable, Sendable {
    public let count: Int
    public let total: Int

    /// - Precondition: `0 ≤ count ≤ total`.
    public init(_ count: Int, of total: Int) {
        precondition(count >= 0 && count <= total, "\(count) of \(total)")
        self.count = count
        self.total = total
    }

    public var share: Double { Double(count) / Double(total) }

    /// Wilson's 95 % interval.
    ///
    /// - SeeAlso: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference",
    ///   1927.
    public var wilson95: (low: Double, high: Double) {
        let z = 1.959963984540054  // what a normal variable exceeds with probability 2.5 %
        let total = Double(total)
        let centre = share + z * z / (2 * total)
        let reach = z * (share * (1 - share) / total + z * z / (4 * total * total)).squareRoot()
        let scale = 1 + z * z / total
        return (max(0, (centre - reach) / scale), min(1, (centre + reach) / scale))
    }

    /// Fisher's exact test, two-sided, of whether two shares are those of one population: the
    /// probability, all margins given, of tables that are no more likely than this one.
    ///
    /// Tables are weighed by ratios, from the likeliest outwards. A ten-millionth of difference in
    /// likelihood counts as none, as in R and scipy.
    ///
    /// - SeeAlso: Fisher, "Statistical Methods for Research Workers", 1934, section 21.02.
    public func exactTest(against other: Proportion) -> Double {
        let ups = count + other.count
        let possible = max(0, ups - other.total)...min(total, ups)
        // The table one up from `k` over the table at `k`.
        func ratio(_ k: Int) -> Double {
            Double(total - k) * Double(ups - k)
                / (Double(k + 1) * Double(other.total - ups + k + 1))
        }
        let likeliest = possible.first { $0 == possible.upperBound || ratio($0) < 1 } ?? count
        var weights = [Double](repeating: 1, count: possible.count)
        let start = likeliest - possible.lowerBound
        for i in weights.indices.dropFirst(start + 1) {
            weights[i] = weights[i - 1] * ratio(possible.lowerBound + i - 1)
        }
        for i in (0..<start).reversed() {
            weights[i] = weights[i + 1] / ratio(possible.lowerBound + i)
        }
        let own = weights[count - possible.lowerBound]
        return min(1, weights.filter { $0 <= own * (1 + 1e-7) }.sum / weights.sum)
    }
}
