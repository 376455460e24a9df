import Sweeps

/// Trials in the order of their numbers, as runs of neighbours with small gaps, each of which one
/// query can read: a turn's trials are mostly such.
struct TrialRuns: Sequence, IteratorProtocol {
    /// With fewer rows between two trials than this it costs less to pass over them than to ask anew.
    private static let gapLimit: UInt32 = 8

    private let trials: [TrialID]
    private var start = 0

    /// - Parameter trials: In the order of their numbers; one may come twice.
    init(_ trials: [TrialID]) {
        self.trials = trials
    }

    /// The next run, as places in what was given.
    mutating func next() -> Range<Int>? {
        guard start < trials.count else { return nil }
        var end = start + 1
        while end < trials.count,
            trials[end].rawValue - trials[end - 1].rawValue < Self.gapLimit
        {
            end += 1
        }
        defer { start = end }
        return start..<end
    }
}

extension TrialID {
    /// Whether it is the trial of this number, as SQLite has it.
    func isAt(_ number: Int64) -> Bool { Int64(rawValue) == number }
}
