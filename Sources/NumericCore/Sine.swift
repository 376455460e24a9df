/// The sine and the cosine of `x` to within 2 · 10⁻¹⁶ or so, for |x| up to 10⁵, with the same bits on
/// any machine: the C library's may differ from host to host.
///
/// `x = k π/2 + r`, and the Taylor polynomials of degree 16 and 17 in `r`, |r| ≤ π/4.
public func sineAndCosine(_ x: Double) -> (sine: Double, cosine: Double) {
    guard abs(x) <= 1e5 else { return (.nan, .nan) }
    let k = (x * 0.636_619_772_367_581_3).rounded()
    // π/2 in three parts; the first two have so few digits that k times them is exact.
    let r =
        ((x - k * 0x1.921fb544p+0) - k * 0x1.0b4611a6p-34) - k * 0x1.3198a2e037073p-69
    let square = r * r
    var (sine, cosine) = (1.0, 1.0)
    for n in stride(from: 16.0, to: 0, by: -2) {
        sine = 1 - square / (n * (n + 1)) * sine
        cosine = 1 - square / (n * (n - 1)) * cosine
    }
    sine *= r
    switch Int(k) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
}
