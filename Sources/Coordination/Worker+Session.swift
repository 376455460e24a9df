import Sweeps

/// What is said and heard.
extension Worker {
    mutating func hear(
        _ message: CoordinatorMessage, _ envelope: Envelope, at now: Duration,
        _ directives: inout [Directive]
    ) {
        if case .welcome(let welcome) = message {
            begin(welcome, envelope, at: now, &directives)
            return
        }
        guard case .registered(let epoch, let current) = session,
            envelope.epoch == epoch, envelope.session == current
        else { return }
        lastHeard = now
        switch message {
        case .welcome:
            break
        case .assign(let assignments):
            for assignment in assignments where held[assignment.lease.token] == nil {
                held[assignment.lease.token] = HeldLease(
                    lease: assignment.lease, stage: .queued)
                queue.append(assignment)
            }
        case .acknowledge(let acknowledgements):
            for token in acknowledgements.tokens where held[token]?.stage == .ended {
                held[token] = nil
                directives.append(.forget(token))
            }
        case .renewed(let cancelled), .cancel(let cancelled):
            for token in cancelled { cancel(token, at: now, &directives) }
        case .stale:
            session = .unregistered(helloAt: nil)
        case .drain:
            leave(.afterRunning, at: now, &directives)
        case .goodbye:
            // It will be back, as another life of the coordinator.
            session = .unregistered(helloAt: now)
        case .error:
            break
        }
    }

    /// A session begins: the verdicts say what to drop, and all that has ended is handed in.
    private mutating func begin(
        _ welcome: Welcome, _ envelope: Envelope, at now: Duration, _ directives: inout [Directive]
    ) {
        if case .registered(let epoch, let current) = session,
            (envelope.epoch, envelope.session) <= (epoch, current)
        {
            return
        }
        session = .registered(epoch: envelope.epoch, session: envelope.session)
        sequence = 0
        heartbeat = welcome.heartbeat
        lastHeard = now
        lastRenewed = now
        for (token, verdict) in welcome.verdicts.sorted(by: { $0.key < $1.key })
        where verdict == .cancel {
            cancel(token, at: now, &directives)
        }
        handIn(inventory.filter { $0.stage == .ended }.map(\.lease.token), at: now, &directives)
    }

    /// Drops a lease. What has ended meanwhile is handed in all the same: only an acknowledgement
    /// ends it.
    private mutating func cancel(
        _ token: LeaseToken, at now: Duration, _ directives: inout [Directive]
    ) {
        guard let item = held[token], item.stage != .ended else { return }
        switch item.stage {
        case .queued: queue.removeAll { $0.lease.token == token }
        case .running:
            directives.append(.abandon(token))
            takeOut(item, at: now)
        case .ended: break
        }
        held[token] = nil
    }

    mutating func tellCredit(_ directives: inout [Directive]) {
        guard isRegistered, credit != toldCredit else { return }
        toldCredit = credit
        send(.credit(credit), &directives)
    }

    mutating func send(_ message: WorkerMessage, _ directives: inout [Directive]) {
        guard case .registered(let epoch, let current) = session else { return }
        sequence += 1
        let envelope = Envelope(epoch: epoch, session: current, sequence: sequence)
        directives.append(.send(message, envelope))
    }

    /// Says HELLO, renews, hands in again, and gives up a connection that has gone silent.
    mutating func keepInTouch(at now: Duration, _ directives: inout [Directive]) {
        switch session {
        case .unregistered(let helloAt):
            if let helloAt {
                guard now - helloAt >= settings.silenceLimit else { return }
                directives.append(.reconnect)
            }
            sayHello(at: now, &directives)
        case .registered:
            guard now - lastHeard < settings.silenceLimit else {
                session = .unregistered(helloAt: nil)
                directives.append(.reconnect)
                sayHello(at: now, &directives)
                return
            }
            guard now - lastRenewed >= heartbeat else { return }
            lastRenewed = now
            toldCredit = credit
            send(.renew(credit: credit, held: inventory), &directives)
            let late = inventory.map(\.lease.token).filter { token in
                guard let item = held[token], item.stage == .ended else { return false }
                return item.handedIn.map { now - $0 >= settings.resendAfter } ?? true
            }
            handIn(late, at: now, &directives)
        }
    }

    private mutating func sayHello(at now: Duration, _ directives: inout [Directive]) {
        hello.generation += 1
        hello.credit = credit
        toldCredit = credit
        hello.inventory = inventory
        session = .unregistered(helloAt: now)
        directives.append(.send(.hello(hello), Envelope()))
    }
}
