import NumericCore
import Sweeps
import Testing

@testable import SIMTrials

@Suite("The truncated task")
struct TruncationTests {
    private static let kernels = Result { try Kernels.chosen() }

    private func task(_ values: [String: Value], seed: UInt64 = 1) throws -> SIMTask {
        try SIMTask(
            SIMConfiguration(
                Configuration(
                    ["task.rotation": false, "task.dimension": 2].merging(values) { $1 })),
            seed: seed, threads: 1, kernels: Self.kernels.get())
    }

    @Test(
        "has no point near the OOD point, and every other point of the whole task", arguments: 1...5
    )
    func pairs(seed: UInt64) throws {
        let whole = try task([:], seed: seed)
        let truncated = try task(["task.kind": "truncated"], seed: seed)
        var moved = 0
        for i in 0..<whole.points.rows {
            func isNear(_ task: SIMTask) -> Bool {
                let (x, y) = (Double(task.points[i, 0]) - 1, Double(task.points[i, 1]) - 2)
                return x * x + y * y < 0.25
            }
            #expect(!isNear(truncated))
            if isNear(whole) {
                moved += 1
            } else {
                #expect(truncated.points[i, 0] == whole.points[i, 0])
                #expect(truncated.points[i, 1] == whole.points[i, 1])
            }
        }
        #expect(moved > 0 && truncated.rejectedCount >= moved && whole.rejectedCount == 0)
    }

    /// Of 15,000 points with variance 0.05 some 42 are expected, with deviation 0.05 none.
    ///
    /// - SeeAlso: arXiv:2410.08309, section F.3.
    @Test("rejects a few points in a thousand where the numbers are variances, else none")
    func share() throws {
        let counts = try (1...10).map {
            try task(["task.kind": "truncated"], seed: UInt64($0)).rejectedCount
        }
        // Five standard deviations of a sum of ten Poisson numbers.
        #expect(abs(counts.reduce(0, +) - 420) < 103, "\(counts)")
        #expect(
            try task(["task.kind": "truncated", "task.deviation": 0.05]).rejectedCount == 0)
    }

    @Test("ends, however wide the clusters are")
    func wide() throws {
        for variance in [0.0, 0.3, 4, 1e6] {
            let task = try task([
                "task.kind": "truncated", "task.variance": .list([0, .number(variance)]),
                "task.samples": 2000,
            ])
            #expect(task.rejectedCount < 6000)
        }
    }

    @Test("keeps the noise of a point for any number of concepts")
    func concepts() throws {
        let values: [String: Value] = [
            "task.signal": [1, 1, 1, 1, 1], "task.dimension": 5, "task.variance": 0.3,
            "task.samples": 10_000,
        ]
        let whole = try task(values)
        let truncated = try task(values.merging(["task.kind": "truncated"]) { $1 })
        let moved = (0..<whole.points.rows).filter { i in
            (0..<5).contains { whole.points[i, $0] != truncated.points[i, $0] }
        }
        #expect(!moved.isEmpty && moved.count <= truncated.rejectedCount)
        #expect(Set(moved.map { truncated.points[$0, 0] }).count == moved.count)
    }
}
