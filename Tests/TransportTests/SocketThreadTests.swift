import Coordination
import Foundation
import Testing

@testable import Transport

@Suite("The socket thread", .timeLimit(.minutes(2)))
struct SocketThreadTests {
    @Test("runs its actor's jobs, all on itself")
    func jobs() async throws {
        let service = TestService(try .loopback())
        #expect(service.thread.isIsolatingCurrentContext() == false)
        #expect(await service.isOnThread())
        #expect(await service.awaitOwnTask())
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 1...1000 {
                group.addTask { await service.isOnThread() ? number : 0 }
            }
            return await group.reduce(0, +)
        }
        #expect(sum == 500_500)
        await service.stop()
    }

    @Test("hands over what arrives, a few messages a turn, until all is taken")
    func turns() async throws {
        let keys = CoordinatorKeys()
        let socket = try CoordinatorSocket.loopback(keys)
        let access = socket.access(keys)
        let service = TestService(socket)
        await service.start(upTo: 10)
        let sender = Task.detached {
            let worker = try WorkerSocket(access: access, logger: quiet)
            for number in 0..<1000 {
                try awaiting("sending", on: worker.polled) {
                    _ = worker.receive(upTo: 1)
                    return try worker.send(.credit(number), Envelope()) ? () : nil
                }
            }
            worker.close(linger: .seconds(30))
        }
        await service.wait(for: 1000)
        try await sender.value
        #expect(
            await service.heard.map(\.content) == (0..<1000).map { .worker(.credit($0)) })
        #expect(await service.turns >= 100)
        await service.stop()
    }

    @Test("takes what has piled up in few turns, not one by one")
    func batches() async throws {
        let keys = CoordinatorKeys()
        let socket = try CoordinatorSocket.loopback(keys)
        let worker = try WorkerSocket(access: socket.access(keys), logger: quiet)
        for number in 0..<900 {
            try awaiting("sending", on: worker.polled) {
                _ = worker.receive(upTo: 1)
                return try worker.send(.credit(number), Envelope()) ? () : nil
            }
        }
        worker.close(linger: .seconds(30))
        let service = TestService(socket)
        await service.start()
        await service.wait(for: 900)
        #expect(await service.turns < 300)
        await service.stop()
    }

    @Test("ticks, and no more once it is stopped; jobs it runs even then")
    func ticks() async throws {
        let service = TestService(try .loopback())
        await service.startTicking(every: .milliseconds(1))
        while await service.ticks < 5 { await Task.yield() }
        await service.stop()
        let count = await service.ticks
        // Each of these is a turn of the loop, in which a tick would have come.
        let end = SuspendingClock.now + .milliseconds(20)
        while SuspendingClock.now < end { #expect(await service.isOnThread()) }
        #expect(await service.ticks == count)
    }

    @Test("leaves no task behind that was under way when it was stopped")
    func drain() async throws {
        for _ in 0..<50 {
            let service = TestService(try .loopback())
            let done = await withTaskGroup(of: Bool.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        if number == 100 { await service.stop() }
                        return await service.isOnThread()
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(done == 200)
        }
    }

    @Test("is gone with its actor")
    func lifetime() async throws {
        weak var thread: SocketThread?
        do {
            let service = TestService(try .loopback())
            await service.start()
            await service.startTicking(every: .seconds(1))
            thread = service.thread
            #expect(await service.isOnThread())
            await service.stop()
        }
        // The handlers go with the thread's next turn.
        while thread != nil { await Task.yield() }
    }
}
