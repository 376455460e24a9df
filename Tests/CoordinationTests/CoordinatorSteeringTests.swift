import Sweeps
import Testing

@testable import Coordination

@Suite("What a person tells the coordinator")
struct CoordinatorSteeringTests {
    @Test("holds, releases, stops, cancels and reopens trials as it is told")
    func steering() throws {
        var desk = Desk(trials: 3)
        let ids = (1...UInt32(3)).map { TrialID($0) }
        _ = desk.core.turn([.steer(.hold, [ids[0]])], at: .zero)
        let first = try #require(desk.join("w1", connection: 1).assigned.first)
        #expect(first.trial == ids[1])
        let stopped = desk.core.turn([.steer(.stop, [ids[1], ids[2]])], at: .zero)
        #expect(stopped.events == [.cancelled(ids[2], nil)])
        let cancelled = desk.core.turn([.steer(.cancel, [ids[1]])], at: .zero)
        #expect(cancelled.events == [.cancelled(ids[1], first)])
        #expect(cancelled.cancelled == [first.token])
        // Its result comes all the same: too late, and the worker may forget it.
        let late = desk.handIn(first, .result(result()), connection: 1)
        #expect(late.events.isEmpty)
        #expect(late.acknowledged == Acknowledgements(stale: [first.token]))
        let released = desk.core.turn([.steer(.release, ids)], at: .zero)
        #expect(released.assigned.map(\.trial) == [ids[0]])
        let reopened = desk.core.turn([.steer(.reopen, ids)], at: .zero)
        #expect(reopened.events == [.reopened(ids[1]), .reopened(ids[2])])
        #expect(desk.core.turn([.steer(.reopen, ids)], at: .zero).events.isEmpty)
    }

    @Test("has a diverged trial trained again when a person wants it, and nothing else")
    func withdrawal() throws {
        var desk = Desk(trials: 2)
        let ids = [TrialID(1), TrialID(2)]
        let first = try #require(desk.join("w1", connection: 1).assigned.first)
        let diverged = TrialResult(
            outcome: .diverged(step: 3), digest: result().digest, curves: [], scalars: [])
        let ended = desk.handIn(first, .result(diverged), connection: 1)
        #expect(ended.events.contains(.finished(first, diverged)))
        #expect(desk.core.turn([.steer(.reopen, ids)], at: .zero).events.isEmpty)
        let again = desk.core.turn([.steer(.withdraw, ids)], at: .zero)
        #expect(again.events == [.withdrawn(ids[0])])
        // Its worker did not hear that the result was taken, and says it again: it stands anew.
        let repeated = desk.handIn(first, .result(diverged), connection: 1)
        #expect(repeated.events.contains(.finished(first, diverged)))
        #expect(repeated.acknowledged?.committed == [first.token])
    }

    @Test("gives a worker in quarantine nothing, and takes back what it has not begun")
    func quarantine() throws {
        var desk = Desk(trials: 3)
        let w1 = try #require(WorkerID("w1"))
        let running = try #require(try desk.join("w1", connection: 1).assigned.first)
        _ = desk.say(.started(running.token), connection: 1)
        let queued = try #require(
            desk.say(.renew(credit: 2, held: []), connection: 1).assigned.first)
        let taken = desk.core.turn([.steerWorkers(.quarantine, [w1])], at: .zero)
        #expect(taken.events == [.returned(queued)])
        #expect(taken.cancelled == [queued.token])
        // A RENEW that was on its way does not get it back; what runs goes on.
        let held = [
            Held(lease: running, stage: .running, step: 3),
            Held(lease: queued, stage: .queued, step: 0),
        ]
        let renewed = desk.say(.renew(credit: 3, held: held), connection: 1)
        #expect(renewed.events.isEmpty && renewed.assigned.isEmpty)
        #expect(
            renewed.contains { directive in
                if case .send(.renewed([queued.token]), _, _) = directive { true } else { false }
            })
        #expect(try desk.join("w2", connection: 2).assigned.map(\.trial) == [queued.trial])
        // Registered anew it is still in quarantine, and its result is taken.
        let again = try desk.join("w1", connection: 3, generation: 2, holding: [held[0]])
        #expect(again.assigned.isEmpty)
        let done = desk.handIn(running, .result(result()), connection: 3)
        #expect(done.acknowledged == Acknowledgements(committed: [running.token]))
        #expect(done.assigned.isEmpty)
        let released = desk.core.turn([.steerWorkers(.release, [w1])], at: .zero)
        #expect(released.assigned.map(\.trial) == [TrialID(3)])
    }

    @Test("keeps a quarantine over its own restart")
    func quarantineAtStart() throws {
        let w1 = try #require(WorkerID("w1"))
        var core = Coordinator(
            cluster: "c", epoch: 2,
            trials: [KnownTrial(id: TrialID(1), rules: TrialRules(kind: noKind))], leases: [],
            quarantined: [w1], at: .zero)
        let hello = try Desk.hello("w1")
        let joined = core.turn(
            [.message(.hello(hello), Envelope(), from: ConnectionID(1))], at: .zero)
        #expect(joined.assigned.isEmpty)
        #expect(!core.turn([.steerWorkers(.release, [w1])], at: .zero).assigned.isEmpty)
    }

    @Test("tells a worker to leave after its own restart, but none that was started since")
    func drainAtStart() throws {
        let w1 = try #require(WorkerID("w1"))
        for (process, leaves) in [(7, true), (8, false)] {
            var core = Coordinator(
                cluster: "c", epoch: 2,
                trials: [KnownTrial(id: TrialID(1), rules: TrialRules(kind: noKind))], leases: [],
                draining: [w1: 7], at: .zero)
            var hello = try Desk.hello("w1")
            hello.processID = process
            let joined = core.turn(
                [.message(.hello(hello), Envelope(), from: ConnectionID(1))], at: .zero)
            let isTold = joined.contains {
                if case .send(.drain, _, _) = $0 { true } else { false }
            }
            #expect(isTold == leaves && joined.assigned.isEmpty == leaves)
            #expect(core.draining == (leaves ? [w1: 7] : [:]))
        }
    }

    @Test("tells a worker to leave until it takes no more, and forgets it with the process")
    func drain() throws {
        var desk = Desk(trials: 3)
        let w1 = try #require(WorkerID("w1"))
        func isTold(_ directives: [Coordinator.Directive]) -> Bool {
            directives.contains {
                if case .send(.drain, _, _) = $0 { true } else { false }
            }
        }
        let running = try #require(try desk.join("w1", connection: 1).assigned.first)
        _ = desk.say(.started(running.token), connection: 1)
        #expect(isTold(desk.core.turn([.steerWorkers(.drain, [w1])], at: .zero)))
        #expect(desk.core.connected.map(\.status.state) == [.draining])
        // It has not heard of it: told again. Then it has.
        let held = [Held(lease: running, stage: .running, step: 1)]
        #expect(isTold(desk.say(.renew(credit: 2, held: held), connection: 1)))
        let heard = desk.say(.renew(credit: 0, held: held), connection: 1)
        #expect(!isTold(heard) && heard.assigned.isEmpty)
        _ = desk.handIn(running, .result(result()), connection: 1)
        _ = desk.say(.goodbye(returned: []), connection: 1)
        #expect(!desk.core.isPresent(w1))
        let next = try desk.join("w1", connection: 2, generation: 2)
        #expect(!isTold(next) && next.assigned.count == 1)
        // Nobody is there to be drained.
        #expect(desk.core.turn([.steerWorkers(.drain, [WorkerID("w9")!])], at: .zero).isEmpty)
    }
}
