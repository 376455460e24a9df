import Coordination
import Foundation
import Sweeps
import Testing

@testable import Transport

@Suite("The codec")
struct CodecTests {
    @Test("gives back every message with its envelope", arguments: UInt64(0)..<60)
    func roundTrip(seed: UInt64) throws {
        var random = MessageGenerator(seed: seed)
        for kind in 0..<72 {
            let envelope = random.envelope()
            try expectRoundTrip(random.workerMessage(kind), envelope)
            try expectRoundTrip(random.coordinatorMessage(kind), envelope)
            try expectRoundTrip(random.clientRequest(kind), envelope)
            try expectRoundTrip(random.clientReply(kind), envelope)
        }
    }

    @Test("keeps a worker's message in one run of bytes, for the spool")
    func spool() throws {
        var random = MessageGenerator(seed: 1)
        for kind in 0..<70 {
            let message = random.workerMessage(kind)
            let bytes = try Codec.bytes(of: message)
            #expect(try Codec.workerMessage(from: bytes) == message)
            // A torn file is noticed, unless it is torn in the header of an empty body.
            #expect(throws: CodecError.self) {
                try Codec.workerMessage(from: Array(bytes.prefix(31)))
            }
        }
    }

    @Test("keeps every bit of a curve, of any NaN too, in 4 bytes where these suffice")
    func curveBits() throws {
        var random = SplitMix64(seed: 7)
        let patterns = (0..<2000).map { _ in random.next() }
        let odd: [UInt64] = [
            0x7FF0_0000_0000_0001, 0x7FF8_0000_0000_0000, 0xFFF8_1234_5678_9ABC,
            0x7FF0_0000_0000_0000, 0x8000_0000_0000_0000, 1,
        ]
        let wide = (patterns + odd).map(Double.init(bitPattern:))
        let narrow = patterns.map { Double(Float(bitPattern: UInt32(truncatingIfNeeded: $0))) }
        for (values, size) in [(wide, 8), (narrow, 4), ([.nan, .infinity, 0.5], 4), ([0.1], 8)] {
            let curve = Curve(name: "c", steps: values.indices.map(UInt32.init), values: values)
            let result = TrialResult(
                outcome: .finished, digest: Digest256(hashing: []), curves: [curve], scalars: [])
            #expect(result.data.count == size * values.count)
            let back = try #require(try sent(result).curve("c"))
            #expect(back.steps == curve.steps)
            #expect(back.values.map(\.bitPattern) == values.map(\.bitPattern))
        }
    }

    /// The result as the coordinator gets it.
    private func sent(_ result: TrialResult) throws -> TrialResult {
        var random = MessageGenerator(seed: 0)
        let worker = random.worker()
        let lease = random.lease(of: worker)
        let bytes = try Codec.bytes(of: .results([EndedAttempt(lease, .result(result))]))
        guard case .results(let ended) = try Codec.workerMessage(from: bytes),
            case .result(let back)? = ended.first?.end
        else { throw CodecError.frame("another message") }
        return back
    }

    @Test("keeps a scalar that is not a number apart from one that never came")
    func scalars() throws {
        let scalars = [
            Scalar(name: "a", value: .nan), Scalar(name: "b", value: nil),
            Scalar(name: "c", value: -0.0),
        ]
        let type = MessageType.result
        let back = try type.scalars(type.wireScalars(scalars))
        #expect(back.map(\.value?.bitPattern) == scalars.map(\.value?.bitPattern))
    }

    @Test("lays the header out as docs/protocol.md says")
    func headerLayout() throws {
        let header = FrameHeader(
            type: .result,
            envelope: Envelope(epoch: 0x0102_0304, session: 0x0506_0708, sequence: 0x090A_0B0C))
        var bytes = [UInt8](repeating: 0xFF, count: 32)
        bytes.withUnsafeMutableBytes(header.write)
        #expect(
            bytes == [
                0x53, 0x57, 0x42, 0x59, 1, 0, 5, 0, 0, 0, 0, 0, 4, 3, 2, 1, 8, 7, 6, 5,
                0x0C, 0x0B, 0x0A, 0x09, 0, 0, 0, 0, 0, 0, 0, 0,
            ])
        let back = try bytes.withUnsafeBytes { try FrameHeader($0) }
        #expect(back == header)
    }

    @Test("says what is wrong with a header")
    func headerErrors() throws {
        func error(_ change: (inout [UInt8]) -> Void) -> CodecError? {
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes.withUnsafeMutableBytes(FrameHeader(type: .stop, envelope: .init()).write)
            change(&bytes)
            return #expect(throws: CodecError.self) {
                try bytes.withUnsafeBytes { try FrameHeader($0) }
            }
        }
        #expect(error { $0[4] = 2 } == .version(2))
        #expect(error { $0[6] = 200 } == .type(200))
        for byte in [0, 3, 8, 31] {
            guard case .frame? = error({ $0[byte] ^= 1 }) else {
                Issue.record("byte \(byte) may be anything")
                continue
            }
        }
        #expect(error { $0.append(0) } == .frame("a header of 33 bytes; it has 32"))
        #expect(error { $0.removeLast() } == .frame("a header of 31 bytes; it has 32"))
    }

    @Test("refuses what breaks the rules of a message", arguments: Broken.all)
    func rules(broken: Broken) {
        #expect(throws: CodecError.self) { try broken.decode() }
    }

    @Test("refuses to send a result that is too large, and cuts texts for people to size")
    func sizes() throws {
        var random = MessageGenerator(seed: 3)
        let worker = random.worker()
        let lease = random.lease(of: worker)
        func result(points: Int) -> WorkerMessage {
            let values = (0..<points).map { 0.1 * Double($0) }
            let curve = Curve(name: "c", steps: values.indices.map(UInt32.init), values: values)
            let result = TrialResult(
                outcome: .finished, digest: random.digest(), curves: [curve], scalars: [])
            return .results([EndedAttempt(lease, .result(result))])
        }
        _ = try Codec.encode(result(points: 87_000), Envelope())
        let large = result(points: 88_000)
        let error = #expect(throws: CodecError.self) {
            _ = try Codec.encode(large, Envelope())
        }
        #expect(try #require(error).description.contains("1048576"))
        // In a file it may be as large as it is.
        let isWhole = try Codec.workerMessage(from: Codec.bytes(of: large)) == large
        #expect(isWhole)

        let long = String(repeating: "\u{1F600}", count: 20_000) + "x"
        let bytes = try Codec.bytes(of: .results([EndedAttempt(lease, .error("a" + long))]))
        guard case .results(let back) = try Codec.workerMessage(from: bytes),
            case .error(let cut)? = back.first?.end
        else {
            Issue.record("another message")
            return
        }
        #expect(("a" + long).hasPrefix(cut))
        #expect((65_533...65_536).contains(cut.utf8.count))
        #expect(throws: CodecError.self) {
            let scalar = Scalar(name: String(repeating: "n", count: 256), value: 1)
            let progress = TrialProgress(step: 1, stepCount: 2, values: [scalar])
            return try Codec.bytes(of: .metrics(lease.token, progress))
        }
    }
}

/// Decodes what has been encoded.
func expectRoundTrip(_ message: some WireMessage & Equatable, _ envelope: Envelope) throws {
    let (header, body) = try Codec.encode(message, envelope)
    var bytes = [UInt8](repeating: 0, count: 32)
    bytes.withUnsafeMutableBytes(header.write)
    let back = try bytes.withUnsafeBytes { try FrameHeader($0) }
    #expect(back.envelope == envelope)
    let decoded = try body.withUnsafeBytes { try type(of: message).init(type: back.type, body: $0) }
    #expect(decoded == message)
}
