import Testing

@testable import NumericCore

private struct Sorry: Error, Equatable {}

@Suite("Work on Dispatch's threads")
struct ComputeTests {
    @Test("returns its value or throws its error")
    func outcome() async throws {
        #expect(try await compute { 6 * 7 } == 42)
        await #expect(throws: Sorry()) { try await compute { throw Sorry() } }
    }

    @Test("covers every element once, in blocks that the threads do not change")
    func blocks() {
        for threads in [1, 2, 5, 100] {
            let seen = Arena(floatCount: 1008)
            let values = seen.floats(1000)
            forEachBlock(of: 1000, size: 64, threads: threads) { block in
                #expect(block.lowerBound % 64 == 0 && block.upperBound <= 1000)
                for i in block { values[i] += 1 }
            }
            #expect((0..<1000).allSatisfy { values[$0] == 1 })
        }
    }
}

@Suite("The choice of kernels")
struct KernelChoiceTests {
    @Test("follows SWINGBY_KERNELS, and says what it may be")
    func wish() throws {
        #expect(try Kernels.level(wish: "v3") == .v3)
        #expect(try Kernels.level(wish: "v4") == .v4)
        #expect(try Kernels.level(wish: nil) == levels.last)
        #expect(try Kernels.level(wish: "") == levels.last)
        #expect(throws: KernelError.unknownLevel("avx")) { try Kernels.level(wish: "avx") }
        #expect("\(KernelError.unknownLevel("avx"))".contains("v3 or v4"))
    }

    @Test("runs at the level that is asked for", arguments: levels)
    func level(level: KernelLevel) throws {
        #expect(try Kernels(level).level == level)
    }
}
