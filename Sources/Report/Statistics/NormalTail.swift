internal import NumericCore

/// The probability that a standard normal variable exceeds `z`, from the four operations alone: the
/// same bits on every host.
///
/// Near 0 by a series of positive terms, from 3 on by Laplace's continued fraction.
///
/// - SeeAlso: Abramowitz, Stegun, "Handbook of Mathematical Functions", 26.2.11 and 26.2.14.
func normalTail(_ z: Double) -> Double {
    guard z >= 0 else { return z.isNaN ? z : 1 - normalTail(-z) }
    let density = exponential(-z * z / 2) / 2.506628274631000502
    guard z < 3 else {
        var fraction = z
        for k in stride(from: 200.0, to: 0, by: -1) {
            fraction = z + k / fraction
        }
        return density / fraction
    }
    var (term, sum) = (z, z)
    for k in stride(from: 3.0, through: 161, by: 2) {
        term *= z * z / k
        sum += term
    }
    return 0.5 - density * sum
}
