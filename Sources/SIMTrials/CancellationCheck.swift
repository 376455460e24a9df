import Sweeps

/// Asks about cancellation once a millisecond of work or so: to ask costs little, but not nothing.
struct CancellationCheck {
    private let isCancelled: @Sendable () -> Bool
    private let rowsPerCheck: Int
    private var rows = 0

    init(_ configuration: SIMConfiguration, _ context: TrialContext) {
        isCancelled = context.isCancelled
        let widths = configuration.widths
        let multiplications = zip(widths, widths.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 }
        // Three products of two operations each, at about 50 of them a nanosecond.
        rowsPerCheck = max(1, 50_000_000 / (6 * multiplications))
    }

    /// To be called before work on `rows` rows.
    mutating func spend(rows count: Int) throws(CancellationError) {
        rows += count
        if rows >= rowsPerCheck {
            rows = 0
            try now()
        }
    }

    func now() throws(CancellationError) {
        if isCancelled() { throw CancellationError() }
    }
}
