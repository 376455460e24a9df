import Sweeps
import Testing

@testable import Coordination

@Suite("What a sweep asks for its trials while they are leased")
struct TermsTests {
    private static func ids(_ numbers: UInt32...) -> [TrialID] { numbers.map { TrialID($0) } }

    @Test("is leased in the order asked for, also what comes back")
    func order() throws {
        var desk = Desk(trials: 4)
        _ = desk.core.turn([.arrange(Self.ids(1, 3, 2, 4), LeaseTerms())], at: .zero)
        let first = try desk.join("w1", connection: 1).assigned
        #expect(first.map(\.trial) == Self.ids(1))
        let more = desk.say(.renew(credit: 3, held: []), connection: 1).assigned
        #expect(more.map(\.trial) == Self.ids(3, 2))
        _ = desk.say(.goodbye(returned: more.map(\.token)), connection: 1)
        #expect(try desk.join("w2", connection: 2).assigned.map(\.trial) == Self.ids(3))
    }

    @Test("goes before all of a lower priority, and a trial is never leased twice for that")
    func priority() throws {
        var desk = Desk(trials: 4)
        _ = desk.core.turn([.arrange(Self.ids(3, 4), LeaseTerms(priority: 1))], at: .zero)
        _ = try desk.join("w1", connection: 1)
        let rest = desk.say(.renew(credit: 9, held: []), connection: 1).assigned
        #expect(rest.map(\.trial) == Self.ids(4, 1, 2))
        // Said again, of what waits no more, it changes nothing.
        let again = desk.core.turn([.arrange(Self.ids(3, 4), LeaseTerms(priority: 1))], at: .zero)
        #expect(again.isEmpty && desk.core.queue.isEmpty)
    }

    @Test("fills no host with more than its memory, and says what no worker can hold")
    func memory() throws {
        var desk = Desk(trials: 5)
        let terms = LeaseTerms(memory: 40)
        _ = desk.core.turn([.arrange(Self.ids(1, 2, 3, 4), terms)], at: .zero)
        _ = try desk.join("w1", connection: 1, memory: 100)
        // Two fit; the one that says nothing of memory is no matter.
        let leased = desk.say(.renew(credit: 9, held: []), connection: 1).assigned
        #expect(leased.map(\.trial) == Self.ids(2, 5))
        // A second worker of the same host shares what it has.
        #expect(try desk.join("w2", connection: 2, memory: 100).assigned.isEmpty)
        #expect(desk.core.missingMemory == nil)
        let first = try #require(desk.core.trials.lease(LeaseToken(1)))
        let done = desk.handIn(first, .result(result()), connection: 1)
        #expect(done.assigned.map(\.trial) == Self.ids(3))
        _ = desk.core.turn([.arrange(Self.ids(4), LeaseTerms(memory: 101))], at: .zero)
        #expect(desk.core.missingMemory == 101)
    }

    @Test("is set aside when it has run too long, its worker told to stop")
    func timeLimit() throws {
        var desk = Desk(trials: 1)
        let terms = LeaseTerms(timeLimit: .seconds(60))
        _ = desk.core.turn([.arrange(Self.ids(1), terms)], at: .zero)
        let lease = try #require(try desk.join("w1", connection: 1).assigned.first)
        // What waits in its worker's hands does not run.
        func renew(_ stage: Held.Stage, at now: Duration) -> [Coordinator.Directive] {
            let held = Held(lease: lease, stage: stage, step: 1)
            return desk.say(.renew(credit: 1, held: [held]), connection: 1, at: now)
        }
        for second in stride(from: 10, to: 100, by: 10) {
            #expect(renew(.queued, at: .seconds(second)).events.isEmpty)
        }
        #expect(renew(.running, at: .seconds(100)).events == [.started(lease)])
        for second in stride(from: 110, to: 160, by: 10) {
            #expect(renew(.running, at: .seconds(second)).events.isEmpty)
        }
        let over = desk.core.turn([], at: .seconds(160))
        #expect(over.events == [.failed(lease, .timeLimit(.seconds(60)))])
        #expect(over.cancelled == [lease.token])
        let late = desk.handIn(lease, .result(result()), connection: 1, at: .seconds(161))
        #expect(late.events.isEmpty && late.acknowledged?.stale == [lease.token])
    }
}
