/// Numbers with a constant ratio from `start` to `stop`.
///
/// They are computed in Double and rounded to 12 significant digits, the ends as given. Only
/// additions, multiplications and divisions take part, so the bits are the same on every machine.
///
/// - Precondition: `start` and `stop` are over 0 and finite, `count` is at least 2.
func geomspace(start: Double, stop: Double, count: Int) -> [Double] {
    precondition(start > 0 && stop > 0 && count > 1, "geomspace \(start), \(stop), \(count)")
    // stop / start = 2^(exponent + fraction); the whole part is kept apart, so that it is exact.
    let exponent = Int(stop.exponent) - Int(start.exponent)
    let fraction = logarithm(stop.significand) - logarithm(start.significand)
    let last = count - 1
    let inner = (1..<last).map { index in
        let (whole, rest) = (index * exponent).quotientAndRemainder(dividingBy: last)
        let power = Double(rest) / Double(last) + Double(index) / Double(last) * fraction
        let number = Double(
            sign: .plus, exponent: Int(start.exponent) + whole,
            significand: start.significand * exponential(power * logarithmOf2))
        return roundedTo12Digits(number)
    }
    return [start] + inner + [stop]
}

/// `number` rounded to 12 significant decimal digits, a half away from zero.
///
/// - Precondition: `number` is finite and not negative.
func roundedTo12Digits(_ number: Double) -> Double {
    let text = number.description
    let mantissa = text.prefix { $0 != "e" }
    let exponent = Int(text.dropFirst(mantissa.count + 1)) ?? 0
    let fraction = mantissa.drop { $0 != "." }.dropFirst()
    let digits = mantissa.compactMap(\.wholeNumberValue)
    let leadingZeros = digits.prefix { $0 == 0 }.count
    let kept = digits.dropFirst(leadingZeros)
    guard kept.count > 12 else { return number }
    var whole = kept.prefix(12).reduce(0) { $0 * 10 + $1 }
    if kept.dropFirst(12).first ?? 0 >= 5 { whole += 1 }
    let power = exponent - fraction.count + kept.count - 12
    return Double("\(whole)e\(power)") ?? number
}

private let logarithmOf2 = 0.693147180559945309417232121458

/// log₂ x for x in [1, 2), by the series of 2·artanh((x − 1)/(x + 1)).
private func logarithm(_ x: Double) -> Double {
    let ratio = (x - 1) / (x + 1)
    let square = ratio * ratio
    var sum = 0.0
    for power in stride(from: 41, through: 1, by: -2) {
        sum = sum * square + 1 / Double(power)
    }
    return 2 * ratio * sum / logarithmOf2
}

/// eˣ for |x| under 2, by its series.
private func exponential(_ x: Double) -> Double {
    var sum = 1.0
    for power in stride(from: 30, through: 1, by: -1) {
        sum = 1 + sum * x / Double(power)
    }
    return sum
}
