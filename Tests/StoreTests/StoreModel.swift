import Sweeps

@testable import Store

/// What a store should hold, kept in plain arrays: the reference of `ModelTests`.
struct StoreModel {
    struct ModelTrial: Equatable {
        var state = TrialState.waiting
        var attempts = 0
        var hostLosses = 0
        var crashes = 0
        var lease: LeaseToken?
        var result: TrialResult?
        var failure: TrialFailure?
        var checkpoint: Checkpoint?
    }

    struct ModelLease: Equatable {
        let lease: Lease
        var ending: LeaseEnding?
    }

    var trials: [ModelTrial]
    var leases: [ModelLease] = []
    /// The lease of each duplicate, and whether its digest differed once.
    var duplicates: [LeaseToken: Bool] = [:]
    private var lateDigests: [LeaseToken: Digest256] = [:]
    /// The trials and digests of the leases whose results were withdrawn.
    var withdrawn: [LeaseToken: (trial: Int, digest: Digest256)] = [:]

    init(trialCount: Int) {
        trials = Array(repeating: ModelTrial(), count: trialCount)
    }

    mutating func take(_ event: TrialEvent) {
        apply(event)
        for i in trials.indices where trials[i].state.isOver { trials[i].checkpoint = nil }
    }

    private mutating func apply(_ event: TrialEvent) {
        switch event {
        case .checkpointed(let lease, let checkpoint):
            trials[lease.index].checkpoint = checkpoint
        case .leased(let lease):
            leases.append(ModelLease(lease: lease))
            trials[lease.index].state = .leased
            trials[lease.index].attempts = lease.attempt
            trials[lease.index].lease = lease.token
        case .started(let lease):
            trials[lease.index].state = .running
        case .returned(let lease):
            end(lease, .returned, .waiting)
            trials[lease.index].lease = nil
        case .lost(let lease):
            end(lease, .lost, .waiting)
            trials[lease.index].lease = nil
            trials[lease.index].hostLosses += 1
        case .crashed(let lease):
            end(lease, .crashed, .waiting)
            trials[lease.index].lease = nil
            trials[lease.index].crashes += 1
        case .resumed(let lease, let isRunning):
            end(lease, nil, isRunning ? .running : .leased)
        case .finished(let lease, let result):
            for i in leases.indices where leases[i].lease.trial == lease.trial {
                if leases[i].ending == nil { leases[i].ending = .superseded }
            }
            end(lease, .finished, result.outcome == .finished ? .finished : .diverged)
            trials[lease.index].result = result
        case .duplicate(let lease, let digest):
            leases[Int(lease.token.rawValue) - 1].ending = .duplicate
            let differs = trials[lease.index].result?.digest != digest
            // Of several that came the last one that differs is kept.
            if duplicates[lease.token] == nil || differs { lateDigests[lease.token] = digest }
            duplicates[lease.token] = duplicates[lease.token] == true || differs
        case .cancelled(let trial, let lease):
            if let lease { leases[Int(lease.token.rawValue) - 1].ending = .cancelled }
            trials[Int(trial.rawValue) - 1].state = .cancelled
            trials[Int(trial.rawValue) - 1].lease = nil
        case .reopened(let trial):
            let index = Int(trial.rawValue) - 1
            trials[index].state = .waiting
            trials[index].lease = nil
            trials[index].hostLosses = 0
            trials[index].crashes = 0
            trials[index].failure = nil
        case .withdrawn(let trial):
            withdraw(Int(trial.rawValue) - 1)
        case .failed(let lease, let failure):
            let ending: LeaseEnding =
                switch failure {
                case .error, .timeLimit: .failed
                case .hostLost: .lost
                case .crash: .crashed
                }
            end(lease, ending, .failed)
            trials[lease.index].failure = failure
        }
    }

    private mutating func withdraw(_ index: Int) {
        guard let result = trials[index].result, let lease = trials[index].lease else { return }
        let late = leases.map(\.lease).filter { $0.index == index && duplicates[$0.token] != nil }
        for lease in late {
            if withdrawn[lease.token] == nil {
                withdrawn[lease.token] = (index, lateDigests[lease.token] ?? result.digest)
            }
            duplicates[lease.token] = nil
        }
        if withdrawn[lease] == nil { withdrawn[lease] = (index, result.digest) }
        leases[Int(lease.rawValue) - 1].ending = .withdrawn
        trials[index].state = .waiting
        trials[index].lease = nil
        trials[index].result = nil
    }

    /// All that count as duplicates, and whether their digests differ.
    var allDuplicates: [LeaseToken: Bool] {
        withdrawn.reduce(into: duplicates) { all, old in
            let trial = trials[old.value.trial]
            guard let result = trial.result, trial.lease != old.key else { return }
            let differs = old.value.digest != result.digest
            all[old.key] = all[old.key] == true || differs
        }
    }

    private mutating func end(_ lease: Lease, _ ending: LeaseEnding?, _ state: TrialState) {
        leases[Int(lease.token.rawValue) - 1].ending = ending
        trials[lease.index].state = state
        trials[lease.index].lease = lease.token
    }

    /// A legal event, such as a coordinator's core may record next; nil if none was found, as when
    /// all trials are over.
    func anyEvent(using random: inout SplitMix64) -> TrialEvent? {
        for _ in 0..<100 {
            let index = Int.random(in: trials.indices, using: &random)
            if let event = event(of: index, using: &random) { return event }
        }
        return nil
    }

    /// What a coordinator's core records where there are plenty of trials: those that wait are leased
    /// in their order, or those that are leased end in that of their leases.
    func rowOfEvents(using random: inout SplitMix64) -> [TrialEvent] {
        if Bool.random(using: &random) {
            let worker = "w\(Int.random(in: 1...3, using: &random))"
            let waiting = trials.indices.filter { trials[$0].state == .waiting }
            return waiting.enumerated().map { place, index in
                .leased(
                    StoreTests.lease(
                        UInt32(leases.count + place) + 1, trial: UInt32(index) + 1,
                        attempt: trials[index].attempts + 1, worker: worker))
            }
        }
        let current = leases.filter { item in
            trials[item.lease.index].lease == item.lease.token
                && [.leased, .running].contains(trials[item.lease.index].state)
        }
        return current.map { item in
            let seed = UInt32.random(in: 0..<1000, using: &random)
            return .finished(
                item.lease, result(seed, outcome: seed < 100 ? .diverged(step: 3) : .finished))
        }
    }

    private func event(of index: Int, using random: inout SplitMix64) -> TrialEvent? {
        let trial = trials[index]
        let id = TrialID(UInt32(index) + 1)
        let issued = leases.filter { $0.lease.trial == id }
        let old = issued.randomElement(using: &random)
        let current = issued.first { $0.lease.token == trial.lease }?.lease
        let seed = UInt32.random(in: 0..<1000, using: &random)
        let diverges = Bool.random(using: &random)
        let outcome: Outcome = diverges ? .diverged(step: Int(seed)) : .finished
        switch (trial.state, Int.random(in: 0..<6, using: &random)) {
        case (.waiting, 0):
            guard let old else { return nil }
            return .resumed(old.lease, isRunning: Bool.random(using: &random))
        case (.waiting, 1...3):
            let worker = "w\(Int.random(in: 1...3, using: &random))"
            return .leased(
                StoreTests.lease(
                    UInt32(leases.count) + 1, trial: id.rawValue, attempt: trial.attempts + 1,
                    worker: worker))
        case (.waiting, 4), (.leased, 4), (.running, 4):
            return old.map { .finished($0.lease, result(seed, outcome: outcome)) }
        case (.leased, 0...1): return current.map { .started($0) }
        case (.waiting, 5): return .cancelled(id, nil)
        case (.leased, 3): return current.map { .cancelled(id, $0) }
        case (.failed, 0...2), (.cancelled, 0...2): return .reopened(id)
        case (.leased, 2): return current.map { .returned($0) }
        case (.running, 4...5):
            let checkpoint = Checkpoint(
                digest: Digest256(hashing: "\(seed)".utf8), step: Int(seed), sizeInBytes: 9)
            return current.map { .checkpointed($0, checkpoint) }
        case (.running, 0...1): return current.map { .lost($0) }
        case (.running, 2): return current.map { .crashed($0) }
        case (.running, 3):
            let failures: [TrialFailure] = [
                .hostLost, .error("\(seed)"), .crash("\(seed)"),
                .timeLimit(.seconds(Int(seed) + 1)),
            ]
            return current.map { .failed($0, failures[Int(seed) % 4]) }
        case (.diverged, 0): return .withdrawn(id)
        case (.finished, _), (.diverged, _):
            guard let old, let standing = trial.result, old.lease != current else { return nil }
            let digest = seed < 900 ? standing.digest : result(seed).digest
            return .duplicate(old.lease, digest: digest)
        default: return nil
        }
    }

    /// An event that contradicts what is there: a second result, or a token used again.
    func contradiction() -> TrialEvent? {
        guard let lease = leases.first(where: { trials[$0.lease.index].state.isOver })?.lease else {
            return leases.first.map { .leased($0.lease) }
        }
        return .finished(lease, result(1))
    }
}

extension Lease {
    /// The place of its trial in the model.
    fileprivate var index: Int { Int(trial.rawValue) - 1 }
}
