import Testing

@testable import SIMTrials

@Suite("Events on the path of the outputs")
struct OutputPathTests {
    private func time(_ output: [Double], tolerance: Double = 0.1) -> Double? {
        OutputPath(
            steps: output.indices.map { UInt32(20 * $0) }, outputs: [output], signal: [2]
        ).learningTime(of: 0, tolerance: tolerance)
    }

    @Test("is learned when it comes to stay near its signal, between logged points")
    func learningTime() throws {
        #expect(try #require(time([0, 1.6, 2.0, 2.0])) == 20 + 0.5 * 20)
        let above = try #require(time([4, 2.4, 2.0, 2.0]))
        #expect(abs(above - (20 + 0.5 * 20)) < 1e-12)
        // It comes near, leaves, and comes back: the last time counts, across both edges.
        let back = try #require(time([0, 2.0, 3.0, 1.9]))
        #expect(abs(back - (40 + 20 * 0.8 / 1.1)) < 1e-12)
        #expect(time([2, 2, 1.9]) == 0)
        #expect(time([0, 1.6], tolerance: 0.25) == 20 * 1.5 / 1.6)
    }

    @Test("is never learned where it does not stay")
    func never() {
        #expect(time([0, 1, 1.7]) == nil)
        #expect(time([0, 2, 2.3]) == nil)
        #expect(time([]) == nil)
    }

    @Test("bends to the positive side where the first concept leads")
    func bend() throws {
        func bend(_ points: [[Double]]) -> Double? {
            OutputPath(
                steps: points.indices.map(UInt32.init),
                outputs: [points.map { $0[0] }, points.map { $0[1] }],
                signal: [3, 2]
            ).bend
        }
        #expect(bend([[0, 0], [3, 0], [3, 2]]) == 3)
        #expect(bend([[0, 0], [0, 2], [3, 2]]) == -3)
        #expect(bend([[0, 0], [1.5, 1], [3, 2]]) == 0)
        // Open ends are closed by straight lines from 0 and to x̂.
        #expect(bend([[3, 0]]) == 3)
    }
}
