import Coordination
import Foundation
import Testing

@testable import Transport

@Suite("A command's word with the coordinator", .timeLimit(.minutes(2)))
struct ClientConnectionTests {
    let keys = CoordinatorKeys()

    @Test("has its answer, many at a time")
    func answers() async throws {
        let socket = try CoordinatorSocket.loopback(keys)
        let access = socket.access(keys)
        let service = TestService(socket) { request in
            guard case .submit(let source) = request else { return .stopping }
            return .submitted(
                sweep: source.text.utf8.count, name: source.path, planned: 2, known: 1)
        }
        await service.start()
        #expect(try await ClientConnection.request(.stop, access: access) == .stopping)
        try await withThrowingTaskGroup { group in
            for number in 0..<20 {
                group.addTask {
                    let source = SweepSource(
                        path: "\(number)", text: String(repeating: "x", count: 1000 * number),
                        overrides: [])
                    let reply = try await ClientConnection.request(.submit(source), access: access)
                    #expect(
                        reply
                            == .submitted(
                                sweep: 1000 * number, name: "\(number)", planned: 2, known: 1))
                }
            }
            try await group.waitForAll()
        }
        await service.stop()
    }

    @Test("ends as unreachable where nobody listens, or nobody answers")
    func unreachable() async throws {
        let socket = try CoordinatorSocket.loopback(keys)
        let access = socket.access(keys)
        let service = TestService(socket) { _ in nil }
        await service.start()
        let silent = await #expect(throws: TransportError.self) {
            try await ClientConnection.request(
                .info, access: access, timeout: .milliseconds(1500))
        }
        guard case .unreachable(access.endpoints, let hint)? = silent else {
            Issue.record("another error: \(String(describing: silent))")
            return
        }
        #expect(hint.contains("not answered"))
        await service.stop()
        let nobody = await #expect(throws: TransportError.self) {
            try await ClientConnection.request(.info, access: access, timeout: .milliseconds(300))
        }
        guard case .unreachable(_, let reason)? = nobody else {
            Issue.record("another error: \(String(describing: nobody))")
            return
        }
        #expect(reason.contains("nothing listens"))
    }

    @Test("waits beyond its time for a coordinator that says it is at work")
    func atWork() async throws {
        let socket = try CoordinatorSocket.loopback(keys)
        let access = socket.access(keys)
        let service = TestService(socket) { _ in .working(trials: 7) }
        await service.start()
        let (said, saying) = AsyncStream.makeStream(of: Int.self)
        async let reply = ClientConnection.request(
            .info, access: access, timeout: .seconds(1), onWork: { saying.yield($0) })
        for await trials in said {
            #expect(trials == 7)
            break
        }
        try await Task.sleep(for: .milliseconds(1500))
        try await service.answer(.stopping)
        #expect(try await reply == .stopping)
        await service.stop()
    }

    @Test("ends as refused where the key is not known")
    func refused() async throws {
        let socket = try CoordinatorSocket.loopback(keys)
        let stranger = CoordinatorKeys()
        let access = AccessFile(
            cluster: "test", endpoints: [socket.endpoint], serverKey: keys.server.publicKey,
            worker: keys.worker, submitter: stranger.submitter)
        await #expect(throws: TransportError.refused(endpoint: socket.endpoint)) {
            try await ClientConnection.request(.info, access: access, timeout: .seconds(30))
        }
        socket.close()
    }

    @Test("is not entitled by a worker's key, and is not sent when too large")
    func entitled() async throws {
        let socket = try CoordinatorSocket.loopback(keys)
        let access = AccessFile(
            cluster: "test", endpoints: [socket.endpoint], serverKey: keys.server.publicKey,
            worker: keys.worker, submitter: keys.worker)
        let service = TestService(socket)
        await service.start()
        let error = await #expect(throws: TransportError.self) {
            try await ClientConnection.request(.stop, access: access, timeout: .seconds(30))
        }
        guard case .unexpectedAnswer? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        let text = String(repeating: "x", count: Codec.bodyLimit)
        await #expect(throws: CodecError.self) {
            try await ClientConnection.request(
                .submit(SweepSource(path: "x", text: text, overrides: [])), access: access)
        }
        await service.stop()
    }
}
