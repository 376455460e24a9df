import Sweeps

/// What a person can want of trials, whatever they are doing.
public enum Steering: Hashable, Sendable {
    /// No new leases; what is leased goes on.
    case hold
    /// Leases again.
    case release
    /// Call off what waits; what is leased goes on.
    case stop
    /// Call off everything that is not over.
    case cancel
    /// Have what failed or was called off wait again.
    case reopen
    /// Have what diverged be trained again, as if it had no result.
    case withdraw
}

extension Coordinator {
    /// Trials that the wish does not concern are left as they are, so that it may be said twice.
    mutating func steer(_ steering: Steering, _ ids: [TrialID], in turn: inout Turn) {
        for id in ids where trials.contains(id) {
            switch (steering, trials[id].state) {
            case (.hold, _):
                trials[id].isHeld = true
            case (.release, _):
                // It may stand in the queue already: who finds it there twice takes it once.
                if trials[id].isHeld, trials[id].state == .waiting { enqueue(id) }
                trials[id].isHeld = false
            case (.stop, .waiting), (.cancel, .waiting):
                trials[id].state = .cancelled
                turn.record(.cancelled(id, nil))
            case (.cancel, .leased), (.cancel, .running):
                callOff(id, in: &turn)
            case (.reopen, .failed), (.reopen, .cancelled):
                trials[id].state = .waiting
                trials[id].hostLosses = 0
                trials[id].crashes = 0
                turn.record(.reopened(id))
                enqueue(id)
            case (.withdraw, .diverged):
                trials[id].state = .waiting
                turn.record(.withdrawn(id))
                enqueue(id)
            default:
                break
            }
        }
    }

    private mutating func enqueue(_ id: TrialID) {
        queue.append(id, trials.rules(of: id))
    }

    private mutating func callOff(_ id: TrialID, in turn: inout Turn) {
        guard let lease = trials.lease(LeaseToken(trials[id].token)) else {
            preconditionFailure("\(id) is \(trials[id].state) without a lease")
        }
        close(lease.token, of: lease.worker)
        turn.cancellations[lease.worker, default: []].append(lease.token)
        trials[id].state = .cancelled
        turn.record(.cancelled(id, lease))
    }
}
