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
        return Assignment(lease: lease, threads: 1, spec: [])
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
            [.message(.acknowledge([one.lease.token: .committed]), Self.epoch)], at: .seconds(1))
        #expect(told.contains(.forget(one.lease.token)))
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
            let verdicts: [LeaseToken: Acknowledgement] = Dictionary(
                uniqueKeysWithValues: all.map { ($0.lease.token, .committed) })
            _ = core.turn([.message(.acknowledge(verdicts), Self.epoch)], at: now)
        }
    }

    @Test("trains alone what was tried before")
    func triedBefore() throws {
        var (core, id) = try worker()
        _ = core.turn([], at: .zero)
        let first = assignment(1, to: id)
        _ = core.turn(
            [.message(welcome, Self.epoch), .message(.assign([first]), Self.epoch)], at: .zero)
        _ = core.turn([.ended(first.lease.token, end)], at: .microseconds(100))
        let again = Lease(token: LeaseToken(2), trial: TrialID(2), attempt: 2, worker: id)
        let all = [
            Assignment(lease: again, threads: 1, spec: []), assignment(3, to: id),
            assignment(4, to: id),
        ]
        let begun = core.turn([.message(.assign(all), Self.epoch)], at: .milliseconds(1))
        #expect(begun.contains(.train([all[0]])))
        let ended = core.turn([.ended(again.token, end)], at: .milliseconds(2))
        #expect(ended.contains(.train(Array(all[1...]))))
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
            [.message(.acknowledge([LeaseToken(1): .committed]), Self.epoch)], at: .zero)
        #expect(told.last == .exit)
        #expect(!told.contains(.train([all[1]])))
    }
}
