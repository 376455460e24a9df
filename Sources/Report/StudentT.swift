/// Student's t distribution for a whole number of degrees of freedom, from the four operations and
/// square roots alone: the same bits on every host.
enum StudentT {
    /// The `t` that a value exceeds with probability 2.5 %, and falls below −t with as much: half
    /// the width of a 95 % interval, in standard errors.
    ///
    /// - Parameter degreesOfFreedom: At least 1.
    static func quantile975(degreesOfFreedom: Int) -> Double {
        var (low, high) = (1.9, 13.0)
        while true {
            let middle = low + (high - low) / 2
            guard low < middle, middle < high else { return high }
            if centralProbability(middle, degreesOfFreedom: degreesOfFreedom) < 0.95 {
                low = middle
            } else {
                high = middle
            }
        }
    }

    /// The probability of `−t...t`: a finite sum in the angle whose tangent is `t / √ν`.
    ///
    /// - SeeAlso: Abramowitz, Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4.
    static func centralProbability(_ t: Double, degreesOfFreedom: Int) -> Double {
        precondition(degreesOfFreedom >= 1, "\(degreesOfFreedom) degrees of freedom")
        let freedom = Double(degreesOfFreedom)
        let sine = t / (freedom + t * t).squareRoot()
        let squaredCosine = freedom / (freedom + t * t)
        let isOdd = degreesOfFreedom % 2 == 1
        var term = isOdd ? squaredCosine.squareRoot() : 1
        var total = 0.0
        for i in 0..<(degreesOfFreedom / 2) {
            total += term
            let k = Double(2 * i + 1)
            term *= squaredCosine * (isOdd ? (k + 1) / (k + 2) : k / (k + 1))
        }
        guard isOdd else { return sine * total }
        return 2 / Double.pi * (arctangent(t / freedom.squareRoot()) + sine * total)
    }

    /// Halves the angle four times, then sums Taylor's series: the angle is below 0.1 by then, so
    /// that twelve terms reach the last bit.
    private static func arctangent(_ x: Double) -> Double {
        var tangent = x
        for _ in 0..<4 {
            tangent /= 1 + (1 + tangent * tangent).squareRoot()
        }
        let square = tangent * tangent
        var series = 0.0
        for i in (0..<12).reversed() {
            series = 1 / Double(2 * i + 1) - square * series
        }
        return 16 * tangent * series
    }
}
