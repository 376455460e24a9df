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

    mutating func remove(_ trials: Set<TrialID>) {
        returned.removeAll(where: trials.contains)
        waiting.removeFirst(taken)
        taken = 0
        waiting.removeAll(where: trials.contains)
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

/// Trials that wait, by what a worker has to have for them and by their priority.
struct TrialQueues: Sendable {
    /// What the trials of one queue have in common.
    struct Lane: Hashable, Sendable {
        let kind: KindVersion
        let priority: Int
        /// The bytes that each needs.
        let memory: Int?

        init(_ rules: TrialRules) {
            kind = rules.kind
            priority = rules.terms.priority
            memory = rules.terms.memory
        }
    }

    /// Few: one for each kind, priority and need.
    private var lanes: [(lane: Lane, queue: TrialQueue)] = []

    var isEmpty: Bool { lanes.allSatisfy(\.queue.isEmpty) }
    var count: Int { lanes.reduce(0) { $0 + $1.queue.count } }

    /// What something waits for.
    var kinds: [KindVersion] {
        var kinds: [KindVersion] = []
        for (lane, queue) in lanes where !queue.isEmpty && !kinds.contains(lane.kind) {
            kinds.append(lane.kind)
        }
        return kinds
    }

    /// What memory trials need that wait, of those that say so.
    var memoryNeeds: [Int] { lanes.filter { !$0.queue.isEmpty }.compactMap(\.lane.memory) }

    /// Whether a trial that waits says what memory it needs.
    var needsMemory: Bool { lanes.contains { $0.lane.memory != nil && !$0.queue.isEmpty } }

    mutating func append(_ trial: TrialID, _ rules: TrialRules) {
        lanes[place(of: rules)].queue.append(trial)
    }

    mutating func putBack(_ trial: TrialID, _ rules: TrialRules) {
        lanes[place(of: rules)].queue.putBack(trial)
    }

    mutating func remove(_ trials: Set<TrialID>) {
        for place in lanes.indices { lanes[place].queue.remove(trials) }
    }

    private mutating func place(of rules: TrialRules) -> Int {
        let lane = Lane(rules)
        if let place = lanes.firstIndex(where: { $0.lane == lane }) { return place }
        lanes.append((lane, TrialQueue()))
        return lanes.count - 1
    }

    /// The next trial that a worker can take, of those of the highest priority: one that was handed
    /// back, else the one that the store has had longest.
    mutating func next(where isFit: (Lane) -> Bool) -> TrialID? {
        var best: (place: Int, priority: Int, isReturned: Bool, trial: TrialID)?
        for place in lanes.indices {
            let lane = lanes[place].lane
            guard let trial = lanes[place].queue.first, isFit(lane) else { continue }
            let isReturned = lanes[place].queue.hasReturned
            if let best,
                (-best.priority, best.isReturned ? 0 : 1, best.trial)
                    < (-lane.priority, isReturned ? 0 : 1, trial)
            {
                continue
            }
            best = (place, lane.priority, isReturned, trial)
        }
        return best.flatMap { lanes[$0.place].queue.next() }
    }
}
