import Coordination
import Sweeps
import Testing

@testable import Transport

@Suite("The decoder, given what no sound peer sends")
struct DecoderFuzzTests {
    /// Every message of a decoder, as header and body in one.
    private static func samples(_ random: inout MessageGenerator) throws -> [[UInt8]] {
        var messages: [any WireMessage] = []
        for kind in 0..<18 {
            messages.append(random.workerMessage(kind))
            messages.append(random.coordinatorMessage(kind))
            messages.append(random.clientRequest(kind))
            messages.append(random.clientReply(kind))
        }
        return try messages.map { message in
            let (header, body) = try Codec.encode(message, random.envelope())
            var bytes = [UInt8](repeating: 0, count: 32)
            bytes.withUnsafeMutableBytes(header.write)
            return bytes + body
        }
    }

    /// Decodes with each of the four decoders.
    ///
    /// - Returns: How many made something of it; what that is keeps the rules, as it can be sent.
    private func decode(_ bytes: [UInt8]) throws -> Int {
        try bytes.withUnsafeBytes { bytes in
            let header: FrameHeader
            do {
                header = try FrameHeader(.init(rebasing: bytes.prefix(32)))
            } catch is CodecError {
                return 0
            }
            let body = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(32))
            var count = 0
            let decoders: [any WireMessage.Type] = [
                WorkerMessage.self, CoordinatorMessage.self, ClientRequest.self, ClientReply.self,
            ]
            for decoder in decoders {
                do {
                    _ = try Codec.encode(decoder.init(type: header.type, body: body), Envelope())
                    count += 1
                } catch is CodecError {
                    continue
                }
            }
            return count
        }
    }

    @Test("takes mutated messages or throws, and never more than one side takes one")
    func mutated() throws {
        var random = MessageGenerator(seed: 11)
        var taken = 0
        for _ in 0..<40 {
            for sample in try Self.samples(&random) {
                #expect(try decode(sample) == 1)
                for _ in 0..<8 {
                    var bytes = sample
                    mutate(&bytes, &random)
                    let count = try decode(bytes)
                    #expect(count <= 1)
                    taken += count
                }
            }
        }
        // Both ends of the decoders have been seen.
        #expect((1..<23_000).contains(taken))
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout MessageGenerator) {
        for _ in 0...random.int(0...3) {
            let start = bytes.count > 32 && random.int(0...3) > 0 ? 32 : 0
            guard start < bytes.count else { return }
            let place = random.int(start...bytes.count - 1)
            switch random.int(0...5) {
            case 0: bytes[place] = UInt8(truncatingIfNeeded: random.generator.next())
            case 1: bytes[place] ^= 1 << UInt8(random.int(0...7))
            case 2: bytes.removeSubrange(place...)
            case 3: bytes.insert(UInt8(truncatingIfNeeded: random.generator.next()), at: place)
            case 4: bytes[place] = 0xFF
            default: bytes += bytes[place...]
            }
        }
    }

    @Test("throws at every beginning of a message that is not a message")
    func truncated() throws {
        var random = MessageGenerator(seed: 12)
        for sample in try Self.samples(&random) {
            for length in 0..<min(sample.count, 32) {
                #expect(try decode(Array(sample.prefix(length))) == 0)
            }
            for length in stride(from: 32, to: sample.count, by: 7) {
                #expect(try decode(Array(sample.prefix(length))) <= 1)
            }
        }
    }

    @Test("throws or takes random bodies, of every type")
    func randomBodies() throws {
        var random = MessageGenerator(seed: 13)
        for type in MessageType.allCases {
            for _ in 0..<400 {
                var bytes = [UInt8](repeating: 0, count: 32)
                bytes.withUnsafeMutableBytes(FrameHeader(type: type, envelope: .init()).write)
                let count = random.int(0...80)
                bytes += (0..<count).map { _ in UInt8(truncatingIfNeeded: random.generator.next()) }
                #expect(try decode(bytes) <= 1)
            }
        }
    }

    @Test("throws at random bytes")
    func randomBytes() throws {
        var random = MessageGenerator(seed: 14)
        for _ in 0..<5000 {
            let count = random.int(0...200)
            let bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.generator.next()) }
            #expect(try decode(bytes) == 0)
        }
    }
}
