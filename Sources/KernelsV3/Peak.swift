import CVec

/// Multiplies and adds in `count` rounds of independent chains, as many as hide the latency of a
/// fused multiply-add: nothing on this CPU is faster.
///
/// - Parameter chains: 160 floats that the chains start from and end in.
/// - Returns: How many floating-point operations a round has.
@inline(never)
public func multiplyAddRounds(count: Int, chains: UnsafeMutablePointer<Float>) -> Int {
    if cvec_is_wide() {
        return rounds(count, chains, InlineArray<10, Vector>(repeating: Vector(repeating: 0)))
    }
    return rounds(count, chains, InlineArray<5, Vector>(repeating: Vector(repeating: 0)))
}

@inline(__always)
private func rounds<let height: Int>(
    _ count: Int, _ chains: UnsafeMutablePointer<Float>, _ zero: InlineArray<height, Vector>
) -> Int {
    var sums = zero
    for i in 0..<height { sums[i] = load(chains + i * lanes) }
    let (a, b) = (load(chains), load(chains + lanes))
    for _ in 0..<count {
        for i in 0..<height { sums[i] = cvec_fma(sums[i], a, b) }
    }
    for i in 0..<height { store(sums[i], at: chains + i * lanes) }
    return 2 * height * lanes
}
