public import Sweeps

/// What a sweep asks for its trials while they are leased; no result depends on it.
public struct LeaseTerms: Hashable, Sendable {
    /// Trials with a higher one are leased first.
    public var priority: Int
    /// How long an attempt may run.
    public var timeLimit: Duration?
    /// The bytes that a trial needs.
    public var memory: Int?
    /// When its state is kept.
    public var checkpoint: CheckpointRule

    public init(
        priority: Int = 0, timeLimit: Duration? = nil, memory: Int? = nil,
        checkpoint: CheckpointRule = .auto
    ) {
        self.priority = priority
        self.timeLimit = timeLimit
        self.memory = memory
        self.checkpoint = checkpoint
    }
}

extension Coordinator {
    /// - Precondition: `trial` is known.
    public func terms(of trial: TrialID) -> LeaseTerms { trials.rules(of: trial).terms }

    /// Gives trials their terms, and has those that wait be leased in the order given.
    mutating func arrange(_ ids: [TrialID], _ terms: LeaseTerms, in turn: inout Turn) {
        let known = ids.filter(trials.contains)
        queue.remove(Set(known))
        for id in known {
            trials.set(terms, of: id)
            switch trials[id].state {
            case .waiting:
                queue.append(id, trials.rules(of: id))
            case .running:
                if let lease = trials.lease(LeaseToken(trials[id].token)) {
                    deadlines[lease.token] = nil
                    limitTime(of: lease, in: &turn)
                }
            case .leased, .finished, .diverged, .failed, .cancelled:
                break
            }
        }
    }

    /// An attempt's time begins when the coordinator hears that it trains; one that goes on after
    /// the coordinator was away gets its whole time again.
    mutating func limitTime(of lease: Lease, in turn: inout Turn) {
        guard deadlines[lease.token] == nil,
            let limit = trials.rules(of: lease.trial).terms.timeLimit
        else { return }
        deadlines[lease.token] = turn.now + limit
    }

    /// Sets trials aside that have run too long, and has their workers stop.
    mutating func endOverdue(in turn: inout Turn) {
        for token in deadlines.filter({ $0.value <= turn.now }).keys.sorted() {
            guard let lease = trials.lease(token), trials.isCurrent(lease),
                let limit = trials.rules(of: lease.trial).terms.timeLimit
            else {
                preconditionFailure("\(token) has a deadline and is not open")
            }
            close(token, of: lease.worker)
            turn.cancellations[lease.worker, default: []].append(token)
            trials[lease.trial].state = .failed
            turn.record(.failed(lease, .timeLimit(limit)))
        }
    }

    /// How many bytes a worker may fill with further trials: workers of one host and one job share
    /// what they may use.
    func freeMemory(of hello: Hello) -> Int {
        guard queue.needsMemory, let memory = hello.memory else { return .max }
        let used = workers.values.reduce(0) { sum, other in
            guard other.hello.host == hello.host, other.hello.job == hello.job else { return sum }
            return other.open.reduce(sum) { sum, token in
                sum + (trials.lease(token).flatMap { trials.rules(of: $0.trial).terms.memory } ?? 0)
            }
        }
        return memory - used
    }
}
