import Sweeps
import Testing

@testable import Coordination

/// A coordinator with one trial and the messages of one or two workers, by hand.
struct Desk {
    var core: Coordinator
    private var sequence: UInt64 = 0

    init(kinds: [KindVersion]) {
        let known = kinds.enumerated().map {
            KnownTrial(id: TrialID(UInt32($0 + 1)), rules: TrialRules(kind: $1))
        }
        core = Coordinator(cluster: "c", epoch: 1, trials: known, leases: [], at: .zero)
    }

    init(trials: UInt32 = 1, hostLossLimit: Int = 20, crashLimit: Int = 3) {
        let known = (1...trials).map {
            KnownTrial(
                id: TrialID($0),
                rules: TrialRules(
                    kind: noKind, hostLossLimit: hostLossLimit, crashLimit: crashLimit))
        }
        core = Coordinator(cluster: "c", epoch: 1, trials: known, leases: [], at: .zero)
    }

    static func hello(
        _ name: String, generation: UInt64 = 1, kinds: [KindVersion] = [], memory: Int? = nil,
        holding inventory: [Held] = []
    ) throws -> Hello {
        Hello(
            worker: try #require(WorkerID(name)), generation: generation, host: "h", processID: 1,
            slots: 1, credit: 1, job: "", program: "", kinds: kinds, memory: memory,
            inventory: inventory)
    }

    mutating func join(
        _ name: String, connection: UInt64, generation: UInt64 = 1, kinds: [KindVersion] = [],
        memory: Int? = nil, holding inventory: [Held] = [], at now: Duration = .zero
    ) throws -> [Coordinator.Directive] {
        let hello = try Self.hello(
            name, generation: generation, kinds: kinds, memory: memory, holding: inventory)
        return core.turn(
            [.message(.hello(hello), Envelope(), from: ConnectionID(connection))], at: now)
    }

    mutating func say(
        _ message: WorkerMessage, connection: UInt64, at now: Duration = .zero
    ) -> [Coordinator.Directive] {
        sequence += 1
        let id = ConnectionID(connection)
        let session = core.workerOfConnection[id].flatMap { core.workers[$0]?.session } ?? 0
        let envelope = Envelope(epoch: 1, session: session, sequence: sequence)
        return core.turn([.message(message, envelope, from: id)], at: now)
    }

    mutating func handIn(
        _ lease: Lease, _ end: AttemptEnd, connection: UInt64, at now: Duration = .zero
    ) -> [Coordinator.Directive] {
        say(.results([EndedAttempt(lease, end)]), connection: connection, at: now)
    }
}

extension [Coordinator.Directive] {
    var events: [TrialEvent] {
        compactMap { if case .record(let event) = $0 { event } else { nil } }
    }
    var assigned: [Lease] {
        flatMap { directive -> [Lease] in
            if case .assign(let leases, _, _) = directive { leases } else { [] }
        }
    }
    var acknowledged: Acknowledgements? {
        compactMap { if case .send(.acknowledge(let some), _, _) = $0 { some } else { nil } }.last
    }
    var cancelled: [LeaseToken] {
        flatMap { directive -> [LeaseToken] in
            if case .send(.cancel(let tokens), _, _) = directive { tokens } else { [] }
        }
    }
}

func result(_ text: String = "bits") -> TrialResult {
    TrialResult(
        outcome: .finished, digest: Digest256(hashing: text.utf8), curves: [], scalars: [])
}

@Suite("The coordinator's core")
struct CoordinatorTests {
    @Test("leases neighbours to one worker while there are plenty, and the last ones in turn")
    func rows() throws {
        var desk = Desk(trials: 40)
        _ = try desk.join("w1", connection: 1)
        _ = try desk.join("w2", connection: 2)
        let credits = [1, 2].map { number in
            Coordinator.Input.message(
                .credit(20), Envelope(epoch: 1, session: UInt32(number), sequence: 100),
                from: ConnectionID(UInt64(number)))
        }
        let leases = desk.core.turn(credits, at: .zero).assigned
        let numbers = ["w1", "w2"].map { worker in
            leases.filter { $0.worker.rawValue == worker }.map(\.trial.rawValue)
        }
        // Each has one already; a row is an eighth of each worker's share of what waits.
        #expect(numbers[0].starts(with: [3, 4]) && numbers[1].starts(with: [5, 6]))
        #expect(numbers.map { $0.suffix(2) } == [[37, 39], [38, 40]])
    }

    @Test("leases a trial to a worker that says hello, and never above its credit")
    func leases() throws {
        var desk = Desk(trials: 3)
        let directives = try desk.join("w1", connection: 1)
        #expect(directives.assigned.map(\.trial) == [TrialID(1)])
        #expect(directives.events == directives.assigned.map(TrialEvent.leased))
        let more = desk.say(.renew(credit: 2, held: []), connection: 1)
        #expect(more.assigned.map(\.trial) == [TrialID(2)])
    }

    @Test("leases a worker only what it can train, and says what nobody can")
    func kinds() throws {
        let (old, new, other) = (
            KindVersion("sim", version: 2), KindVersion("sim", version: 3),
            KindVersion("matrix", version: 1)
        )
        var desk = Desk(kinds: [old, new, old, other])
        #expect(desk.core.missingKinds.isEmpty)
        let first = try desk.join("w1", connection: 1, kinds: [new, other])
        #expect(first.assigned.map(\.trial) == [TrialID(2)])
        #expect(desk.core.missingKinds == [old])
        let more = desk.say(.renew(credit: 4, held: []), connection: 1)
        #expect(more.assigned.map(\.trial) == [TrialID(4)])
        let second = try desk.join("w2", connection: 2, kinds: [old])
        #expect(second.assigned.map(\.trial) == [TrialID(1)])
        #expect(desk.core.missingKinds.isEmpty)
        // Who does not say what it can train is given anything.
        #expect(try desk.join("w3", connection: 3).assigned.map(\.trial) == [TrialID(3)])
    }

    @Test("gives at once to others what a worker hands back, in the order in which it had it")
    func handsBack() throws {
        var desk = Desk(trials: 6)
        _ = try desk.join("w1", connection: 1)
        let mine = desk.say(.renew(credit: 5, held: []), connection: 1).assigned
        _ = try desk.join("w2", connection: 2)
        let back = desk.say(
            .returned(credit: 1, [mine[2].token, mine[1].token]), connection: 1)
        #expect(back.events == [mine[2], mine[1]].map(TrialEvent.returned))
        #expect(back.assigned.isEmpty)
        let others = desk.say(.renew(credit: 4, held: []), connection: 2).assigned
        #expect(others.map(\.trial) == [mine[1].trial, mine[2].trial])
        #expect(others.map(\.attempt) == [2, 2])
        // Repeated, or of another's lease, it changes nothing.
        let again = desk.say(.returned(credit: 1, mine.map(\.token)), connection: 2)
        #expect(again.events.isEmpty)
    }

    @Test("sends many leases as several messages, so that none grows too large")
    func manyLeases() throws {
        var desk = Desk(trials: 200)
        _ = try desk.join("w1", connection: 1)
        let directives = desk.say(.renew(credit: 200, held: []), connection: 1)
        let sizes = directives.compactMap { directive -> Int? in
            if case .assign(let leases, _, _) = directive { leases.count } else { nil }
        }
        #expect(sizes == [64, 64, 64, 7])
    }

    @Test("commits the first result and counts another attempt's as a duplicate")
    func firstStands() throws {
        var desk = Desk()
        let first = try #require(try desk.join("w1", connection: 1).assigned.first)
        _ = desk.say(.started(first.token), connection: 1)
        // w1 falls silent; its lease runs out and w2 gets the trial.
        let second = try #require(
            try desk.join("w2", connection: 2, at: .seconds(16)).assigned.first)
        #expect(second.attempt == 2)
        let late = desk.handIn(first, .result(result()), connection: 1, at: .seconds(17))
        #expect(late.events == [.finished(first, result())])
        #expect(late.acknowledged == Acknowledgements(committed: [first.token]))
        #expect(late.cancelled == [second.token])
        let other = desk.handIn(second, .result(result()), connection: 2, at: .seconds(18))
        #expect(other.events == [.duplicate(second, digest: result().digest)])
        #expect(other.acknowledged == Acknowledgements(duplicate: [second.token]))
        // The same message once more is no further waste.
        let again = desk.handIn(first, .result(result()), connection: 1, at: .seconds(18))
        #expect(again.events.isEmpty)
        #expect(again.acknowledged == Acknowledgements(duplicate: [first.token]))
    }

    @Test("refuses a result whose lease was never issued, or was another's")
    func refuses() throws {
        var desk = Desk(trials: 2)
        let lease = try #require(try desk.join("w1", connection: 1).assigned.first)
        _ = try desk.join("w2", connection: 2)
        let invented = Lease(
            token: LeaseToken(99), trial: lease.trial, attempt: 1, worker: lease.worker)
        for (claimed, connection) in [(invented, UInt64(1)), (lease, 2)] {
            let directives = desk.handIn(claimed, .result(result()), connection: connection)
            #expect(directives.events.isEmpty)
            #expect(directives.acknowledged == Acknowledgements(refused: [claimed.token]))
            #expect(directives.contains(.complain(.unknownLease)))
        }
    }

    @Test("counts a failure only while its lease is current")
    func failures() throws {
        var desk = Desk()
        let lease = try #require(try desk.join("w1", connection: 1).assigned.first)
        _ = try desk.join("w2", connection: 2, at: .seconds(16))
        let late = desk.handIn(lease, .error("no"), connection: 1, at: .seconds(17))
        #expect(late.events.isEmpty)
        #expect(late.acknowledged == Acknowledgements(stale: [lease.token]))
    }

    @Test("sets a trial aside that loses its workers once too often")
    func poison() throws {
        var desk = Desk(hostLossLimit: 1)
        var generation: UInt64 = 0
        for _ in 0..<2 {
            generation += 1
            let lease = try #require(
                try desk.join("w1", connection: generation, generation: generation).assigned.first)
            _ = desk.say(.started(lease.token), connection: generation)
        }
        let last = try desk.join("w1", connection: 3, generation: 3)
        #expect(last.events.count == 2)
        #expect(last.assigned.isEmpty)
        guard case .failed(_, .hostLost) = last.events.last else {
            Issue.record("not set aside: \(last.events)")
            return
        }
    }

    @Test("gives a lease back to the worker that kept its trial through a cut")
    func resumes() throws {
        var desk = Desk()
        let lease = try #require(try desk.join("w1", connection: 1).assigned.first)
        _ = desk.say(.started(lease.token), connection: 1)
        let expired = desk.core.turn([], at: .seconds(20))
        #expect(expired.events == [.lost(lease)])
        let held = Held(lease: lease, stage: .running, step: 5)
        let back = try desk.join(
            "w1", connection: 2, generation: 2, holding: [held], at: .seconds(21))
        #expect(back.events == [.resumed(lease, isRunning: true)])
        #expect(back.assigned.isEmpty)
    }

    @Test("asks for hello where a message is of another session, and takes nothing from it")
    func stale() throws {
        var desk = Desk()
        let lease = try #require(try desk.join("w1", connection: 1).assigned.first)
        let old = Envelope(epoch: 0, session: 1, sequence: 9)
        let directives = desk.core.turn(
            [
                .message(
                    .results([EndedAttempt(lease, .result(result()))]), old,
                    from: ConnectionID(1))
            ], at: .zero)
        #expect(
            directives.contains(.send(.stale, Envelope(epoch: 0, session: 1), to: ConnectionID(1))))
        #expect(directives.events.isEmpty)
    }

    @Test("ignores a hello that a slow connection delivers late")
    func oldHello() throws {
        var desk = Desk()
        _ = try desk.join("w1", connection: 2, generation: 2)
        #expect(try desk.join("w1", connection: 1, generation: 1).isEmpty)
    }

    @Test("keeps leases through a full disk, however long it lasts")
    func stall() throws {
        var desk = Desk()
        _ = try desk.join("w1", connection: 1)
        let directives = desk.core.turn([.stalled(.seconds(100))], at: .seconds(100))
        #expect(directives.events.isEmpty)
    }

    @Test("tries a trial again that brought its worker down, and sets it aside after too often")
    func crashes() throws {
        var desk = Desk(crashLimit: 1)
        let first = try #require(desk.join("w1", connection: 1).assigned.first)
        let again = desk.handIn(first, .crash("SIGILL"), connection: 1)
        #expect(again.events.contains(.crashed(first)))
        #expect(again.acknowledged == Acknowledgements(committed: [first.token]))
        let second = try #require(again.assigned.first)
        #expect(second.attempt == 2)
        // The same message once more is no second crash.
        #expect(desk.handIn(first, .crash("SIGILL"), connection: 1).events.isEmpty)
        let last = desk.handIn(second, .crash("SIGSEGV"), connection: 1)
        #expect(last.events == [.failed(second, .crash("SIGSEGV"))])
    }

    @Test(
        "takes back at once what could not be sent, and gives a full peer nothing until it is heard"
    )
    func undelivered() throws {
        var desk = Desk()
        let lease = try #require(desk.join("w1", connection: 1).assigned.first)
        let back = desk.core.turn([.undelivered([lease], to: ConnectionID(1))], at: .seconds(1))
        #expect(back.events == [.returned(lease)])
        #expect(back.assigned.isEmpty)
        let heard = desk.say(.renew(credit: 1, held: []), connection: 1, at: .seconds(2))
        #expect(heard.assigned.map(\.attempt) == [2])
    }
}
