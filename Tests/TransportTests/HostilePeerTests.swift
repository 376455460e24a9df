import CZeroMQ
import Coordination
import Foundation
import Sweeps
import Testing

@testable import Transport

@Suite("A coordinator among peers that misbehave", .timeLimit(.minutes(2)))
struct HostilePeerTests {
    let pair: Pair
    let header: [UInt8]

    init() throws {
        pair = try Pair()
        var bytes = [UInt8](repeating: 0, count: 32)
        bytes.withUnsafeMutableBytes(FrameHeader(type: .credit, envelope: .init()).write)
        header = bytes
    }

    /// That the worker is heard, and nothing else has been.
    private func expectService() throws {
        try pair.send(.credit(42))
        #expect(try pair.next().content == .worker(.credit(42)))
        try pair.send(.credit(43))
        #expect(try pair.next().content == .worker(.credit(43)))
    }

    @Test("refuses a key that it does not know, and the worker is told so")
    func unknownKey() throws {
        // The self-test's refusal does not count.
        #expect(pair.coordinator.refusedKeyCount == 0)
        let access = CoordinatorKeys()
        let stranger = try WorkerSocket(
            access: AccessFile(
                cluster: "test", endpoints: [pair.coordinator.endpoint],
                serverKey: pair.keys.server.publicKey, worker: access.worker,
                submitter: access.submitter), logger: quiet)
        let event = try awaiting("the refusal", on: stranger.polled) {
            stranger.receive(upTo: 10).first
        }
        #expect(event == .refused(endpoint: pair.coordinator.endpoint))
        #expect(try stranger.send(.credit(1), Envelope()) == false)
        #expect(pair.coordinator.refusedKeyCount > 0)
        try expectService()
    }

    @Test("hears nothing from a peer without a key")
    func plain() throws {
        let peer = try FreePeer(pair.coordinator.endpoint, nil, of: pair.keys.server)
        defer { peer.close() }
        peer.send([header, [0x08, 7]])
        try expectService()
        #expect(pair.coordinator.badMessageCount == 0)
    }

    @Test("lets nobody in who knows another server's key")
    func otherServerKey() throws {
        let peer = try FreePeer(pair.coordinator.endpoint, pair.keys.worker, of: CurveKeyPair())
        defer { peer.close() }
        peer.send([header, [0x08, 7]])
        try expectService()
    }

    @Test("serves on while others stall in the handshake or talk nonsense")
    func rawPeers() throws {
        let endpoint = pair.coordinator.endpoint
        var random = MessageGenerator(seed: 31)
        // ZMTP's greeting: signature, version 3.0, mechanism CURVE, a client.
        let greeting: [UInt8] =
            [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0] + Array("CURVE".utf8)
            + [UInt8](repeating: 0, count: 47)
        var peers = [
            try RawPeer(endpoint, saying: []),
            try RawPeer(endpoint, saying: Array(greeting.prefix(11))),
            try RawPeer(endpoint, saying: greeting),
            try RawPeer(endpoint, saying: greeting + [4, 200] + Array("\u{5}HELLO".utf8)),
            try RawPeer(endpoint, saying: Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        ]
        for size in [1, 64, 4096, 100_000] {
            for _ in 0..<25 {
                let noise = (0..<size).map { _ in
                    UInt8(truncatingIfNeeded: random.generator.next())
                }
                peers.append(try RawPeer(endpoint, saying: noise))
                peers.append(try RawPeer(endpoint, saying: greeting + noise))
            }
        }
        try expectService()
        #expect(pair.coordinator.badMessageCount == 0)
        #expect(peers.count == 205)
    }

    @Test("answers with ERROR and counts what a worker may not say")
    func badMessages() throws {
        let peer = try FreePeer(
            pair.coordinator.endpoint, pair.keys.worker, of: pair.keys.server)
        defer { peer.close() }
        var submit = header
        submit[6] = 65
        let bad: [[[UInt8]]] = [
            [header], [header, [0x08, 7], []], [[], header, [0x08, 7]], [[1, 2, 3]], [[]],
            [header, [0xFF]], [submit, []], [header.dropLast() + [1], [0x08, 7]],
            [[UInt8]](repeating: [1], count: 300),
        ]
        for frames in bad { peer.send(frames) }
        try awaiting("all of them", on: pair.coordinator.polled) {
            #expect(pair.coordinator.receive(upTo: 100).isEmpty)
            return pair.coordinator.badMessageCount == bad.count ? () : nil
        }
        let refused = pair.coordinator.takeRefusals()
        #expect(refused.count == bad.count && Set(refused.map(\.connection)).count == 1)
        #expect(pair.coordinator.takeRefusals().isEmpty)
        var frame = Frame()
        for _ in bad {
            _ = try awaiting("ERROR", on: [peer.socket]) {
                peer.socket.receive(into: &frame) ? () : nil
            }
            let (_, message) = try peer.socket.readMessage(&frame, as: CoordinatorMessage.self)
            guard case .error(let text) = message else {
                Issue.record("not an ERROR: \(message)")
                continue
            }
            #expect(!text.isEmpty)
        }
        // A sound message is heard after all that.
        peer.send([header, [0x08, 7]])
        #expect(try pair.next().content == .worker(.credit(7)))
        try expectService()
    }

    @Test("hears no worker's word from a submitter's key")
    func roles() throws {
        let peer = try FreePeer(
            pair.coordinator.endpoint, pair.keys.submitter, of: pair.keys.server)
        defer { peer.close() }
        var info = header
        info[6] = 66
        peer.send([header, [0x08, 7]])
        peer.send([info, []])
        let received = try pair.next()
        #expect(received.content == .client(.info))
        #expect(pair.coordinator.badMessageCount == 1)
        try expectService()
    }

    @Test("drops the connection of a peer whose message is too large")
    func oversize() throws {
        let peer = try FreePeer(
            pair.coordinator.endpoint, pair.keys.worker, of: pair.keys.server)
        defer { peer.close() }
        peer.send([header, [0x08, 7]])
        let connection = try pair.next().connection
        peer.send([header, [UInt8](repeating: 0, count: Codec.bodyLimit + 4096)])
        try awaiting("the loss of the peer", on: pair.coordinator.polled) {
            #expect(pair.coordinator.receive(upTo: 10).isEmpty)
            return try pair.coordinator.send(.stale, Envelope(), to: connection) == .unreachable
                ? () : nil
        }
        #expect(pair.coordinator.badMessageCount == 0)
        try expectService()
    }

    @Test("does not serve a peer that chooses its own routing id")
    func ownRoutingID() throws {
        let peer = try FreePeer(
            pair.coordinator.endpoint, pair.keys.worker, of: pair.keys.server, routingID: "mine!")
        defer { peer.close() }
        peer.send([header, [0x08, 7]])
        try awaiting("the message", on: pair.coordinator.polled) {
            #expect(pair.coordinator.receive(upTo: 1).isEmpty)
            return pair.coordinator.badMessageCount == 1 ? () : nil
        }
        try expectService()
    }

    @Test("is not taken for protected where nobody answers libzmq's question whom to let in")
    func selfTest() throws {
        // What CoordinatorSocket would be without its AccessControl.
        let keys = CurveKeyPair()
        let context = try Context()
        let router = try Socket(ZMQ_ROUTER, in: context)
        defer {
            router.close()
            context.terminate(within: .seconds(5))
        }
        try router.set(ZMQ_CURVE_SERVER, 1)
        try router.set(ZMQ_CURVE_SECRETKEY, keys.secretKey.text)
        try router.set(ZMQ_ZAP_DOMAIN, "swingby")
        try router.bind("tcp://127.0.0.1:0")
        let endpoint = try router.lastEndpoint()
        let error = #expect(throws: TransportError.self) {
            try AccessControl.prove(endpoint, serverKey: keys.publicKey)
        }
        guard case .unprotected(let reason)? = error else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(reason.contains("let in"))

        let silent = try RawListener()
        #expect(throws: TransportError.self) {
            try AccessControl.prove(
                "tcp://127.0.0.1:\(silent.port)", serverKey: keys.publicKey,
                deadline: .milliseconds(300))
        }
        // And where somebody does answer, it is.
        try AccessControl.prove(
            pair.coordinator.endpoint, serverKey: pair.keys.server.publicKey)
    }
}
