extension [Double] {
    /// The value below which a share `q` of a sample lies, by linear interpolation between order
    /// statistics (type 7: what numpy, R and pandas do by default). The sample is this array, in
    /// ascending order and without NaN.
    ///
    /// An event that never came is infinite here. A quantile that leans on one at all is infinite
    /// too: half-way between a number and never there is nothing.
    ///
    /// - Parameter q: The share, 0 to 1.
    /// - Returns: nil where the sample is empty.
    /// - SeeAlso: Hyndman, Fan, "Sample Quantiles in Statistical Packages", 1996.
    public func sortedQuantile(_ q: Double) -> Double? {
        precondition((0...1).contains(q), "quantile \(q)")
        guard !isEmpty else { return nil }
        let position = q * Double(count - 1)
        let below = Int(position)
        let weight = position - Double(below)
        let low = self[below]
        guard weight > 0 else { return low }
        let high = self[below + 1]
        return high.isInfinite ? high : low + (high - low) * weight
    }
}
