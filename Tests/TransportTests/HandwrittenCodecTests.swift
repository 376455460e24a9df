import Coordination
import Sweeps
import SwiftProtobuf
import Testing

@testable import Transport

/// RESULT and ASSIGN are written and read by hand; wire.proto is the truth all the same.
@Suite("The messages that are coded by hand")
struct HandwrittenCodecTests {
    @Test("have the bytes that the generated code writes", arguments: UInt64(0)..<40)
    func written(seed: UInt64) throws {
        var random = MessageGenerator(seed: seed)
        for _ in 0..<20 {
            let results = try Codec.encode(random.workerMessage(4), Envelope()).body
            #expect(try WireResults(serializedBytes: results).serializedBytes() == results)
            let assign = try Codec.encode(random.coordinatorMessage(1), Envelope()).body
            #expect(try WireAssign(serializedBytes: assign).serializedBytes() == assign)
        }
    }

    @Test("say in each field what the generated code reads there")
    func fields() throws {
        let worker = try #require(WorkerID("w1"))
        let lease = Lease(
            token: LeaseToken(300), trial: TrialID(70_000), attempt: 2, worker: worker)
        let curve = Curve(name: "loss", steps: [0, 5], values: [1, 0.1])
        let result = TrialResult(
            outcome: .diverged(step: 0), digest: Digest256(hashing: [7]), curves: [curve],
            scalars: [Scalar(name: "time", value: 3)],
            arrays: [TrialArray(name: "sample", steps: [5], shape: [1, 2], bytes: [8, 9])])
        let ended = [
            EndedAttempt(lease, .result(result)), EndedAttempt(lease, .error("")),
            EndedAttempt(lease, .crash("SIGSEGV")), EndedAttempt(lease, .file(result.digest)),
        ]
        let body = try Codec.encode(WorkerMessage.results(ended), Envelope()).body
        let wire = try WireResults(serializedBytes: body)
        #expect(wire.worker == "w1")
        #expect(wire.results.map(\.lease.token) == [300, 300, 300, 300])
        #expect(wire.results.map(\.lease.trial) == [70_000, 70_000, 70_000, 70_000])
        #expect(wire.results.map(\.lease.attempt) == [2, 2, 2, 2])
        #expect(wire.results[0].result.hasDivergedStep)
        #expect(Array(wire.results[0].result.digest) == result.digest.bytes)
        #expect(Array(wire.results[0].result.data) == result.data)
        #expect(wire.results[1].end == .error(""))
        #expect(Array(wire.results[3].file) == result.digest.bytes)
        #expect(wire.results[2].end == .crash("SIGSEGV"))
        #expect(wire.layouts.map(\.scalars) == [["time"]])
        #expect(wire.layouts[0].curves.map(\.name) == ["loss"])
        #expect(Array(wire.layouts[0].curves[0].steps) == [0, 0, 0, 0, 5, 0, 0, 0])
        #expect(wire.layouts[0].curves[0].valueType == .float64)
        #expect(wire.layouts[0].arrays.map(\.name) == ["sample"])
        #expect(Array(wire.layouts[0].arrays[0].steps) == [5, 0, 0, 0])
        #expect(Array(wire.layouts[0].arrays[0].shape) == [1, 0, 0, 0, 2, 0, 0, 0])

        let cell = CellText(kind: "sim", version: 3, configuration: Configuration([:]))
        let seed: UInt64 = 1 << 63 | 5
        let assignment = Assignment(
            lease: lease, threads: 2, cell: cell, seed: seed, isAlone: true)
        let assign = try WireAssign(
            serializedBytes: Codec.encode(CoordinatorMessage.assign([assignment]), Envelope()).body)
        #expect(assign.worker == "w1")
        #expect(assign.cells.map { Array($0) } == [cell.bytes])
        #expect(assign.assignments[0].seed == seed)
        #expect(assign.assignments[0].threads == 2)
        #expect(assign.assignments[0].alone)
    }

    @Test("are read as the generated code reads them, broken ones too")
    func read() throws {
        var random = MessageGenerator(seed: 5)
        var same = 0
        for _ in 0..<1500 {
            let results = random.int(0...1) == 0
            var bytes =
                results
                ? try Codec.encode(random.workerMessage(4), Envelope()).body
                : try Codec.encode(random.coordinatorMessage(1), Envelope()).body
            guard !bytes.isEmpty else { continue }
            for _ in 0...random.int(0...2) {
                bytes[random.int(0...bytes.count - 1)] ^= 1 << UInt8(random.int(0...7))
            }
            // Written again by the generated code, it is plain: no field twice, none unknown.
            guard let plain = try? Self.rewritten(bytes, results) else {
                #expect(throws: CodecError.self) { try Self.body(bytes, results) }
                continue
            }
            let ours = Result { try Self.body(bytes, results) }
            let theirs = Result { try Self.body(plain, results) }
            switch (ours, theirs) {
            case (.success(let one), .success(let other)):
                #expect(one == other)
                same += 1
            case (.failure, _): break
            case (.success, .failure): Issue.record("taken, though the generated code does not")
            }
        }
        #expect(same > 100)
    }

    private static func rewritten(_ bytes: [UInt8], _ isResults: Bool) throws -> [UInt8] {
        isResults
            ? try WireResults(serializedBytes: bytes).serializedBytes()
            : try WireAssign(serializedBytes: bytes).serializedBytes()
    }

    private static func body(_ bytes: [UInt8], _ isResults: Bool) throws -> [UInt8] {
        try bytes.withUnsafeBytes { bytes in
            isResults
                ? try Codec.encode(WorkerMessage(type: .result, body: bytes), Envelope()).body
                : try Codec.encode(CoordinatorMessage(type: .assign, body: bytes), Envelope()).body
        }
    }
}
