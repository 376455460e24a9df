import Coordination
import Foundation
import Sweeps
import Testing

@testable import Transport

@Suite("Coordinator and worker on loopback, with CURVE", .timeLimit(.minutes(2)))
struct ConnectionTests {
    @Test("hear each message as it was said, on one connection")
    func everyMessage() throws {
        let pair = try Pair()
        var random = MessageGenerator(seed: 21)
        var connections: Set<ConnectionID> = []
        for kind in 0..<63 {
            let message = random.workerMessage(kind)
            let envelope = random.envelope()
            try pair.send(message, envelope)
            let received = try pair.next()
            #expect(received.content == .worker(message))
            #expect(received.envelope == envelope)
            connections.insert(received.connection)

            let answer = random.coordinatorMessage(kind)
            #expect(try pair.coordinator.send(answer, envelope, to: received.connection) == .sent)
            let (heard, itsEnvelope) = try pair.answer()
            #expect(heard == answer)
            #expect(itsEnvelope == envelope)
        }
        #expect(connections.count == 1)
        #expect(pair.coordinator.badMessageCount == 0)
        #expect(pair.worker.badMessageCount == 0)
    }

    @Test("carry a body of the full size")
    func fullSize() throws {
        let pair = try Pair()
        var random = MessageGenerator(seed: 1)
        let result = TrialResult(
            outcome: .finished, digest: random.digest(),
            curves: [
                Curve(
                    name: "c", steps: [UInt32](repeating: 1, count: 87_360),
                    values: [Double](repeating: 0.1, count: 87_360))
            ], scalars: [])
        let worker = random.worker()
        let message = WorkerMessage.results(
            [EndedAttempt(random.lease(of: worker), .result(result))])
        #expect(try Codec.encode(message, Envelope()).body.count > Codec.bodyLimit - 500)
        try pair.send(message)
        #expect(try pair.next().content == .worker(message))
    }

    @Test("two workers with the same key are both served, each on its own connection")
    func sameKey() throws {
        let pair = try Pair()
        let other = try WorkerSocket(access: pair.coordinator.access(pair.keys), logger: quiet)
        try pair.send(.credit(1))
        let first = try pair.next()
        try awaiting("sending", on: other.polled) {
            _ = other.receive(upTo: 10)
            return try other.send(.credit(2), Envelope()) ? () : nil
        }
        let second = try pair.next()
        #expect(first.content == .worker(.credit(1)))
        #expect(second.content == .worker(.credit(2)))
        #expect(first.connection != second.connection)
        #expect(try pair.coordinator.send(.stale, Envelope(), to: second.connection) == .sent)
        let heard = try awaiting("STALE", on: other.polled) { other.receive(upTo: 1).first }
        #expect(heard == .message(.stale, Envelope()))
        #expect(try pair.coordinator.send(.drain, Envelope(), to: first.connection) == .sent)
        #expect(try pair.answer().0 == .drain)
    }

    @Test("a worker that is gone is reported unreachable, as is one that never was")
    func unreachable() throws {
        let pair = try Pair()
        try pair.send(.credit(1))
        let connection = try pair.next().connection
        #expect(try pair.coordinator.send(.stale, Envelope(), to: connection) == .sent)
        pair.worker.close()
        try awaiting("the loss of the worker", on: pair.coordinator.polled) {
            try pair.coordinator.send(.stale, Envelope(), to: connection) == .unreachable
                ? () : nil
        }
        #expect(
            try pair.coordinator.send(.stale, Envelope(), to: ConnectionID(7)) == .unreachable)
    }

    @Test("a worker that does not read is reported full")
    func full() throws {
        let pair = try Pair()
        try pair.send(.credit(1))
        let connection = try pair.next().connection
        let text = String(repeating: "x", count: 10_000)
        var sent = 0
        while try pair.coordinator.send(.error(text), Envelope(), to: connection) == .sent {
            sent += 1
            guard sent < 100_000 else { break }
        }
        #expect((1000..<100_000).contains(sent))
        #expect(try pair.coordinator.send(.stale, Envelope(), to: connection) == .full)
        // What was taken arrives, and then there is room again.
        for _ in 0..<sent { #expect(try pair.answer().0 == .error(text)) }
        try awaiting("room", on: pair.coordinator.polled) {
            try pair.coordinator.send(.stale, Envelope(), to: connection) == .sent ? () : nil
        }
    }

    @Test("a worker finds a coordinator that comes back on the same port, as a new connection")
    func restart() throws {
        let keys = CoordinatorKeys()
        let first = try CoordinatorSocket.loopback(keys)
        let endpoint = first.endpoint
        let worker = try WorkerSocket(access: first.access(keys), logger: quiet)
        func register(with coordinator: CoordinatorSocket) throws {
            _ = try awaiting("registering", on: worker.polled + coordinator.polled) { () throws in
                for event in worker.receive(upTo: 10) where event == .connected {
                    #expect(try worker.send(.credit(1), Envelope()))
                }
                let received = coordinator.receive(upTo: 10)
                #expect(received.allSatisfy { $0.content == .worker(.credit(1)) })
                return received.first
            }
        }
        try register(with: first)
        first.close()
        try awaiting("the loss of the coordinator", on: worker.polled) {
            worker.receive(upTo: 10).contains(.disconnected) ? () : nil
        }
        // Not queued for whoever comes next.
        #expect(try worker.send(.credit(99), Envelope()) == false)
        let second = try awaiting("the port", on: []) {
            do {
                return try CoordinatorSocket.loopback(keys, listen: endpoint)
            } catch TransportError.endpointInUse {
                return nil
            }
        }
        try register(with: second)
        try worker.reconnect()
        try register(with: second)
    }

    @Test("a worker goes on to the next address where one is silent, refuses or is no coordinator")
    func addresses() throws {
        let keys = CoordinatorKeys()
        let coordinator = try CoordinatorSocket.loopback(keys)
        let other = try CoordinatorSocket.loopback()
        let silent = try RawListener()
        let access = keys.access(
            cluster: "test",
            endpoints: [
                "tcp://127.0.0.1:1", "tcp://127.0.0.1:\(silent.port)", other.endpoint,
                coordinator.endpoint,
            ])
        let worker = try WorkerSocket(access: access, logger: quiet)
        try awaiting("the right address", on: worker.polled) {
            worker.receive(upTo: 1).contains(.connected) ? () : nil
        }
        #expect(try worker.send(.credit(3), Envelope()))
        let received = try awaiting("CREDIT", on: coordinator.polled) {
            coordinator.receive(upTo: 1).first
        }
        #expect(received.content == .worker(.credit(3)))
    }

    @Test("what is queued is sent before the sockets close")
    func linger() throws {
        let pair = try Pair()
        try pair.send(.credit(0))
        _ = try pair.next()
        for number in 1...500 { try pair.send(.credit(number)) }
        pair.worker.close(linger: .seconds(10))
        for number in 1...500 { #expect(try pair.next().content == .worker(.credit(number))) }
        #expect(pair.worker.receive(upTo: 1).isEmpty)
        #expect(try pair.worker.send(.credit(1), Envelope()) == false)
    }

    @Test("a port in use is an error that names it, as is what is no address")
    func endpoints() throws {
        let first = try CoordinatorSocket.loopback()
        let error = #expect(throws: TransportError.self) {
            try CoordinatorSocket.loopback(listen: first.endpoint)
        }
        #expect(error == .endpointInUse(first.endpoint))
        let noAddresses = [
            "head:4071", "ipc:///x", "tcp://127.0.0.1", "tcp://127.0.0.1:x", "tcp://192.0.2.1:0",
            "",
        ]
        for listen in noAddresses {
            let error = #expect(throws: TransportError.self) {
                try CoordinatorSocket.loopback(listen: listen)
            }
            #expect(error == .endpoint(listen))
        }
    }

    @Test("a coordinator on all addresses names those of its host, with the real port")
    func allAddresses() throws {
        let keys = CoordinatorKeys()
        let coordinator = try CoordinatorSocket.loopback(keys, listen: "tcp://0.0.0.0:0")
        let port = try #require(coordinator.endpoint.split(separator: ":").last)
        #expect(port != "0")
        #expect(coordinator.peersEndpoints.count >= 2)
        #expect(coordinator.peersEndpoints.allSatisfy { $0.hasSuffix(":\(port)") })
        #expect(!coordinator.peersEndpoints.contains { $0.contains("0.0.0.0") })
        #expect(coordinator.peersEndpoints.last == "tcp://127.0.0.1:\(port)")
        let named = try CoordinatorSocket.loopback(keys, listen: "tcp://localhost:0")
        #expect(named.peersEndpoints == [named.endpoint])
        #expect(named.endpoint.hasPrefix("tcp://127.0.0.1:"))
    }
}
