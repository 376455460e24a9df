import Sweeps
import Testing

@testable import Coordination

@Suite("The worker's core")
struct WorkerTests {
    private static let epoch = Envelope(epoch: 1, session: 1, sequence: 1)

    private func worker(slots: Int = 1) throws -> (Worker, WorkerID) {
        let id = try #require(WorkerID("w1"))
        let hello = Hello(
            worker: id, generation: 0, host: "h", processID: 1, slots: slots, credit: 0, job: "",
            program: "", inventory: [])
        return (Worker(identity: hello, settings: Worker.Settings(slots: slots)), id)
    }

    private let welcome = CoordinatorMessage.welcome(
        Welcome(
            cluster: "c", heartbeat: .seconds(1), leaseDuration: .seconds(15), verdicts: [:]))

    private func assignment(_ number: UInt32, to id: WorkerID) -> Assignment {
        let lease = Lease(
            token: LeaseToken(number), trial: TrialID(number), attempt: 1, worker: id)
        return Assignment(lease: lease, threads: 1, cell: noCell, seed: 0)
    }

    private let end = AttemptEnd.result(
        TrialResult(
            outcome: .finished, digest: Digest256(hashing: "x".utf8), curves: [], scalars: []))

    @Test("says hello first, and trains no more at once than it has slots")
    func slots() throws {
        var (core, id) = try worker(slots: 2)
        guard case .send(.hello(let hello), _) = core.turn([], at: .zero).first else {
            Issue.record("no hello")
            return
        }
        #expect(hello.credit == 3)
        let all = [1, 2, 3].map { assignment($0, to: id) }
        let directives = core.turn(
            [.message(welcome, Self.epoch), .message(.assign(all), Self.epoch)], at: .zero)
        let trained = directives.compactMap { if case .train(let a) = $0 { a } else { nil } }
        #expect(trained == [[all[0]], [all[1]]])
    }

    @Test("spools a result before it hands it in, and forgets it only when told")
    func spools() throws {
        var (core, id) = try worker()
        let one = assignment(1, to: id)
        _ = core.turn([], at: .zero)
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign([one]), Self.epoch)], at: .zero)
        let ended = core.turn([.ended(one.lease.token, end)], at: .milliseconds(900))
        #expect(ended.first == .spool([EndedAttempt(one.lease, end)], isSynced: true))
        // A cancellation that crosses the end drops nothing.
        let crossed = core.turn(
            [.message(.cancel([one.lease.token]), Self.epoch)], at: .seconds(1))
        #expect(!crossed.contains(.forget(one.lease.token)))
        let told = core.turn(
            [.message(.acknowledge(Acknowledgements(committed: [one.lease.token])), Self.epoch)],
            at: .seconds(1))
        #expect(told.contains(.forget(one.lease.token)))
    }

    @Test("has a large result brought as a file, names it, and brings it again unless it is heard")
    func largeResult() throws {
        var (core, id) = try worker()
        let one = assignment(1, to: id)
        let token = one.lease.token
        let curve = Curve(
            name: "c", steps: Array(0..<100_000), values: Array(repeating: 0.1, count: 100_000))
        let result = TrialResult(
            outcome: .finished, digest: Digest256(hashing: "x".utf8), curves: [curve], scalars: [])
        let whole = EndedAttempt(one.lease, .result(result))
        _ = core.turn([], at: .zero)
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign([one]), Self.epoch)], at: .zero)
        func sent(_ directives: [Worker.Directive]) -> [WorkerMessage] {
            directives.compactMap { if case .send(let message, _) = $0 { message } else { nil } }
        }
        let ended = core.turn([.ended(token, whole.end)], at: .milliseconds(900))
        #expect(ended.contains(.spool([whole], isSynced: true)))
        #expect(ended.contains(.bring(whole)) && !sent(ended).contains(.results([whole])))
        // The session goes on.
        let heard = Worker.Input.message(.renewed(cancelled: []), Self.epoch)
        #expect(!core.turn([heard], at: .seconds(3)).contains(.bring(whole)))
        // It could not be brought, and is brought again after a while.
        let failed = core.turn([heard, .brought(token, nil)], at: .seconds(6))
        #expect(!failed.contains(.bring(whole)))
        #expect(!core.turn([heard], at: .seconds(9)).contains(.bring(whole)))
        #expect(core.turn([heard], at: .seconds(12)).contains(.bring(whole)))
        let file = Digest256(hashing: [1])
        let named = WorkerMessage.results([EndedAttempt(one.lease, .file(file))])
        let brought = core.turn([heard, .brought(token, file)], at: .seconds(14))
        #expect(sent(brought).contains(named))
        // Nobody acknowledges it. Drained, the worker waits for a file that is on its way.
        _ = core.turn([heard], at: .seconds(17))
        let leaving = core.turn([heard, .leave(.afterRunning)], at: .seconds(20))
        #expect(leaving.contains(.bring(whole)))
        #expect(!core.turn([heard], at: .seconds(23)).contains(.exit))
        let verdict = Acknowledgements(committed: [token])
        let told = core.turn(
            [.brought(token, file), .message(.acknowledge(verdict), Self.epoch)],
            at: .seconds(25))
        #expect(told.contains(.forget(token)) && told.contains(.exit))
    }

    @Test("takes many short trials at once, asks for more of them, and hands them in together")
    func shortTrials() throws {
        var (core, id) = try worker()
        _ = core.turn([], at: .zero)
        _ = core.turn([.message(welcome, Self.epoch)], at: .zero)
        var now = Duration.zero
        var next: UInt32 = 1
        for size in [1, 4, 16, 64] {
            let all = (next..<next + UInt32(size)).map { assignment($0, to: id) }
            next += UInt32(size)
            let begun = core.turn([.message(.assign(all), Self.epoch)], at: now)
            #expect(begun.contains(.train(all)))
            now += .microseconds(100 * size)
            let ended = core.turn(all.map { .ended($0.lease.token, end) }, at: now)
            let results = all.map { EndedAttempt($0.lease, end) }
            #expect(ended.contains(.spool(results, isSynced: false)))
            let sent = ended.compactMap {
                if case .send(let message, _) = $0 { message } else { nil }
            }
            // 100 µs fill the 50 ms of a unit with 256 of them, which is the most.
            let credit = WorkerMessage.credit(2 * min(4 * size, 256))
            #expect(sent == [.results(results), credit])
            let verdicts = Acknowledgements(committed: all.map(\.lease.token))
            _ = core.turn([.message(.acknowledge(verdicts), Self.epoch)], at: now)
        }
    }

    @Test("trains alone what was lost before")
    func lostBefore() throws {
        var (core, id) = try worker()
        _ = core.turn([], at: .zero)
        let first = assignment(1, to: id)
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign([first]), Self.epoch)], at: .zero)
        _ = core.turn([.ended(first.lease.token, end)], at: .microseconds(100))
        let again = Lease(token: LeaseToken(2), trial: TrialID(2), attempt: 2, worker: id)
        let all = [
            Assignment(lease: again, threads: 1, cell: noCell, seed: 0, isAlone: true),
            assignment(3, to: id),
            assignment(4, to: id),
        ]
        let begun = core.turn([.message(.assign(all), Self.epoch)], at: .milliseconds(1))
        #expect(begun.contains(.train([all[0]])))
        let ended = core.turn([.ended(again.token, end)], at: .milliseconds(2))
        #expect(ended.contains(.train(Array(all[1...]))))
    }

    @Test("hands back what waits behind a trial that takes long, and asks for no more")
    func returns() throws {
        var (core, id) = try worker()
        _ = core.turn([], at: .zero)
        let first = assignment(1, to: id)
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign([first]), Self.epoch)], at: .zero)
        // Short: four go to a slot at once, and as many wait.
        _ = core.turn([.ended(first.lease.token, end)], at: .milliseconds(1))
        let all = (2...9).map { assignment($0, to: id) }
        let begun = core.turn([.message(.assign(all), Self.epoch)], at: .milliseconds(1))
        #expect(begun.contains(.train(Array(all[..<4]))))
        _ = core.turn([.ended(LeaseToken(2), end)], at: .milliseconds(2))
        #expect(core.turn([], at: .milliseconds(900)).allSatisfy { !$0.isReturn })

        // The second one takes long: what has no slot goes at once, the rest of its unit is
        // asked for.
        let slow = core.turn([], at: .milliseconds(1100))
        #expect(slow.contains(.recall([3, 4, 5].map(LeaseToken.init))))
        #expect(slow.returned == [(6...9).map(LeaseToken.init)])
        // The shell says that the third and fourth had not begun.
        let rest = core.turn([.recalled([LeaseToken(4), LeaseToken(5)])], at: .milliseconds(1200))
        #expect(rest.returned == [[LeaseToken(4), LeaseToken(5)]])
        #expect(core.inventory.map(\.lease.token) == [1, 2, 3].map(LeaseToken.init))
        // It is said once, and one lease is all that it wants.
        #expect(core.turn([], at: .milliseconds(1900)).allSatisfy { !$0.isReturn })
        #expect(core.credit == 1)
        // A short one makes it ask for more again.
        _ = core.turn([.ended(LeaseToken(3), end)], at: .seconds(2))
        let next = assignment(10, to: id)
        _ = core.turn([.message(.assign([next]), Self.epoch)], at: .seconds(2))
        _ = core.turn([.ended(next.lease.token, end)], at: .milliseconds(2001))
        #expect(core.credit == 8)
    }

    @Test("keeps what another slot can train")
    func otherSlot() throws {
        var (core, id) = try worker(slots: 2)
        _ = core.turn([], at: .zero)
        let all = (1...3).map { assignment($0, to: id) }
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign(all), Self.epoch)], at: .zero)
        // The first is slow; the third has the other's slot, and the fourth waits for it.
        _ = core.turn([.ended(LeaseToken(2), end)], at: .milliseconds(700))
        let fourth = assignment(4, to: id)
        _ = core.turn([.message(.assign([fourth]), Self.epoch)], at: .milliseconds(700))
        #expect(core.turn([], at: .milliseconds(1100)).returned.isEmpty)
        #expect(core.turn([], at: .milliseconds(1800)).returned == [[LeaseToken(4)]])
    }

    @Test("hands in again what an earlier life left in the spool")
    func earlierLife() throws {
        let id = try #require(WorkerID("w1"))
        let lease = assignment(4, to: id).lease
        let hello = Hello(
            worker: id, generation: 1 << 32, host: "h", processID: 1, slots: 1, credit: 0, job: "",
            program: "", inventory: [])
        var core = Worker(
            identity: hello, settings: Worker.Settings(slots: 1),
            spooled: [EndedAttempt(lease, end)])
        guard case .send(.hello(let said), _) = core.turn([], at: .zero).first else {
            Issue.record("no hello")
            return
        }
        #expect(said.inventory == [Held(lease: lease, stage: .ended, step: 0)])
        let registered = core.turn([.message(welcome, Self.epoch)], at: .zero)
        #expect(
            registered.contains(
                .send(
                    .results([EndedAttempt(lease, end)]),
                    Envelope(epoch: 1, session: 1, sequence: 1))))
    }

    @Test("starts afresh when the coordinator falls silent")
    func silence() throws {
        var (core, _) = try worker()
        _ = core.turn([], at: .zero)
        _ = core.turn([.message(welcome, Self.epoch)], at: .zero)
        let directives = core.turn([], at: .seconds(5))
        #expect(directives.first == .reconnect)
        #expect(!core.isRegistered)
    }

    @Test("hands everything back when it is to leave now, and says goodbye")
    func leaves() throws {
        var (core, id) = try worker()
        let all = [1, 2].map { assignment($0, to: id) }
        _ = core.turn([], at: .zero)
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign(all), Self.epoch)], at: .zero)
        let directives = core.turn([.leave(.now)], at: .seconds(1))
        #expect(directives.contains(.abandon(LeaseToken(1))))
        let returned = directives.compactMap {
            if case .send(.goodbye(let tokens), _) = $0 { tokens } else { nil }
        }
        #expect(returned == [[LeaseToken(1), LeaseToken(2)]])
        #expect(directives.last == .exit)
    }

    @Test("finishes what runs when it is to leave after that, and starts nothing more")
    func drains() throws {
        var (core, id) = try worker()
        let all = [1, 2].map { assignment($0, to: id) }
        _ = core.turn([], at: .zero)
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign(all), Self.epoch)], at: .zero)
        #expect(!core.turn([.message(.drain, Self.epoch)], at: .zero).contains(.exit))
        let ended = core.turn([.ended(LeaseToken(1), end)], at: .zero)
        #expect(!ended.contains(.exit))
        let told = core.turn(
            [.message(.acknowledge(Acknowledgements(committed: [LeaseToken(1)])), Self.epoch)],
            at: .zero)
        #expect(told.last == .exit)
        #expect(!told.contains(.train([all[1]])))
    }
}

extension Worker.Directive {
    fileprivate var isReturn: Bool { if case .send(.returned, _) = self { true } else { false } }
}

extension [Worker.Directive] {
    fileprivate var returned: [[LeaseToken]] {
        compactMap {
            if case .send(.returned(_, let tokens), _) = $0 { tokens } else { nil }
        }
    }
}
