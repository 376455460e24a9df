import Sweeps

/// Leases: granted, renewed, taken back, and ended by a result.
extension Coordinator {
    /// How many leases one ASSIGN has at most, so that with their specs it stays under the limit of
    /// a message.
    private static let assignLimit = 64

    /// How many trials in a row a worker gets at most while there are plenty: neighbours in a plan
    /// are seeds of one cell, which can be trained together.
    private static let rowLimit = 16

    /// Hands out waiting trials, some in a row to each worker in turn; the last ones of a sweep one
    /// at a time, so that they are spread evenly.
    mutating func grantLeases(in turn: inout Turn) {
        guard !queue.isEmpty, !isClosing else { return }
        var granted: [WorkerID: [Lease]] = [:]
        var open = workers.keys.sorted().filter { freeCredit(of: $0) > 0 }
        // Who has least goes first.
        open.sort { (workers[$0]?.open.count ?? 0) < (workers[$1]?.open.count ?? 0) }
        // Nothing waits that these can train.
        var idle: Set<WorkerID> = []
        while !open.isEmpty, !queue.isEmpty {
            let row = max(1, min(Self.rowLimit, queue.count / (8 * open.count)))
            for id in open {
                guard let hello = workers[id]?.hello else { continue }
                var leases: [Lease] = []
                while leases.count < row, freeCredit(of: id) > 0 {
                    guard let trial = nextWaiting(for: hello) else {
                        idle.insert(id)
                        break
                    }
                    leases.append(grant(trial, to: id, in: &turn))
                }
                granted[id, default: []] += leases
            }
            open.removeAll { freeCredit(of: $0) <= 0 || idle.contains($0) }
        }
        for (id, leases) in granted.sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: leases.count, by: Self.assignLimit) {
                guard let (envelope, connection) = nextEnvelope(to: id) else { break }
                let some = Array(leases[start..<min(start + Self.assignLimit, leases.count)])
                turn.directives.append(.assign(some, envelope, to: connection))
            }
        }
    }

    /// A trial may stand in the queue though its result came late, or its worker came back.
    private mutating func nextWaiting(for hello: Hello) -> TrialID? {
        let memory = freeMemory(of: hello)
        while let trial = queue.next(where: {
            hello.canTrain($0.kind) && $0.memory.map { $0 <= memory } ?? true
        }) {
            if trials[trial].state == .waiting, !trials[trial].isHeld { return trial }
        }
        return nil
    }

    private func freeCredit(of id: WorkerID) -> Int {
        guard let worker = workers[id], worker.state == .connected, !worker.isCongested,
            !isWithdrawn(id)
        else { return 0 }
        return worker.credit - worker.open.count
    }

    private mutating func grant(
        _ trial: TrialID, to worker: WorkerID, in turn: inout Turn
    ) -> Lease {
        let lease = trials.issue(trial, to: worker)
        open(lease, isRunning: false, in: &turn)
        turn.record(.leased(lease))
        return lease
    }

    mutating func resume(_ lease: Lease, isRunning: Bool, in turn: inout Turn) {
        open(lease, isRunning: isRunning, in: &turn)
        turn.record(.resumed(lease, isRunning: isRunning))
    }

    private mutating func open(_ lease: Lease, isRunning: Bool, in turn: inout Turn) {
        trials[lease.trial].state = isRunning ? .running : .leased
        trials[lease.trial].token = lease.token.rawValue
        expiries[lease.token] = turn.now + settings.leaseDuration
        workers[lease.worker]?.open.insert(lease.token)
        if isRunning { limitTime(of: lease, in: &turn) }
    }

    mutating func close(_ token: LeaseToken, of worker: WorkerID) {
        expiries[token] = nil
        if !deadlines.isEmpty { deadlines[token] = nil }
        workers[worker]?.open.remove(token)
    }

    /// Notices silence: first of workers, then of leases that nobody has renewed.
    mutating func watchClock(in turn: inout Turn) {
        for id in workers.keys.sorted() {
            guard let worker = workers[id], worker.state == .connected else { continue }
            if turn.now - worker.lastHeard >= settings.unknownAfter {
                setState(.unknown, of: id, in: &turn)
            }
        }
        // Cheap as long as nothing has run out, which is nearly always.
        for token in expiries.filter({ $0.value <= turn.now }).keys.sorted() {
            guard let lease = trials.lease(token) else { continue }
            if workers[lease.worker]?.state == .unknown {
                setState(.lost, of: lease.worker, in: &turn)
            }
            takeBack(lease, in: &turn)
        }
        endOverdue(in: &turn)
    }

    /// Ends a lease whose worker does not have the trial any more.
    ///
    /// The trial goes to the front of the queue as a new attempt. Should the lost attempt's result
    /// still come first, it is taken. A trial that had begun counts the loss, so that one which
    /// kills its workers is set aside in the end.
    mutating func takeBack(_ lease: Lease, in turn: inout Turn) {
        guard trials[lease.trial].state == .running else {
            giveBack(lease, in: &turn)
            return
        }
        close(lease.token, of: lease.worker)
        var entry = trials[lease.trial]
        entry.hostLosses = entry.hostLosses &+ (entry.hostLosses == .max ? 0 : 1)
        turn.record(.lost(lease))
        if entry.hostLosses > trials.rules(of: lease.trial).hostLossLimit {
            entry.state = .failed
            turn.record(.failed(lease, .hostLost))
        } else {
            entry.state = .waiting
            putBack(lease.trial)
        }
        trials[lease.trial] = entry
    }

    /// Takes back what a worker never heard of; it gets nothing more until it is heard again.
    mutating func takeBackUntold(
        _ leases: [Lease], from connection: ConnectionID, in turn: inout Turn
    ) {
        if let id = workerOfConnection[connection] { workers[id]?.isCongested = true }
        for lease in leases.reversed()
        where trials.isCurrent(lease) && trials[lease.trial].state == .leased {
            giveBack(lease, in: &turn)
        }
    }

    /// Ends a lease with nobody at fault.
    mutating func giveBack(_ lease: Lease, in turn: inout Turn) {
        close(lease.token, of: lease.worker)
        trials[lease.trial].state = .waiting
        putBack(lease.trial)
        turn.record(.returned(lease))
    }

    /// Has a trial wait, before all that were not handed back.
    private mutating func putBack(_ trial: TrialID) {
        queue.putBack(trial, trials.rules(of: trial))
    }

    /// Takes back what a worker holds and will not train.
    mutating func takeBack(
        _ returned: [LeaseToken], of id: WorkerID, in turn: inout Turn
    ) {
        // The next one last, so that it is the first to go.
        for token in returned.sorted().reversed() {
            guard let lease = trials.lease(token), lease.worker == id, trials.isCurrent(lease)
            else { continue }
            giveBack(lease, in: &turn)
        }
    }

    /// Takes what a worker hands in. The first result stands, from whichever attempt: by promise 3
    /// of the design any attempt's is right. A failure counts only while its lease is current.
    mutating func finish(
        _ claimed: Lease, _ end: AttemptEnd, of id: WorkerID, from connection: ConnectionID,
        in turn: inout Turn
    ) {
        if case .file = end {
            // Not acknowledged: the worker brings the file again.
            turn.directives.append(.complain(.unreadFile))
            return
        }
        var verdicts = turn.acknowledgements.removeValue(forKey: connection) ?? Acknowledgements()
        if let lease = trials.lease(claimed.token), lease == claimed, lease.worker == id {
            switch end {
            case .result(let result): take(result, of: lease, &verdicts, in: &turn)
            case .error(let message): fail(lease, message, &verdicts, in: &turn)
            case .crash(let message): crash(lease, message, &verdicts, in: &turn)
            case .file: break
            }
        } else {
            verdicts.refused.append(claimed.token)
            turn.directives.append(.complain(.unknownLease))
        }
        turn.acknowledgements[connection] = verdicts
    }

    private mutating func take(
        _ result: TrialResult, of lease: Lease, _ verdicts: inout Acknowledgements,
        in turn: inout Turn
    ) {
        let state = trials[lease.trial].state
        switch state {
        case .finished, .diverged:
            // The same lease again is only a message repeated; another's is work done twice.
            if trials[lease.trial].token != lease.token.rawValue {
                turn.record(.duplicate(lease, digest: result.digest))
            }
            verdicts.duplicate.append(lease.token)
        case .failed, .cancelled:
            verdicts.stale.append(lease.token)
        case .waiting, .leased, .running:
            endCurrentLease(of: lease.trial, except: lease, in: &turn)
            trials[lease.trial].state = result.outcome == .finished ? .finished : .diverged
            trials[lease.trial].token = lease.token.rawValue
            turn.record(.finished(lease, result))
            verdicts.committed.append(lease.token)
        }
    }

    private mutating func fail(
        _ lease: Lease, _ message: String, _ verdicts: inout Acknowledgements,
        in turn: inout Turn
    ) {
        guard trials.isCurrent(lease) else {
            verdicts.stale.append(lease.token)
            return
        }
        verdicts.committed.append(lease.token)
        close(lease.token, of: lease.worker)
        trials[lease.trial].state = .failed
        turn.record(.failed(lease, .error(message)))
    }

    /// The trial is tried again, until it has brought down one worker too many.
    private mutating func crash(
        _ lease: Lease, _ message: String, _ verdicts: inout Acknowledgements,
        in turn: inout Turn
    ) {
        guard trials.isCurrent(lease) else {
            verdicts.stale.append(lease.token)
            return
        }
        verdicts.committed.append(lease.token)
        close(lease.token, of: lease.worker)
        var entry = trials[lease.trial]
        if entry.crashes >= trials.rules(of: lease.trial).crashLimit {
            entry.state = .failed
            turn.record(.failed(lease, .crash(message)))
        } else {
            entry.crashes += 1
            entry.state = .waiting
            turn.record(.crashed(lease))
            putBack(lease.trial)
        }
        trials[lease.trial] = entry
    }

    /// Closes the trial's open lease; if that is another's, its worker may stop.
    private mutating func endCurrentLease(
        of trial: TrialID, except lease: Lease, in turn: inout Turn
    ) {
        guard let current = trials.lease(LeaseToken(trials[trial].token)),
            trials.isCurrent(current)
        else { return }
        close(current.token, of: current.worker)
        if current != lease {
            turn.cancellations[current.worker, default: []].append(current.token)
        }
    }
}
