import Coordination
import Foundation
import Testing

@testable import Transport

/// What a service looks like: an actor on the thread of its socket.
actor TestService {
    nonisolated let thread: SocketThread
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.executor }
    let socket: CoordinatorSocket
    private(set) var heard: [CoordinatorSocket.Received] = []
    private(set) var ticks = 0
    private(set) var turns = 0
    private var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    private let reply: (@Sendable (ClientRequest) -> ClientReply?)?

    init(
        _ socket: sending CoordinatorSocket,
        reply: (@Sendable (ClientRequest) -> ClientReply?)? = nil
    ) {
        thread = SocketThread(named: "test")
        self.socket = socket
        self.reply = reply
    }

    func start(upTo limit: Int = 1000) {
        thread.watch(socket) { self.assumeIsolated { $0.turn(limit) } }
    }

    func startTicking(every period: Duration) {
        thread.tick(every: period) { self.assumeIsolated { $0.ticks += 1 } }
    }

    private func turn(_ limit: Int) {
        turns += 1
        for received in socket.receive(upTo: limit) {
            heard.append(received)
            if case .client(let request) = received.content, let reply = reply?(request) {
                let outcome = try? socket.send(reply, to: received.connection)
                #expect(outcome == .sent)
            }
        }
        for waiter in waiters where waiter.count <= heard.count { waiter.continuation.resume() }
        waiters.removeAll { $0.count <= heard.count }
    }

    /// Answers the last message once more.
    func answer(_ reply: ClientReply) throws {
        let last = try #require(heard.last)
        #expect(try socket.send(reply, to: last.connection) == .sent)
    }

    /// Until so many messages were heard in all.
    func wait(for count: Int) async {
        guard heard.count < count else { return }
        await withCheckedContinuation { waiters.append((count, $0)) }
    }

    /// Awaits a task that is this actor's own: its job comes from the thread itself.
    func awaitOwnTask() async -> Bool {
        await Task { isOnThread() }.value
    }

    func isOnThread() -> Bool { thread.isIsolatingCurrentContext() == true }

    func stop() {
        thread.stop()
        socket.close()
    }
}
