import NumericCore

/// How fast the way of an output slows down towards its end: the rate at which the logarithm of its
/// speed falls, by a straight line fitted to the later half of the run.
///
/// Speeds are those between the ends of epochs where these are logged, so that the way through the
/// batches of an epoch does not show. Moves under 10⁻⁵ of x̂, which rounding makes as well, do not
/// count, so that the run ends where the output stands still.
///
/// - SeeAlso: arXiv:2410.08309, section 3.2.
struct TerminalRate {
    private static let floor = 1e-5

    /// - Parameters:
    ///   - steps: Where the output was read, in increasing order.
    ///   - outputs: A list a concept, a value a step.
    ///   - signal: x̂, a value a concept.
    /// - Returns: The rate a step; nil of fewer than three speeds.
    static func rate(steps: [Int], outputs: [[Double]], signal: [Double]) -> Double? {
        let length = signal.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var times: [Double] = []
        var logarithms: [Double] = []
        for i in steps.indices.dropFirst() {
            let move = outputs.reduce(0) { $0 + ($1[i] - $1[i - 1]) * ($1[i] - $1[i - 1]) }
                .squareRoot()
            guard move >= floor * length else { continue }
            times.append(Double(steps[i] + steps[i - 1]) / 2)
            logarithms.append(naturalLogarithm(move / Double(steps[i] - steps[i - 1])))
        }
        guard let last = times.last else { return nil }
        let later = times.firstIndex { $0 >= last / 2 } ?? 0
        return slope(Array(times[later...]), Array(logarithms[later...])).map { -$0 }
    }

    private static func slope(_ x: [Double], _ y: [Double]) -> Double? {
        guard x.count >= 3 else { return nil }
        let count = Double(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        var (products, squares) = (0.0, 0.0)
        for i in x.indices {
            products += (x[i] - meanX) * (y[i] - meanY)
            squares += (x[i] - meanX) * (x[i] - meanX)
        }
        return products / squares
    }
}
