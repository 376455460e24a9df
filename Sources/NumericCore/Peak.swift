extension Kernels {
    /// Does nothing but fused multiply-adds, in as many independent chains as the CPU can overlap.
    ///
    /// - Parameter rounds: How often; 10⁶ take some milliseconds.
    /// - Returns: How many floating-point operations that was.
    public func multiplyAndAdd(rounds: Int) -> Int {
        let arena = Arena(floatCount: 160)
        return rounds * multiplyAddRounds(rounds, arena.floats(160))
    }
}
