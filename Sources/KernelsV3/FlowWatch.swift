import CVec

/// What is known of the losses of eight flows so far, a lane each.
///
/// It stays in registers over many steps: `init` reads it from `FlowLanes.watch`, `store` writes it
/// there.
struct FlowWatch {
    private var loss: Eight
    private var lowest: Eight
    private var largestRise: Eight
    private var lowestBefore: Eight
    private var finiteCount: Eight
    private var highest: Eight
    /// −1 while the loss rises, else 1.
    private var side: Eight
    /// The highest loss since it rises or the lowest since it falls, times `side`: that makes one
    /// case of both.
    private var extreme: Eight
    private var riseCount: Eight

    /// Before the first loss.
    @inline(__always)
    init() {
        let zero = Eight(repeating: 0)
        let infinity = Eight(repeating: .infinity)
        (loss, lowest, largestRise, lowestBefore) = (zero, infinity, zero, zero)
        (finiteCount, highest, extreme, riseCount) = (zero, zero, infinity, zero)
        side = Eight(repeating: 1)
    }

    @inline(__always)
    init(_ watch: UnsafeMutablePointer<Double>) {
        loss = get(watch, 0)
        lowest = get(watch, 1)
        largestRise = get(watch, 2)
        lowestBefore = get(watch, 3)
        finiteCount = get(watch, 4)
        highest = get(watch, 5)
        side = 1 - 2 * get(watch, 6)
        extreme = get(watch, 7) * side
        riseCount = get(watch, 8)
    }

    @inline(__always)
    func store(to watch: UnsafeMutablePointer<Double>) {
        set(watch, 0, loss)
        set(watch, 1, lowest)
        set(watch, 2, largestRise)
        set(watch, 3, lowestBefore)
        set(watch, 4, finiteCount)
        set(watch, 5, highest)
        set(watch, 6, (1 - side) * 0.5)
        set(watch, 7, extreme * side)
        set(watch, 8, riseCount)
    }

    /// Takes notice of the next loss.
    @inline(__always)
    mutating func note(_ loss: Eight) {
        self.loss = loss
        lowest.replace(with: loss, where: loss .< lowest)
        let rise = loss - lowest
        lowestBefore.replace(with: lowest, where: rise .> largestRise)
        largestRise.replace(with: rise, where: rise .> largestRise)
        // Infinity minus itself is not a number, and neither equals 0.
        finiteCount.replace(
            with: finiteCount + 1, where: (loss - loss) .== Eight(repeating: 0))
        highest.replace(with: loss, where: loss .> highest)
        noteTurn(loss)
    }

    /// Counts where the loss begins to rise; what rises or falls by less than 10⁻⁴ of the highest loss
    /// so far does not count.
    @inline(__always)
    private mutating func noteTurn(_ loss: Eight) {
        let level = loss * side
        let isTurn = level .> extreme + highest * 1e-4
        extreme.replace(with: level, where: level .< extreme)
        extreme.replace(with: level * -1, where: isTurn)
        riseCount.replace(with: riseCount + 1, where: isTurn .& (side .> Eight(repeating: 0)))
        side.replace(with: side * -1, where: isTurn)
    }
}
