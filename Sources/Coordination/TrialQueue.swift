import Sweeps

/// Trials that wait, oldest first; those handed back come before all others.
struct TrialQueue: Sendable {
    private var waiting: [TrialID] = []
    /// How many of `waiting` are gone already.
    private var taken = 0
    /// Handed back, the next one last.
    private var returned: [TrialID] = []

    var isEmpty: Bool { count == 0 }
    var count: Int { returned.count + waiting.count - taken }

    mutating func append(_ trial: TrialID) {
        waiting.append(trial)
    }

    mutating func putBack(_ trial: TrialID) {
        returned.append(trial)
    }

    mutating func next() -> TrialID? {
        if let trial = returned.popLast() { return trial }
        guard taken < waiting.count else { return nil }
        defer {
            taken += 1
            if taken == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                taken = 0
            }
        }
        return waiting[taken]
    }
}
