import Sweeps

@testable import Coordination

/// What coordinator and workers direct, carried out over a network that loses, delays and doubles.
extension SimulatedCluster {
    mutating func send(_ directives: [Coordinator.Directive]) {
        for directive in directives {
            switch directive {
            case .send(let message, let envelope, let connection):
                send(message, envelope, to: connection)
            case .assign(let leases, let envelope, let connection):
                if let id = leases.first?.worker, let worker = coordinator?.workers[id],
                    worker.open.count > worker.credit
                {
                    violations.append("\(id) is given \(worker.open.count) of \(worker.credit)")
                }
                if let id = leases.first?.worker, quarantined.contains(id) {
                    violations.append("\(id) is given leases in quarantine")
                }
                if happens(faults.loss) {
                    queue.add(.undelivered(leases, connection, epoch: epoch), at: now)
                    continue
                }
                let assignments = leases.map { lease in
                    let trial = store.trials[Int(lease.trial.rawValue) - 1]
                    return Assignment(
                        lease: lease, threads: 1, cell: noCell, seed: 0,
                        isAlone: trial.hostLosses + trial.crashes > 0)
                }
                send(.assign(assignments), envelope, to: connection)
            case .record, .observe, .preview, .complain:
                break
            }
        }
    }

    private mutating func send(
        _ message: CoordinatorMessage, _ envelope: Envelope, to connection: ConnectionID
    ) {
        guard let i = workers.firstIndex(where: { $0.connection == connection }) else {
            if happens(0.5) { queue.add(.unreachable(connection), at: now) }
            return
        }
        if case .assign(let assignments) = message {
            for assignment in assignments where !store.leases.contains(assignment.lease) {
                violations.append("told before it was durable: \(assignment.lease)")
            }
        }
        deliver(connection, way: 0) { .toWorker(i, connection, message, envelope) }
    }

    mutating func carryOut(_ directive: Worker.Directive, of i: Int) {
        switch directive {
        case .send(let message, let envelope):
            guard let connection = workers[i].connection else { return }
            deliver(connection, way: 1) { .toCoordinator(message, envelope, from: connection) }
        case .train(let unit):
            var end = now
            for assignment in unit {
                if workers[i].training[assignment.lease.token] != nil {
                    violations.append("trains twice: \(assignment.lease)")
                }
                if !workers[i].kinds.contains(Self.kind(of: assignment.lease.trial)) {
                    violations.append("of a kind that it does not have: \(assignment.lease)")
                }
                workers[i].training[assignment.lease.token] = (assignment.lease, begins: end)
                end += mix.time(of: assignment.lease.trial, using: &random)
                let (life, token) = (workers[i].life, assignment.lease.token)
                queue.add(.trained(i, life: life, token), at: end)
                let time = (end - now) * Int.random(in: 1...12, using: &random) / 10
                queue.add(.checkpointed(i, life: life, token), at: now + time)
            }
        case .abandon(let token):
            workers[i].training[token] = nil
        case .recall(let tokens):
            let recalled = tokens.filter { token in
                workers[i].training[token].map { $0.begins > now } ?? false
            }
            for token in recalled { workers[i].training[token] = nil }
            queue.add(.recalled(i, life: workers[i].life, recalled), at: now)
        case .spool(let ended, _):
            for one in ended {
                let token = one.lease.token
                if sabotage != .doesNotSpool { workers[i].spool[token] = one }
                // A failure counts only while its lease is current: it may be forgotten unheard.
                if case .result = one.end { workers[i].owed[token] = one.lease }
            }
        case .bring(let ended):
            let time = Duration.milliseconds(Int.random(in: 1...3000, using: &random))
            queue.add(.carried(i, life: workers[i].life, ended), at: now + time)
        case .forget(let token):
            workers[i].spool[token] = nil
            if let lease = workers[i].owed.removeValue(forKey: token),
                !store.state(of: lease.trial).isOver, !store.calledOff.contains(lease.trial)
            {
                violations.append("forgot what nobody has: \(lease)")
            }
        case .reconnect:
            lastConnection += 1
            workers[i].connection = ConnectionID(lastConnection)
        case .exit:
            // It was drained; somebody starts it again.
            workers[i].crash()
            queue.add(.workerReturns(i), at: now + .seconds(5))
        }
    }

    /// Puts a message on its way: in order within a connection, late, twice or never.
    private mutating func deliver(
        _ connection: ConnectionID, way: UInt64, _ event: () -> Event
    ) {
        if happens(faults.loss) { return }
        var delay = Duration.microseconds(Int.random(in: 50...20_000, using: &random))
        if happens(faults.longDelay) {
            delay += .seconds(Int.random(in: 1...25, using: &random))
        }
        let line = connection.rawValue * 2 + way
        let arrival = max(now + delay, lastArrival[line] ?? .zero)
        lastArrival[line] = arrival
        queue.add(event(), at: arrival)
        if happens(faults.doubling) { queue.add(event(), at: arrival + delay) }
    }
}
