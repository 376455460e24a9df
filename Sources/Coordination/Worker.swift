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
        /// These were to be trained, have not begun, and will not.
        case recalled([LeaseToken])
        /// The coordinator has a file with the state of this trial.
        case checkpointed(LeaseToken, Checkpoint)
        /// The coordinator has the file that `bring` spoke of, or could not be brought it (nil).
        case brought(LeaseToken, Digest256?)
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
        /// Take back those of these that have not begun to train, and say which with `recalled`; and
        /// which have ended, if that is not said yet.
        case recall([LeaseToken])
        /// Write these results to the spool before anything is sent: they outlive this process, and
        /// where `isSynced` a power cut too. (To sync costs more than to train a short trial again,
        /// and nobody was told that its result is safe.)
        case spool([EndedAttempt], isSynced: Bool)
        /// Bring the coordinator a file with this result, which is too large for a message, and say
        /// with `brought` what became of it.
        case bring(EndedAttempt)
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
        /// holds as many more as are trained at once, of long ones none.
        public var prefetch: Int
        /// How many short trials a slot takes at once at most.
        public var unitLimit: Int
        /// How long a trial may train before those that wait behind it are handed back.
        public var patience: Duration
        /// Silence of the coordinator after which the connection is given up.
        public var silenceLimit: Duration
        /// How long a result stays unacknowledged before it is handed in again.
        public var resendAfter: Duration
        /// How long leaving waits for the last acknowledgements; what lacks one stays spooled.
        public var leavingLimit: Duration
        /// The most bytes of results in a message, about: a larger one goes as a file.
        public var messageLimit: Int

        public init(
            slots: Int, prefetch: Int = 1, unitLimit: Int = 512,
            patience: Duration = .seconds(1), silenceLimit: Duration = .seconds(5),
            resendAfter: Duration = .seconds(5),
            leavingLimit: Duration = .seconds(2), messageLimit: Int = 1 << 19
        ) {
            self.slots = slots
            self.prefetch = prefetch
            self.unitLimit = unitLimit
            self.patience = patience
            self.silenceLimit = silenceLimit
            self.resendAfter = resendAfter
            self.leavingLimit = leavingLimit
            self.messageLimit = messageLimit
        }
    }

    struct HeldLease: Sendable {
        let lease: Lease
        var stage: Held.Stage
        var step = 0
        /// There once it has ended.
        var end: AttemptEnd?
        var handedIn: Duration?
        /// Whether a file with the result is on its way.
        var isBeingBrought = false
        /// What it trains in.
        var unit = 0
    }

    /// Trials that one slot trains.
    struct Unit: Sendable {
        let begun: Duration
        let count: Int
        var left: Int
        /// When the last of them ended, or the first began.
        var lastEnd: Duration
        /// Whether all of them ended by themselves, so that the time they took says something.
        var isWhole = true
        /// Whether one of them has taken so long that the others were called back.
        var isSlow = false
    }

    enum Session: Sendable {
        /// HELLO was said at this time, or never.
        case unregistered(helloAt: Duration?)
        case registered(epoch: UInt32, session: UInt32)
    }

    let settings: Settings
    var hello: Hello
    var session = Session.unregistered(helloAt: nil)
    var held: [LeaseToken: HeldLease] = [:]
    /// What is held and has no slot yet, the next one first.
    var queue: [Assignment] = []
    var units: [Int: Unit] = [:]
    var lastUnit = 0
    var pace: Pace
    /// What the coordinator was last told.
    var toldCredit = 0
    /// What ended in this turn: spooled and handed in together.
    var ended: [LeaseToken] = []
    var sequence: UInt64 = 0
    var heartbeat = Duration.seconds(1)
    var lastHeard = Duration.zero
    var lastRenewed = Duration.zero
    var leaving: Leaving?
    var leavingSince: Duration?
    var hasExited = false

    /// - Parameters:
    ///   - identity: Who the worker is; its generation grows over restarts, its credit and
    ///     inventory are filled in here.
    ///   - spooled: Results of an earlier life that were not acknowledged.
    public init(identity: Hello, settings: Settings, spooled: [EndedAttempt] = []) {
        self.settings = settings
        pace = Pace(limit: settings.unitLimit, patience: settings.patience)
        hello = identity
        for one in spooled {
            held[one.lease.token] = HeldLease(lease: one.lease, stage: .ended, end: one.end)
        }
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
        handBackWhatWaits(at: now, &directives)
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
        case .recalled(let tokens):
            handBack(tokens, at: now, &directives)
        case .checkpointed(let token, let checkpoint):
            // Said even of a trial that has ended meanwhile: the file is not needed then.
            send(.checkpoint(token, checkpoint), &directives)
        case .brought(let token, let file):
            handIn(token, as: file, at: now, &directives)
        case .replaced(let token, let end):
            guard held[token]?.stage == .ended else { return }
            held[token]?.end = end
            ended.append(token)
        case .leave(let how):
            leave(how, at: now, &directives)
        }
    }

    mutating func leave(
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
        let isBringing = held.values.contains(where: \.isBeingBrought)
        if isBringing || isUnacknowledged && now - since < settings.leavingLimit { return }
        let returned = inventory.filter { $0.stage != .ended }.map(\.lease.token)
        send(.goodbye(returned: returned), &directives)
        directives.append(.exit)
        hasExited = true
    }
}
