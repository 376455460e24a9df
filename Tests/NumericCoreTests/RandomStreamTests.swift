import Foundation
import Testing

@testable import NumericCore

@Suite("A random stream")
struct RandomStreamTests {
    /// The known answers that Random123 publishes for Philox4x32-10 (`kat_vectors`).
    @Test(
        "gives Philox's known answers",
        arguments: [
            (
                UInt64(0), UInt64(0), UInt64(0),
                [UInt32(0x6627_e8d5), 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]
            ),
            (
                .max, .max, .max,
                [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
            ),
            (
                0x299f_31d0_a409_3822, 0x0370_7344_1319_8a2e, 0x85a3_08d3_243f_6a88,
                [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
            ),
        ])
    func knownAnswers(seed: UInt64, stream: UInt64, block: UInt64, words: [UInt32]) throws {
        for level in levels {
            let random = RandomStream(seed: seed, stream: stream, kernels: try Kernels(level))
            #expect(random.words(firstBlock: block, blockCount: 1) == words)
        }
    }

    @Test("has the same normal numbers on any number of threads and CPU level")
    func sameNormals() throws {
        var all: Set<[Float]> = []
        for level in levels {
            let random = RandomStream(seed: 5, .data, kernels: try Kernels(level))
            for threads in [1, 2, 5] { all.insert(random.normal(count: 70_001, threads: threads)) }
        }
        #expect(all.count == 1)
    }

    @Test("has normal numbers that depend on their index alone")
    func prefixes() throws {
        let random = RandomStream(seed: 5, .data, kernels: try Kernels.chosen())
        let numbers = random.normal(count: 300)
        for count in [1, 3, 63, 64, 65, 299] {
            #expect(random.normal(count: count) == Array(numbers.prefix(count)))
        }
    }

    /// Box and Muller's transform with the C library's functions in `Double`.
    @Test("has the normal numbers of Box and Muller")
    func boxMuller() throws {
        let random = RandomStream(seed: 9, .data, kernels: try Kernels.chosen())
        let words = random.words(blockCount: 5000)
        let numbers = random.normal(count: 20_000)
        for i in stride(from: 0, to: 20_000, by: 2) {
            let u = (Double(words[i] >> 8) + 0.5) * 0x1p-24
            let turns = (Double(words[i + 1] >> 8) + 0.5) * 0x1p-24
            let radius = (-2 * log(u)).squareRoot()
            #expect(abs(Double(numbers[i]) - radius * cos(2 * .pi * turns)) < 4e-6)
            #expect(abs(Double(numbers[i + 1]) - radius * sin(2 * .pi * turns)) < 4e-6)
        }
    }

    @Test("has normal numbers with the moments of the normal distribution")
    func normalMoments() throws {
        let random = RandomStream(seed: 1, .data, kernels: try Kernels.chosen())
        let numbers = random.normal(count: 1 << 18).map(Double.init)
        let count = Double(numbers.count)
        func moment(_ power: Double) -> Double {
            numbers.reduce(0) { $0 + pow($1, power) } / count
        }
        // Each within five standard errors.
        #expect(abs(moment(1)) < 5 * (1 / count).squareRoot())
        #expect(abs(moment(2) - 1) < 5 * (2 / count).squareRoot())
        #expect(abs(moment(3)) < 5 * (15 / count).squareRoot())
        #expect(abs(moment(4) - 3) < 5 * (96 / count).squareRoot())
    }

    @Test("has uniform numbers within their bound, with mean 0 and variance ⅓")
    func uniform() throws {
        let random = RandomStream(
            seed: 1, .weights(layer: 3), kernels: try Kernels.chosen())
        let numbers = random.uniform(count: 100_001, bound: 0.5).map { Double($0) / 0.5 }
        let count = Double(numbers.count)
        #expect(numbers.allSatisfy { abs($0) < 1 })
        #expect(abs(numbers.reduce(0, +) / count) < 5 * (1 / (3 * count)).squareRoot())
        let variance = numbers.reduce(0) { $0 + $1 * $1 } / count
        #expect(abs(variance - 1 / 3) < 5 * (4 / (45 * count)).squareRoot())
    }

    @Test("permutes, and every order is as likely")
    func permutation() throws {
        let kernels = try Kernels.chosen()
        var counts: [[Int]: Int] = [:]
        for seed in UInt64(0)..<6000 {
            let order = RandomStream(seed: seed, .shuffle, kernels: kernels).permutation(count: 3)
            #expect(order.sorted() == [0, 1, 2])
            counts[order, default: 0] += 1
        }
        #expect(counts.count == 6)
        // Five standard deviations of a count of 6000 draws at 1/6.
        #expect(counts.values.allSatisfy { abs($0 - 1000) < 145 }, "\(counts)")
    }

    @Test("differs between purposes, layers and seeds")
    func streams() throws {
        let kernels = try Kernels.chosen()
        let purposes: [RandomStream.Purpose] = [
            .data, .shuffle, .rotation, .weights(layer: 0), .weights(layer: 1), .biases(layer: 0),
        ]
        let firsts = purposes.flatMap { purpose in
            [0, 1].map { seed in
                RandomStream(seed: seed, purpose, kernels: kernels).words(blockCount: 1)
            }
        }
        #expect(Set(firsts).count == 12)
    }
}
