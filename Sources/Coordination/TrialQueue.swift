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

    /// The next one, which stays.
    var first: TrialID? { returned.last ?? (taken < waiting.count ? waiting[taken] : nil) }
    var hasReturned: Bool { !returned.isEmpty }

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

/// Trials that wait, by the kind that a worker has to have for them.
struct TrialQueues: Sendable {
    private struct Lane: Sendable {
        let kind: KindVersion
        var queue = TrialQueue()
    }

    /// As many as there are kinds.
    private var lanes: [Lane] = []

    var isEmpty: Bool { lanes.allSatisfy(\.queue.isEmpty) }
    var count: Int { lanes.reduce(0) { $0 + $1.queue.count } }

    /// What something waits for.
    var kinds: [KindVersion] { lanes.filter { !$0.queue.isEmpty }.map(\.kind) }

    mutating func append(_ trial: TrialID, _ kind: KindVersion) {
        lanes[lane(of: kind)].queue.append(trial)
    }

    mutating func putBack(_ trial: TrialID, _ kind: KindVersion) {
        lanes[lane(of: kind)].queue.putBack(trial)
    }

    private mutating func lane(of kind: KindVersion) -> Int {
        if let lane = lanes.firstIndex(where: { $0.kind == kind }) { return lane }
        lanes.append(Lane(kind: kind))
        return lanes.count - 1
    }

    /// The next trial of these kinds: one that was handed back, else the one that the store has had
    /// longest.
    mutating func next(where canTrain: (KindVersion) -> Bool) -> TrialID? {
        var best: (lane: Int, isReturned: Bool, trial: TrialID)?
        for lane in lanes.indices {
            guard let trial = lanes[lane].queue.first, canTrain(lanes[lane].kind) else { continue }
            let isReturned = lanes[lane].queue.hasReturned
            if let best, (best.isReturned ? 0 : 1, best.trial) < (isReturned ? 0 : 1, trial) {
                continue
            }
            best = (lane, isReturned, trial)
        }
        return best.flatMap { lanes[$0.lane].queue.next() }
    }
}
