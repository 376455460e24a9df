import Coordination
import Sweeps

/// What a coordinator's crash leaves: all that was committed, and the checks that every commit must
/// pass.
struct SimulatedStore {
    private(set) var trials: [KnownTrial]
    private(set) var leases: [Lease] = []
    private(set) var results: [TrialID: TrialResult] = [:]
    private(set) var duplicates = 0
    /// A result that comes while its trial is called off is not taken, and one that was withdrawn
    /// stands no more: who has it may forget it.
    private(set) var calledOff: Set<TrialID> = []
    private(set) var violations: [String] = []

    init(trials count: Int, lossLimit: Int, kind: (TrialID) -> KindVersion) {
        trials = (1...UInt32(count)).map {
            KnownTrial(
                id: TrialID($0),
                rules: TrialRules(
                    kind: kind(TrialID($0)), hostLossLimit: lossLimit, crashLimit: lossLimit))
        }
    }

    func state(of trial: TrialID) -> TrialState { trials[Int(trial.rawValue) - 1].state }

    mutating func commit(_ events: [TrialEvent]) {
        for event in events {
            commit(event)
        }
    }

    private mutating func commit(_ event: TrialEvent) {
        switch event {
        case .leased(let lease):
            require(lease.token.rawValue == leases.count + 1, "token out of order", lease)
            let earlier = leases.filter { $0.trial == lease.trial }.map(\.attempt).max() ?? 0
            require(lease.attempt == earlier + 1, "attempt out of order", lease)
            require(state(of: lease.trial) == .waiting, "leased what did not wait", lease)
            leases.append(lease)
            set(lease.trial, .leased, lease: lease.token)
        case .started(let lease):
            require(state(of: lease.trial) == .leased, "started what was not leased", lease)
            set(lease.trial, .running, lease: lease.token)
        case .returned(let lease):
            require(!state(of: lease.trial).isOver, "took back what was over", lease)
            set(lease.trial, .waiting, lease: nil)
        case .lost(let lease):
            require(!state(of: lease.trial).isOver, "lost what was over", lease)
            set(lease.trial, .waiting, lease: nil, losses: 1)
        case .crashed(let lease):
            require(!state(of: lease.trial).isOver, "crashed what was over", lease)
            set(lease.trial, .waiting, lease: nil, crashes: 1)
        case .resumed(let lease, let isRunning):
            require(state(of: lease.trial) == .waiting, "resumed what did not wait", lease)
            set(lease.trial, isRunning ? .running : .leased, lease: lease.token)
        case .checkpointed(let lease, _):
            require(state(of: lease.trial) == .running, "a state of what does not run", lease)
            require(
                trials[Int(lease.trial.rawValue) - 1].lease == lease.token, "another's state", lease
            )
        case .finished(let lease, let result):
            require(leases.contains(lease), "a result without a lease that was issued", lease)
            require(results[lease.trial] == nil, "a second result", lease)
            require(!state(of: lease.trial).isOver, "a result of what was over", lease)
            results[lease.trial] = result
            let state: TrialState = result.outcome == .finished ? .finished : .diverged
            set(lease.trial, state, lease: lease.token)
        case .duplicate(let lease, let digest):
            require(results[lease.trial]?.digest == digest, "a digest differs", lease)
            duplicates += 1
        case .cancelled(let trial, let lease):
            if let lease {
                require(trials[Int(trial.rawValue) - 1].lease == lease.token, "not its", lease)
            } else if state(of: trial) != .waiting {
                violations.append("called off without its lease: \(trial)")
            }
            set(trial, .cancelled, lease: nil)
            calledOff.insert(trial)
        case .reopened(let trial):
            if ![.failed, .cancelled].contains(state(of: trial)) {
                violations.append("reopened what was neither failed nor called off: \(trial)")
            }
            set(trial, .waiting, lease: nil)
        case .withdrawn(let trial):
            if state(of: trial) != .diverged {
                violations.append("withdrawn what had not diverged: \(trial)")
            }
            results[trial] = nil
            set(trial, .waiting, lease: nil)
            calledOff.insert(trial)
        case .failed(let lease, _):
            require(!state(of: lease.trial).isOver, "failed what was over", lease)
            set(lease.trial, .failed, lease: nil)
        }
    }

    private mutating func set(
        _ id: TrialID, _ state: TrialState, lease: LeaseToken?, losses: Int = 0, crashes: Int = 0
    ) {
        let old = trials[Int(id.rawValue) - 1]
        trials[Int(id.rawValue) - 1] = KnownTrial(
            id: id, state: state, hostLosses: old.hostLosses + losses,
            crashes: old.crashes + crashes, rules: old.rules, lease: lease)
    }

    private mutating func require(_ holds: Bool, _ what: String, _ lease: Lease) {
        if !holds { violations.append("\(what): \(lease)") }
    }
}
