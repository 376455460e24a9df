/// `eˣ` to within 1 unit in the last place or so, with the same bits on any machine: the C
/// library's may differ from host to host.
///
/// `x = k ln 2 + r`, and the Taylor polynomial of degree 13 in `r`, |r| ≤ ½ ln 2, where its
/// remainder is below 10⁻¹⁷.
public func exponential(_ x: Double) -> Double {
    guard x < 709.79 else { return x.isNaN ? x : .infinity }
    guard x > -745.2 else { return 0 }
    let k = (x * 1.442_695_040_888_963_4).rounded()
    // ln 2 in two parts; the first has so few digits that k times it is exact.
    let r = (x - k * 0x1.62e42feep-1) - k * 0x1.a39ef35793c76p-33
    var sum = 1.0
    for n in stride(from: 13.0, to: 0, by: -1) {
        sum = 1 + r / n * sum
    }
    return Double(sign: .plus, exponent: Int(k), significand: sum)
}
