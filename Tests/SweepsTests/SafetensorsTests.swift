import Foundation
import Testing

@testable import Sweeps

@Suite("A safetensors file")
struct SafetensorsTests {
    private static let tensors = [
        Tensor("layers.0.weight", shape: [2, 3], .float([1, -2, 3.5, .infinity, 0, -0.0])),
        Tensor("ä \"quoted\"", shape: [], .double([1e-300])),
        Tensor("empty", shape: [0, 4], .float([])),
        Tensor("layers.0.bias", shape: [2], .double([0.1, 2])),
    ]

    /// A file with this header and so many bytes of data.
    private static func file(_ header: String, data count: Int = 0) -> [UInt8] {
        let length = UInt64(header.utf8.count).littleEndian
        return withUnsafeBytes(of: length, Array.init) + Array(header.utf8)
            + Array(repeating: 0, count: count)
    }

    private static func entry(_ name: String, _ begin: Int, _ end: Int, shape: String) -> String {
        "\"\(name)\":{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }

    @Test("gives back what was written, values at a multiple of 8")
    func roundTrip() throws {
        let bytes = Safetensors.bytes(of: Self.tensors)
        #expect(
            try Safetensors.read(bytes).sorted { $0.name < $1.name }
                == Self.tensors.sorted {
                    $0.name < $1.name
                })
        #expect(bytes[0] % 8 == 0)
        #expect(Safetensors.bytes(of: []) == Self.file("{}      "))
    }

    /// The bytes that Python's `safetensors.numpy.save` gives.
    @Test("reads and writes what others write and read")
    func foreign() throws {
        let header = "{\"b\":{\"dtype\":\"F32\",\"shape\":[1,2],\"data_offsets\":[0,8]}}      "
        let bytes = Self.file(header) + [0, 0, 128, 63, 0, 0, 0, 64]
        #expect(try Safetensors.read(bytes) == [Tensor("b", shape: [1, 2], .float([1, 2]))])
        let other = Self.file(
            "{\"__metadata__\":{\"format\":\"pt\"},\(Self.entry("a", 0, 4, shape: "[1]"))}", data: 4
        )
        #expect(try Safetensors.read(other) == [Tensor("a", shape: [1], .float([0]))])
    }

    @Test(
        "says what is wrong with it",
        arguments: [
            ([], .truncated(0, needed: 8)),
            ([2, 0, 0, 0, 0, 0, 0], .truncated(7, needed: 8)),
            (Array(repeating: 255, count: 16), .hugeHeader(.max)),
            ([9, 0, 0, 0, 0, 0, 0, 0, 123, 125], .truncated(10, needed: 17)),
            (file("{\"a\":3}"), .header),
            (file("[]"), .header),
            (file("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", data: 4), .header),
            (file("{\(entry("a", 0, 4, shape: "[1]"))}", data: 3), .truncated(65, needed: 66)),
            (file("{\(entry("a", 0, 4, shape: "[1]"))}", data: 5), .surplus(1)),
            (file("{\(entry("a", 0, 8, shape: "[1]"))}", data: 8), .shape([1], of: "a")),
            (file("{\(entry("a", 0, 4, shape: "[-1]"))}", data: 4), .shape([-1], of: "a")),
            (
                file("{\(entry("a", 0, 4, shape: "[4611686018427387904,4]"))}", data: 4),
                .shape([4_611_686_018_427_387_904, 4], of: "a")
            ),
            (
                file("{\(entry("a", 0, -9_223_372_036_854_775_807, shape: "[1]"))}", data: 4),
                .shape([1], of: "a")
            ),
            (
                file(
                    "{\(entry("a", 0, 8, shape: "[2]")),\(entry("b", 4, 12, shape: "[2]"))}",
                    data: 12),
                .offsets([4, 12], of: "b", expected: 8)
            ),
            (
                file("{\(entry("a", 4, 8, shape: "[1]"))}", data: 8),
                .offsets([4, 8], of: "a", expected: 0)
            ),
            (
                file(
                    "{\"a\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}", data: 4),
                .type("BF16", of: "a")
            ),
        ] as [([UInt8], SafetensorsError)])
    func errors(bytes: [UInt8], error: SafetensorsError) {
        #expect(throws: error) { try Safetensors.read(bytes) }
        #expect("\(error)".hasPrefix("not a safetensors file"))
    }

    @Test("is read or refused, whatever its bytes are")
    func noise() throws {
        let good = Safetensors.bytes(of: Self.tensors)
        var random = SplitMix64(seed: 3)
        for _ in 0..<2000 {
            var bytes = good
            for _ in 0..<(1 + random.next() % 3) {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(random.next() % 256)
            }
            let length = Int(random.next() % UInt64(bytes.count + 1))
            for candidate in [bytes, Array(bytes[..<length])] {
                do {
                    _ = try Safetensors.read(candidate)
                } catch {
                    #expect(!"\(error)".isEmpty)
                }
            }
        }
    }
}
