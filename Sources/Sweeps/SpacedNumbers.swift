// Numbers at regular distances. They are computed in Double and rounded to 12 significant digits,
// the ends as given. Only additions, multiplications and divisions take part, no function of a
// library, so the bits are the same on every machine.

/// `count` numbers with a constant difference from `start` to `stop`, both among them.
///
/// - Precondition: `start` and `stop` are finite, `count` is at least 2.
func linspace(start: Double, stop: Double, count: Int) -> [Double] {
    precondition(count > 1, "linspace of \(count)")
    let last = Double(count - 1)
    let inner = (1..<(count - 1)).map { index in
        // Each end counts by its share; a difference of the two could be too large for a Double.
        let share = Double(index) / last
        return roundedSum(start * (1 - share), stop * share)
    }
    return [start] + inner + [stop]
}

/// A sum rounded to 12 digits; zero where all that is left of it is the terms' own rounding.
private func roundedSum(_ a: Double, _ b: Double) -> Double {
    abs(a + b) < max(abs(a), abs(b)) * 1e-15 ? 0 : roundedTo12Digits(a + b)
}

/// `base` to the powers of a linspace from `start` to `stop`.
///
/// - Precondition: `base` is over 0; `count` is at least 2.
/// - Returns: nil where one of them is too large or too small for a `Double`.
func logspace(start: Double, stop: Double, count: Int, base: Double) -> [Double]? {
    let numbers = linspace(start: start, stop: stop, count: count).map { exponent in
        roundedTo12Digits(power(base, exponent))
    }
    return numbers.allSatisfy { $0.isFinite && $0 > 0 } ? numbers : nil
}

/// `start`, `start + step` and so on, as long as `stop` is not reached: `stop` itself is not among
/// them, as in Python's `range`.
///
/// - Returns: nil where there are more than `limit`.
func range(start: Double, stop: Double, step: Double, limit: Int) -> [Double]? {
    var numbers: [Double] = []
    while true {
        let index = Double(numbers.count)
        let number = index == 0 ? start : roundedSum(start, index * step)
        guard step > 0 ? number < stop : number > stop else { return numbers }
        guard numbers.count < limit else { return nil }
        numbers.append(number)
    }
}

/// Numbers with a constant ratio from `start` to `stop`.
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

/// `start · (stop / start)^share`.
///
/// - Precondition: `start` and `stop` are over 0 and finite, `share` is in 0...1.
func interpolated(from start: Double, to stop: Double, share: Double) -> Double {
    let exponent = Double(Int(stop.exponent) - Int(start.exponent))
    let fraction = logarithm(stop.significand) - logarithm(start.significand)
    return scaled(start, by: share * (exponent + fraction))
}

/// `base^exponent`.
private func power(_ base: Double, _ exponent: Double) -> Double {
    if base == 10, exponent == exponent.rounded(.towardZero), abs(exponent) < 400 {
        return Double("1e\(Int(exponent))") ?? .infinity
    }
    return scaled(1, by: exponent * (Double(base.exponent) + logarithm(base.significand)))
}

/// `number · 2^exponent`.
private func scaled(_ number: Double, by exponent: Double) -> Double {
    guard abs(exponent) < 5000 else { return exponent > 0 ? .infinity : 0 }
    let whole = exponent.rounded(.down)
    return Double(
        sign: .plus, exponent: Int(whole),
        significand: number * exponential((exponent - whole) * logarithmOf2))
}

/// `number` rounded to 12 significant decimal digits, a half away from zero.
///
/// - Precondition: `number` is finite.
func roundedTo12Digits(_ number: Double) -> Double {
    guard number.isFinite else { return number }
    if number < 0 { return -roundedTo12Digits(-number) }
    let text = number.description
    let mantissa = text.prefix { $0 != "e" }
    let exponent = Int(text.dropFirst(mantissa.count + 1)) ?? 0
    let fraction = mantissa.drop { $0 != "." }.dropFirst()
    let digits = mantissa.compactMap(\.wholeNumberValue)
    let leadingZeros = digits.prefix { $0 == 0 }.count
    let kept = digits.dropFirst(leadingZeros)
    guard kept.count > 12 else { return number == 0 ? 0 : number }
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
