import Sweeps

/// Registration, liveness and what is sent.
extension Coordinator {
    /// Begins a session: reconciles the worker's whole inventory with the leases it has here, so
    /// that nothing depends on what an earlier session's messages did or did not bring.
    mutating func register(_ hello: Hello, from connection: ConnectionID, in turn: inout Turn) {
        let id = hello.worker
        if let known = workers[id] {
            // An older HELLO that a slow connection delivered late.
            guard hello.generation > known.hello.generation else { return }
            if let old = known.connection { workerOfConnection[old] = nil }
        }
        if let drained = draining[id], drained != hello.processID { draining[id] = nil }
        lastSession += 1
        var open = workers[id]?.open ?? []
        for token in expiries.keys where trials.lease(token)?.worker == id {
            open.insert(token)
        }
        workers[id] = Registration(
            hello: hello, connection: connection, session: lastSession,
            credit: max(0, hello.credit), lastHeard: turn.now, state: .connected, open: open)
        workerOfConnection[connection] = id

        let held = Set(hello.inventory.map(\.lease.token))
        for token in open.subtracting(held).sorted() {
            guard let lease = trials.lease(token) else { continue }
            takeBack(lease, in: &turn)
        }
        var verdicts: [LeaseToken: Verdict] = [:]
        for item in hello.inventory {
            verdicts[item.lease.token] = verdict(on: item, in: &turn)
        }
        turn.directives.append(.observe(WorkerStatus(hello: hello, state: .connected)))
        tell(
            id,
            .welcome(
                Welcome(
                    cluster: cluster, heartbeat: settings.heartbeat,
                    leaseDuration: settings.leaseDuration, verdicts: verdicts)), in: &turn)
        if isClosing { tell(id, .goodbye, in: &turn) }
        repeatDrain(to: id, credit: hello.credit, in: &turn)
    }

    /// Whether a worker is to go on with what it holds; a lease that had run out is its own again
    /// if nobody else has taken the trial.
    mutating func verdict(on item: Held, in turn: inout Turn) -> Verdict {
        guard let lease = trials.lease(item.lease.token), lease == item.lease else {
            return .cancel
        }
        if trials.isCurrent(lease) {
            expiries[lease.token] = turn.now + settings.leaseDuration
            noteRunning(lease, item.stage, in: &turn)
            return .keep
        }
        if trials[lease.trial].state == .waiting, !isWithdrawn(lease.worker) {
            resume(lease, isRunning: item.stage != .queued, in: &turn)
            return .keep
        }
        // What has ended is handed in even so: its digest is compared with the first result's.
        return item.stage == .ended ? .keep : .cancel
    }

    /// STARTED may be lost; RENEW and HELLO say the same.
    private mutating func noteRunning(
        _ lease: Lease, _ stage: Held.Stage, in turn: inout Turn
    ) {
        guard stage != .queued, trials[lease.trial].state == .leased else { return }
        trials[lease.trial].state = .running
        turn.record(.started(lease))
        limitTime(of: lease, in: &turn)
    }

    /// Takes a message of a registered worker; of anybody else it asks for HELLO.
    mutating func hear(
        _ message: WorkerMessage, _ envelope: Envelope, from connection: ConnectionID,
        in turn: inout Turn
    ) {
        guard let id = workerOfConnection[connection], var worker = workers[id],
            envelope.epoch == epoch, envelope.session == worker.session
        else {
            turn.directives.append(.complain(.staleSession))
            let echo = Envelope(epoch: envelope.epoch, session: envelope.session)
            turn.directives.append(.send(.stale, echo, to: connection))
            return
        }
        let isRepeated = envelope.sequence <= worker.heardSequence
        worker.heardSequence = max(worker.heardSequence, envelope.sequence)
        worker.lastHeard = turn.now
        worker.isCongested = false
        if worker.state != .connected {
            worker.state = .connected
            turn.directives.append(.observe(WorkerStatus(hello: worker.hello, state: .connected)))
        }
        workers[id] = worker

        switch message {
        case .hello:
            preconditionFailure("HELLO is not of a session")
        case .credit(let credit):
            if !isRepeated { workers[id]?.credit = max(0, credit) }
        case .started(let token):
            guard let lease = trials.lease(token), trials.isCurrent(lease), lease.worker == id
            else { return }
            noteRunning(lease, .running, in: &turn)
        case .metrics(let token, let progress):
            guard let lease = trials.lease(token), trials.isCurrent(lease), lease.worker == id
            else { return }
            turn.directives.append(.preview(lease, progress))
        case .checkpoint(let token, let checkpoint):
            guard let lease = trials.lease(token), trials.isCurrent(lease), lease.worker == id
            else { return }
            noteRunning(lease, .running, in: &turn)
            turn.record(.checkpointed(lease, checkpoint))
        case .results(let ended):
            for one in ended {
                finish(one.lease, one.end, of: id, from: connection, in: &turn)
            }
        case .renew(let credit, let held):
            guard !isRepeated else { return }
            workers[id]?.credit = max(0, credit)
            let cancelled = held.filter { verdict(on: $0, in: &turn) == .cancel }
            tell(id, .renewed(cancelled: cancelled.map(\.lease.token)), in: &turn)
            repeatDrain(to: id, credit: credit, in: &turn)
        case .returned(let credit, let tokens):
            if !isRepeated { workers[id]?.credit = max(0, credit) }
            takeBack(tokens, of: id, in: &turn)
        case .goodbye(let returned):
            leave(id, returning: returned, in: &turn)
        }
    }

    private mutating func leave(
        _ id: WorkerID, returning returned: [LeaseToken], in turn: inout Turn
    ) {
        takeBack(returned, of: id, in: &turn)
        guard let worker = workers[id] else { return }
        if let connection = worker.connection { workerOfConnection[connection] = nil }
        workers[id]?.connection = nil
        workers[id]?.credit = 0
        workers[id]?.state = .left
        draining[id] = nil
        turn.directives.append(.observe(WorkerStatus(hello: worker.hello, state: .left)))
    }

    /// The socket says that nobody is there: no more leases until the worker is heard again.
    mutating func cutOff(_ connection: ConnectionID, in turn: inout Turn) {
        guard let id = workerOfConnection[connection] else { return }
        setState(.unknown, of: id, in: &turn)
    }

    mutating func setState(_ state: WorkerStatus.State, of id: WorkerID, in turn: inout Turn) {
        guard let worker = workers[id], worker.state != state else { return }
        workers[id]?.state = state
        turn.directives.append(.observe(WorkerStatus(hello: worker.hello, state: state)))
    }

    mutating func tell(_ id: WorkerID, _ message: CoordinatorMessage, in turn: inout Turn) {
        guard let (envelope, connection) = nextEnvelope(to: id) else { return }
        turn.directives.append(.send(message, envelope, to: connection))
    }

    mutating func tellAll(_ message: CoordinatorMessage, in turn: inout Turn) {
        for id in workers.keys.sorted() {
            tell(id, message, in: &turn)
        }
    }

    mutating func nextEnvelope(to id: WorkerID) -> (Envelope, ConnectionID)? {
        guard let worker = workers[id], let connection = worker.connection else { return nil }
        workers[id]?.sentSequence += 1
        let envelope = Envelope(
            epoch: epoch, session: worker.session, sequence: worker.sentSequence + 1)
        return (envelope, connection)
    }

    /// Sends what the turn has gathered: a message to each who is concerned.
    mutating func send(_ turn: inout Turn) {
        for (id, tokens) in turn.cancellations.sorted(by: { $0.key < $1.key }) {
            tell(id, .cancel(tokens.sorted()), in: &turn)
        }
        let acknowledgements = turn.acknowledgements.sorted { $0.key.rawValue < $1.key.rawValue }
        for (connection, verdicts) in acknowledgements {
            guard let id = workerOfConnection[connection] else { continue }
            tell(id, .acknowledge(verdicts), in: &turn)
        }
    }
}
