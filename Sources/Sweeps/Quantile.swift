/// The value below which a share `q` of a sample lies, by linear interpolation between order
/// statistics (type 7: what numpy, R and pandas do by default).
///
/// An event that never came is infinite here. A quantile that leans on one at all is infinite too:
/// half-way between a number and never there is nothing.
///
/// - Parameters:
///   - q: The share, 0 to 1.
///   - sorted: The sample in ascending order, without NaN.
/// - Returns: nil where the sample is empty.
/// - SeeAlso: Hyndman, Fan, "Sample Quantiles in Statistical Packages", 1996.
public func quantile(_ q: Double, ofSorted sorted: some RandomAccessCollection<Double>) -> Double? {
    precondition((0...1).contains(q), "quantile \(q)")
    guard !sorted.isEmpty else { return nil }
    let position = q * Double(sorted.count - 1)
    let below = Int(position)
    let weight = position - Double(below)
    let low = sorted[sorted.index(sorted.startIndex, offsetBy: below)]
    guard weight > 0 else { return low }
    let high = sorted[sorted.index(sorted.startIndex, offsetBy: below + 1)]
    if high.isInfinite { return low == high ? low : .infinity }
    return low + (high - low) * weight
}
