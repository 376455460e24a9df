import Coordination
import Foundation
import Sweeps
import SwiftProtobuf
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

    /// One result, of a worker that is well named, with one scalar.
    static func results(_ change: (inout WireResults) -> Void) throws -> [UInt8] {
        var body = WireResults()
        body.worker = "w"
        var layout = WireLayout()
        layout.scalars = ["s"]
        body.layouts = [layout]
        var one = WireResult()
        one.lease.token = 1
        one.lease.trial = 1
        one.lease.attempt = 1
        one.result.digest = .init(repeating: 0, count: 32)
        one.result.data = .init(repeating: 0, count: 8)
        body.results = [one]
        change(&body)
        return try body.serializedBytes()
    }

    /// Of a result with a curve of two points.
    static func curve(_ change: (inout WireLayout.Curve) -> Void) throws -> [UInt8] {
        try results { body in
            var curve = WireLayout.Curve()
            curve.name = "c"
            curve.steps = .init(repeating: 0, count: 8)
            curve.valueType = .float32
            change(&curve)
            body.layouts[0].curves = [curve]
            body.results[0].result.data = .init(repeating: 0, count: 16)
        }
    }

    /// Of a result with an array of two bytes.
    static func array(_ change: (inout WireLayout.Array) -> Void) throws -> [UInt8] {
        try results { body in
            var array = WireLayout.Array()
            array.name = "a"
            array.steps = .init(repeating: 0, count: 8)
            change(&array)
            body.layouts[0].arrays = [array]
            body.results[0].result.data = .init(repeating: 0, count: 10)
        }
    }

    static func assign(_ change: (inout WireAssign) -> Void) throws -> [UInt8] {
        var body = WireAssign()
        body.worker = "w"
        body.cells = [Data(#"{"config":{},"kind":"k","version":1}"#.utf8)]
        var item = WireAssign.Item()
        item.lease.token = 1
        item.lease.trial = 1
        item.lease.attempt = 1
        item.threads = 1
        body.assignments = [item]
        change(&body)
        return try body.serializedBytes()
    }

    static let all: [Broken] = [
        worker("another side's type", .welcome) { [] },
        worker("no lease", .result) { try results { $0.results[0].clearLease() } },
        worker("no end", .result) { try results { $0.results[0].end = nil } },
        worker("no worker", .result) { try results { $0.worker = "" } },
        worker("no worker in HELLO", .hello) { [] },
        worker("token 0", .started) { [] },
        worker("lease token 0", .result) { try results { $0.results[0].lease.token = 0 } },
        worker("trial 0", .result) { try results { $0.results[0].lease.trial = 0 } },
        worker("attempt 0", .result) { try results { $0.results[0].lease.attempt = 0 } },
        worker("a worker's name with a slash", .result) { try results { $0.worker = "../w" } },
        worker("a worker's name of 65 bytes", .result) {
            try results { $0.worker = String(repeating: "w", count: 65) }
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
            body.worker = "w"
            body.held[0].stage = .UNRECOGNIZED(258)
            return try MessageType.result.with(body).body
        },
        worker("fewer numbers than the layout has", .result) {
            try results { $0.results[0].result.data.removeLast(1) }
        },
        worker("more numbers than the layout has", .result) {
            try results { $0.results[0].result.data.append(0) }
        },
        worker("a layout that is not there", .result) {
            try results { $0.results[0].result.layout = 1 }
        },
        worker("a curve of half a step", .result) { try curve { $0.steps.removeLast(1) } },
        worker("a curve without a type", .result) { try curve { $0.valueType = .none } },
        worker("a curve of an unknown type", .result) {
            try curve { $0.valueType = .UNRECOGNIZED(9) }
        },
        worker("a curve without a name", .result) { try curve { $0.name = "" } },
        worker("an array without a name", .result) { try array { $0.name = "" } },
        worker("an array of half a size", .result) {
            try array { $0.shape = .init(repeating: 1, count: 5) }
        },
        worker("an array larger than any memory", .result) {
            try array { $0.shape = .init(repeating: 0xFF, count: 12) }
        },
        worker("a scalar without a name", .result) {
            try results { $0.layouts[0].scalars = [""] }
        },
        worker("a digest of 31 bytes", .result) {
            try results { $0.results[0].result.digest.removeLast(1) }
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
        coordinator("no threads", .assign) { try assign { $0.assignments[0].threads = 0 } },
        coordinator("a cell that is not there", .assign) {
            try assign { $0.assignments[0].cell = 1 }
        },
        coordinator("a cell without a version", .assign) {
            try assign { $0.cells = [Data("{}".utf8)] }
        },
        coordinator("an acknowledgement of lease 0", .resultAck) {
            var body = WireResultAck()
            body.stale = [3, 0]
            return try body.serializedBytes()
        },
        coordinator("a lease with two verdicts", .welcome) {
            var body = WireWelcome()
            body.heartbeatNanoseconds = 1
            body.leaseNanoseconds = 1
            body.verdicts = [WireWelcome.Item(), WireWelcome.Item()]
            body.verdicts[0].token = 3
            body.verdicts[1].token = 3
            return try body.serializedBytes()
        },
        coordinator("an unknown verdict", .welcome) {
            var body = WireWelcome()
            body.heartbeatNanoseconds = 1
            body.leaseNanoseconds = 1
            body.verdicts = [WireWelcome.Item()]
            body.verdicts[0].token = 3
            body.verdicts[0].verdict = .UNRECOGNIZED(4)
            return try body.serializedBytes()
        },
    ]
}
