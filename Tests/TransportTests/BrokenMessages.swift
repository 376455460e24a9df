import Coordination
import Foundation
import Sweeps
import Testing

@testable import Transport

/// A body that is Protocol Buffers, but no message.
struct Broken: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let decode: @Sendable () throws -> Void

    static func worker(
        _ what: String, _ type: MessageType, _ body: @escaping @Sendable () throws -> [UInt8]
    ) -> Broken {
        Broken(testDescription: what) {
            _ = try body().withUnsafeBytes { try WorkerMessage(type: type, body: $0) }
        }
    }

    static func coordinator(
        _ what: String, _ type: MessageType, _ body: @escaping @Sendable () throws -> [UInt8]
    ) -> Broken {
        Broken(testDescription: what) {
            _ = try body().withUnsafeBytes { try CoordinatorMessage(type: type, body: $0) }
        }
    }

    private static func results(_ result: WireResult) throws -> [UInt8] {
        var body = WireResults()
        body.results = [result]
        return try MessageType.result.with(body).body
    }

    static func lease(_ change: (inout WireLease) -> Void) throws -> [UInt8] {
        var body = WireResult()
        body.lease.token = 1
        body.lease.trial = 1
        body.lease.attempt = 1
        body.lease.worker = "w"
        body.error = ""
        change(&body.lease)
        return try results(body)
    }

    static func curve(_ change: (inout WireCurve) -> Void) throws -> [UInt8] {
        var random = MessageGenerator(seed: 0)
        var body = WireResult()
        body.lease = WireLease(random.lease())
        body.result.digest = .init(repeating: 0, count: 32)
        let curve = Curve(name: "c", steps: [0, 1], values: [0.5, 1])
        body.result.curves = [try MessageType.result.wireCurve(curve)]
        change(&body.result.curves[0])
        return try results(body)
    }

    static let all: [Broken] = [
        worker("another side's type", .welcome) { [] },
        worker("no lease", .result) { try results(WireResult()) },
        worker("no worker in HELLO", .hello) { [] },
        worker("token 0", .started) { [] },
        worker("lease token 0", .result) { try lease { $0.token = 0 } },
        worker("trial 0", .result) { try lease { $0.trial = 0 } },
        worker("attempt 0", .result) { try lease { $0.attempt = 0 } },
        worker("a worker's name with a slash", .result) { try lease { $0.worker = "../w" } },
        worker("a worker's name of 65 bytes", .result) {
            try lease { $0.worker = String(repeating: "w", count: 65) }
        },
        worker("more credit than there can be", .credit) { [0x08, 0xFF, 0xFF, 0xFF, 0x7F] },
        worker("a step beyond Int", .metrics) {
            [0x08, 1, 0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01]
        },
        worker("an unknown stage", .renew) {
            var body = WireRenew()
            body.held = [WireHeld()]
            body.held[0].lease.token = 1
            body.held[0].lease.trial = 1
            body.held[0].lease.attempt = 1
            body.held[0].lease.worker = "w"
            body.held[0].stage = .UNRECOGNIZED(258)
            return try MessageType.result.with(body).body
        },
        worker("a curve with fewer values than steps", .result) {
            try curve { $0.values.removeLast(4) }
        },
        worker("a curve of half a value", .result) { try curve { $0.values.removeLast(1) } },
        worker("a curve of half a step", .result) { try curve { $0.steps.removeLast(1) } },
        worker("a curve without a type", .result) { try curve { $0.valueType = .none } },
        worker("a curve of an unknown type", .result) {
            try curve { $0.valueType = .UNRECOGNIZED(9) }
        },
        worker("a curve without a name", .result) { try curve { $0.name = "" } },
        worker("a digest of 31 bytes", .result) {
            var random = MessageGenerator(seed: 0)
            var body = WireResult()
            body.lease = WireLease(random.lease())
            body.result.digest = .init(repeating: 0, count: 31)
            return try results(body)
        },
        worker("a long host name", .hello) {
            var body = WireHello()
            body.worker = "w"
            body.host = String(repeating: "h", count: 256)
            return try MessageType.result.with(body).body
        },
        worker("text that is not UTF-8", .hello) { [0x0A, 1, 0x77, 0x1A, 1, 0xFF] },
        coordinator("another side's type", .hello) { [] },
        coordinator("a body where there is none", .drain) { [0x08, 1] },
        coordinator("a heartbeat of 0", .welcome) { [] },
        coordinator("no threads", .assign) {
            var random = MessageGenerator(seed: 0)
            var body = WireAssign()
            body.assignments = [WireAssign.Item()]
            body.assignments[0].lease = WireLease(random.lease())
            return try MessageType.result.with(body).body
        },
        coordinator("a lease acknowledged twice", .resultAck) {
            var body = WireResultAck()
            body.results = [WireResultAck.Item(), WireResultAck.Item()]
            body.results[0].token = 3
            body.results[1].token = 3
            return try MessageType.result.with(body).body
        },
        coordinator("an unknown verdict", .resultAck) {
            var body = WireResultAck()
            body.results = [WireResultAck.Item()]
            body.results[0].token = 3
            body.results[0].acknowledgement = .UNRECOGNIZED(4)
            return try MessageType.result.with(body).body
        },
    ]
}
