public import Sweeps

/// What a person wants of workers.
public enum WorkerWish: UInt8, Hashable, Sendable, CaseIterable {
    /// Take no new trial, and leave when what runs is done.
    case drain = 0
    /// Get no new leases until released, restarts of the worker and of the coordinator included.
    case quarantine = 1
    case release = 2
}

extension Coordinator {
    /// Workers that the wish does not concern are left as they are, so that it may be said twice.
    mutating func steer(_ wish: WorkerWish, _ ids: [WorkerID], in turn: inout Turn) {
        for id in ids {
            switch wish {
            case .drain:
                guard isPresent(id), let hello = workers[id]?.hello else { continue }
                draining[id] = hello.processID
                withdraw(from: id, in: &turn)
                turn.directives.append(.observe(WorkerStatus(hello: hello, state: .draining)))
                tell(id, .drain, in: &turn)
            case .quarantine:
                quarantined.insert(id)
                withdraw(from: id, in: &turn)
            case .release:
                quarantined.remove(id)
            }
        }
    }

    /// Whether a worker is there, or may still come back to what it holds.
    public func isPresent(_ id: WorkerID) -> Bool {
        switch workers[id]?.state {
        case .connected, .unknown, .draining: true
        case .lost, .left, nil: false
        }
    }

    /// Whether a worker is to have no leases but those of what it trains.
    func isWithdrawn(_ id: WorkerID) -> Bool {
        draining[id] != nil || quarantined.contains(id)
    }

    /// Takes back what a worker has not begun to train, as far as is known; should it have begun
    /// meanwhile, it stops, and should it have ended, its result is taken.
    private mutating func withdraw(from id: WorkerID, in turn: inout Turn) {
        // The first one is put back last, and so is leased first.
        for token in (workers[id]?.open ?? []).sorted().reversed() {
            guard let lease = trials.lease(token), trials.isCurrent(lease),
                trials[lease.trial].state == .leased
            else { continue }
            giveBack(lease, in: &turn)
            turn.cancellations[id, default: []].append(token)
        }
    }

    /// DRAIN may be lost: a worker that would still take trials is told again. One that was started
    /// anew is another process, which nobody drained.
    mutating func repeatDrain(to id: WorkerID, credit: Int, in turn: inout Turn) {
        if draining[id] != nil, credit > 0 { tell(id, .drain, in: &turn) }
    }
}
