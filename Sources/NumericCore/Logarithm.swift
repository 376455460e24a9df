/// `ln x` to within 1 unit in the last place or so, with the same bits on any machine: the C
/// library's may differ from host to host.
///
/// `x = 2ᵏ·m` with m in [√½, √2), and ln m by the series of 2·artanh((m − 1)/(m + 1)), whose terms
/// fall below 10⁻¹⁷ after the 23rd power.
///
/// - Returns: −∞ at 0, NaN below.
public func naturalLogarithm(_ x: Double) -> Double {
    guard x > 0, x < .infinity else { return x == 0 ? -.infinity : x < 0 ? .nan : x }
    var (k, m) = (Double(x.exponent), x.significand)
    if m > 1.414_213_562_373_095_1 { (k, m) = (k + 1, m / 2) }
    let ratio = (m - 1) / (m + 1)
    let square = ratio * ratio
    var sum = 0.0
    for power in stride(from: 23.0, through: 3, by: -2) {
        sum = (sum + 1 / power) * square
    }
    // ln 2 in two parts, as in `exponential`.
    return k * 0x1.62e42feep-1 + (2 * ratio + (2 * ratio * sum + k * 0x1.a39ef35793c76p-33))
}
