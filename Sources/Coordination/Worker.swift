public import Sweeps

/// Decides what a worker trains, keeps and says: a state machine with no sockets, no clock and no
/// threads.
///
/// It trusts nothing to have arrived: it says what it holds with every heartbeat, hands a result in
/// until it is acknowledged, and registers anew, with all that it holds, whenever the session is in
/// doubt.
public struct Worker: Sendable {
    /// What can happen to a worker.
    public enum Input: Sendable {
        case message(CoordinatorMessage, Envelope)
        /// There is a connection, where before there was none: nothing that was said is heard there.
        case connected
        case progress(LeaseToken, TrialProgress)
        /// A trial ended by itself.
        case ended(LeaseToken, AttemptEnd)
        /// What the trial yielded cannot be sent; this is to be handed in instead.
        case replaced(LeaseToken, AttemptEnd)
        /// Finish what runs or hand it back, and leave.
        case leave(Leaving)
    }

    /// How a worker leaves.
    public enum Leaving: Hashable, Sendable {
        /// Trials that run are finished first.
        case afterRunning
        /// Trials that run are handed back too.
        case now
    }

    /// What the shell is to do, in order.
    public enum Directive: Hashable, Sendable {
        case send(WorkerMessage, Envelope)
        /// Train these in one slot.
        case train([Assignment])
        /// Stop training; nobody waits for the end.
        case abandon(LeaseToken)
        /// Write these results to the spool before anything is sent: they outlive this process, and
        /// where `isSynced` a power cut too. (To sync costs more than to train a short trial again,
        /// and nobody was told that its result is safe.)
        case spool([EndedAttempt], isSynced: Bool)
        /// Remove it from the spool: it is acknowledged.
        case forget(LeaseToken)
        /// Close the socket and open a new one.
        case reconnect
        /// All is said: end the process.
        case exit
    }

    public struct Settings: Sendable {
        /// How many trials train at once.
        public var slots: Int
        /// How many more it holds so that no slot waits for the coordinator; of short trials it
        /// holds as many more as are trained at once.
        public var prefetch: Int
        /// How many short trials a slot takes at once at most.
        public var unitLimit: Int
        /// Silence of the coordinator after which the connection is given up.
        public var silenceLimit: Duration
        /// How long a result stays unacknowledged before it is handed in again.
        public var resendAfter: Duration
        /// How long leaving waits for the last acknowledgements; what lacks one stays spooled.
        public var leavingLimit: Duration

        public init(
            slots: Int, prefetch: Int = 1, unitLimit: Int = 256,
            silenceLimit: Duration = .seconds(5), resendAfter: Duration = .seconds(5),
            leavingLimit: Duration = .seconds(2)
        ) {
            self.slots = slots
            self.prefetch = prefetch
            self.unitLimit = unitLimit
            self.silenceLimit = silenceLimit
            self.resendAfter = resendAfter
            self.leavingLimit = leavingLimit
        }
    }

    private struct HeldLease: Sendable {
        let lease: Lease
        var stage: Held.Stage
        var step = 0
        /// Needed until it trains.
        var assignment: Assignment?
        /// There once it has ended.
        var end: AttemptEnd?
        var handedIn: Duration?
        /// What it trains in.
        var unit = 0
    }

    /// Trials that one slot trains.
    private struct Unit: Sendable {
        let begun: Duration
        let count: Int
        var left: Int
        /// Whether all of them ended by themselves, so that the time they took says something.
        var isWhole = true
    }

    private enum Session: Sendable {
        /// HELLO was said at this time, or never.
        case unregistered(helloAt: Duration?)
        case registered(epoch: UInt32, session: UInt32)
    }

    private let settings: Settings
    private var hello: Hello
    private var session = Session.unregistered(helloAt: nil)
    private var held: [LeaseToken: HeldLease] = [:]
    private var units: [Int: Unit] = [:]
    private var lastUnit = 0
    private var pace: Pace
    /// What the coordinator was last told.
    private var toldCredit = 0
    /// What ended in this turn: spooled and handed in together.
    private var ended: [LeaseToken] = []
    private var sequence: UInt64 = 0
    private var heartbeat = Duration.seconds(1)
    private var lastHeard = Duration.zero
    private var lastRenewed = Duration.zero
    private var leaving: Leaving?
    private var leavingSince: Duration?
    private var hasExited = false

    /// - Parameters:
    ///   - identity: Who the worker is; its generation grows over restarts, its credit and
    ///     inventory are filled in here.
    ///   - spooled: Results of an earlier life that were not acknowledged.
    public init(identity: Hello, settings: Settings, spooled: [EndedAttempt] = []) {
        self.settings = settings
        pace = Pace(limit: settings.unitLimit)
        hello = identity
        for one in spooled {
            held[one.lease.token] = HeldLease(lease: one.lease, stage: .ended, end: one.end)
        }
    }

    /// How many leases it may hold in all.
    private var credit: Int {
        if leaving != nil { return 0 }
        return pace.unit == 1
            ? settings.slots + settings.prefetch : 2 * settings.slots * pace.unit
    }

    /// Whether a session with a coordinator is open.
    public var isRegistered: Bool {
        if case .registered = session { true } else { false }
    }

    /// What is in hand, in the order of leases.
    public var inventory: [Held] {
        held.values.sorted { $0.lease.token < $1.lease.token }
            .map { Held(lease: $0.lease, stage: $0.stage, step: $0.step) }
    }

    /// Takes in what happened since the last turn and returns what the shell is to do about it.
    public mutating func turn(_ inputs: some Sequence<Input>, at now: Duration) -> [Directive] {
        guard !hasExited else { return [] }
        var directives: [Directive] = []
        for input in inputs {
            handle(input, at: now, &directives)
        }
        // What comes next need not wait until what has ended is on disk.
        startTraining(at: now, &directives)
        keepEnded(at: now, &directives)
        keepInTouch(at: now, &directives)
        tellCredit(&directives)
        leaveIfDone(at: now, &directives)
        return directives
    }

    private mutating func handle(
        _ input: Input, at now: Duration, _ directives: inout [Directive]
    ) {
        switch input {
        case .message(let message, let envelope):
            hear(message, envelope, at: now, &directives)
        case .connected:
            session = .unregistered(helloAt: nil)
        case .progress(let token, let progress):
            guard held[token]?.stage == .running else { return }
            held[token]?.step = progress.step
            send(.metrics(token, progress), &directives)
        case .ended(let token, let end):
            // An abandoned trial may end all the same: nobody waits for it.
            guard let item = held[token], item.stage == .running else { return }
            held[token]?.stage = .ended
            held[token]?.end = end
            endTraining(item, at: now)
            ended.append(token)
        case .replaced(let token, let end):
            guard held[token]?.stage == .ended else { return }
            held[token]?.end = end
            ended.append(token)
        case .leave(let how):
            leave(how, at: now, &directives)
        }
    }

    private mutating func hear(
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
                    lease: assignment.lease, stage: .queued, assignment: assignment)
            }
        case .acknowledge(let acknowledgements):
            for token in acknowledgements.keys.sorted() where held[token]?.stage == .ended {
                held[token] = nil
                directives.append(.forget(token))
            }
        case .renewed(let cancelled), .cancel(let cancelled):
            for token in cancelled { cancel(token, &directives) }
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
            cancel(token, &directives)
        }
        handIn(inventory.filter { $0.stage == .ended }.map(\.lease.token), at: now, &directives)
    }

    /// Drops a lease. What has ended meanwhile is handed in all the same: only an acknowledgement
    /// ends it.
    private mutating func cancel(_ token: LeaseToken, _ directives: inout [Directive]) {
        guard let item = held[token], item.stage != .ended else { return }
        if item.stage == .running {
            directives.append(.abandon(token))
            units[item.unit]?.isWhole = false
            endTraining(item, at: lastHeard)
        }
        held[token] = nil
    }

    /// Spools what ended in this turn, then hands it in.
    private mutating func keepEnded(at now: Duration, _ directives: inout [Directive]) {
        guard !ended.isEmpty else { return }
        for batch in batches(of: ended) {
            directives.append(.spool(batch, isSynced: pace.unit == 1))
        }
        handIn(ended, at: now, &directives)
        ended.removeAll(keepingCapacity: true)
    }

    private mutating func handIn(
        _ tokens: [LeaseToken], at now: Duration, _ directives: inout [Directive]
    ) {
        guard isRegistered else { return }
        for batch in batches(of: tokens) {
            for one in batch { held[one.lease.token]?.handedIn = now }
            send(.results(batch), &directives)
        }
    }

    /// What these leases yielded, in messages that can be sent; one that is too large is alone.
    private func batches(of tokens: [LeaseToken]) -> [[EndedAttempt]] {
        var batches: [[EndedAttempt]] = []
        var size = 0
        for token in tokens {
            guard let item = held[token], let end = item.end else { continue }
            let one = EndedAttempt(item.lease, end)
            if batches.isEmpty || size + one.sizeInBytes > Self.batchLimit
                || batches[batches.count - 1].count == Self.batchCount
            {
                batches.append([])
                size = 0
            }
            batches[batches.count - 1].append(one)
            size += one.sizeInBytes
        }
        return batches
    }

    /// Well below the limit of a message; and no more than a turn of the coordinator takes easily.
    private static let batchLimit = 1 << 19
    private static let batchCount = 1000

    private mutating func tellCredit(_ directives: inout [Directive]) {
        guard isRegistered, credit != toldCredit else { return }
        toldCredit = credit
        send(.credit(credit), &directives)
    }

    private mutating func send(_ message: WorkerMessage, _ directives: inout [Directive]) {
        guard case .registered(let epoch, let current) = session else { return }
        sequence += 1
        let envelope = Envelope(epoch: epoch, session: current, sequence: sequence)
        directives.append(.send(message, envelope))
    }

    /// Says HELLO, renews, hands in again, and gives up a connection that has gone silent.
    private mutating func keepInTouch(at now: Duration, _ directives: inout [Directive]) {
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

    private mutating func startTraining(
        at now: Duration, _ directives: inout [Directive]
    ) {
        guard leaving == nil, units.count < settings.slots else { return }
        var queued = held.values.filter { $0.stage == .queued }.compactMap(\.assignment)
            .sorted { $0.lease.token < $1.lease.token }[...]
        while units.count < settings.slots, let first = queued.first {
            // What was tried before trains alone: were it to bring down the worker, the others of
            // its unit would be blamed with it.
            let others = queued.dropFirst().prefix(pace.unit - 1).prefix { $0.lease.attempt == 1 }
            let unit = first.lease.attempt == 1 ? [first] + others : [first]
            queued = queued.dropFirst(unit.count)
            train(unit, at: now, &directives)
        }
    }

    private mutating func train(
        _ unit: [Assignment], at now: Duration, _ directives: inout [Directive]
    ) {
        lastUnit += 1
        units[lastUnit] = Unit(begun: now, count: unit.count, left: unit.count)
        directives.append(.train(unit))
        for assignment in unit {
            let token = assignment.lease.token
            held[token]?.stage = .running
            held[token]?.assignment = nil
            held[token]?.unit = lastUnit
            // Of many at once the results say it soon enough, or the next RENEW. Of one alone it
            // counts: its worker may be lost with it before either.
            if unit.count == 1 { send(.started(token), &directives) }
        }
    }

    /// Frees the slot with the last trial of its unit.
    private mutating func endTraining(_ item: HeldLease, at now: Duration) {
        guard var unit = units[item.unit] else { return }
        unit.left -= 1
        units[item.unit] = unit.left > 0 ? unit : nil
        if unit.left == 0, unit.isWhole { pace.note(unit.count, took: now - unit.begun) }
    }

    private mutating func leave(
        _ how: Leaving, at now: Duration, _ directives: inout [Directive]
    ) {
        // To leave now is stronger than to leave after what runs.
        guard leaving != .now else { return }
        leaving = how
        leavingSince = how == .now ? now : nil
        guard how == .now else { return }
        for item in inventory where item.stage == .running {
            directives.append(.abandon(item.lease.token))
        }
    }

    /// Leaves once nothing runs that is to be finished and every result is acknowledged, or after
    /// a while without: the spool keeps what is left.
    private mutating func leaveIfDone(at now: Duration, _ directives: inout [Directive]) {
        guard let leaving else { return }
        if leaving == .afterRunning && !units.isEmpty { return }
        let since = leavingSince ?? now
        leavingSince = since
        let isUnacknowledged = held.values.contains { $0.stage == .ended }
        if isUnacknowledged && now - since < settings.leavingLimit { return }
        let returned = inventory.filter { $0.stage != .ended }.map(\.lease.token)
        send(.goodbye(returned: returned), &directives)
        directives.append(.exit)
        hasExited = true
    }
}
