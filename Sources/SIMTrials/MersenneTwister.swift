/// The generator of the published matrix figures: MT19937 as Matsumoto and Nishimura seed it, and
/// 24 bits of each output as a fraction, which is how PyTorch draws 32-bit floats on a CPU.
///
/// - SeeAlso: Matsumoto and Nishimura, "Mersenne Twister", ACM TOMACS 8 (1998).
struct MersenneTwister {
    private static let size = 624
    private static let middle = 397
    private var state: [UInt32]
    private var index = Self.size

    init(seed: UInt32) {
        state = [seed]
        state.reserveCapacity(Self.size)
        for i in 1..<UInt32(Self.size) {
            let last = state[Int(i) - 1]
            state.append(1_812_433_253 &* (last ^ (last >> 30)) &+ i)
        }
    }

    /// The next number, uniform on [0, 1).
    mutating func uniform() -> Double {
        Double(next() & 0xff_ffff) * 0x1p-24
    }

    private mutating func next() -> UInt32 {
        if index == Self.size { refill() }
        var y = state[index]
        index += 1
        y ^= y >> 11
        y ^= (y << 7) & 0x9d2c_5680
        y ^= (y << 15) & 0xefc6_0000
        return y ^ (y >> 18)
    }

    private mutating func refill() {
        for i in 0..<Self.size {
            let y =
                (state[i] & 0x8000_0000) | (state[(i + 1) % Self.size] & 0x7fff_ffff)
            let twist: UInt32 = y & 1 == 0 ? 0 : 0x9908_b0df
            state[i] = state[(i + Self.middle) % Self.size] ^ (y >> 1) ^ twist
        }
        index = 0
    }
}
