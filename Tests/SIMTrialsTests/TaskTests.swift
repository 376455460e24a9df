import NumericCore
import Sweeps
import Testing

@testable import SIMTrials

@Suite("The points of the SIM task")
struct TaskTests {
    private func task(_ values: [String: Value], seed: UInt64 = 1) throws -> SIMTask {
        try SIMTask(
            SIMConfiguration(Configuration(values)), seed: seed, threads: 1,
            kernels: Kernels.chosen())
    }

    /// Row `i` of `a` times row `j` of `b`.
    private func product(_ a: PanelMatrix, _ i: Int, _ b: PanelMatrix, _ j: Int) -> Double {
        (0..<a.columns).reduce(0) { $0 + Double(a[i, $1]) * Double(b[j, $1]) }
    }

    @Test("has orthonormal concepts", arguments: [[1, 1], [2, 2], [2, 64], [7, 7], [64, 64]])
    func axes(shape: [Int]) throws {
        let signal = Value.list((1...shape[0]).map { .number(Double($0)) })
        let task = try task([
            "task.signal": signal, "task.dimension": .number(Double(shape[1])), "task.samples": 1,
        ])
        for i in 0..<shape[0] {
            for j in 0...i {
                let expected = i == j ? 1.0 : 0
                #expect(abs(product(task.axes, i, task.axes, j) - expected) < 1e-6)
            }
            #expect(abs(product(task.probe, 0, task.axes, i) - Double(i + 1)) < 1e-4)
        }
    }

    @Test("has clusters at their centres, of their variance, and nothing beside the concepts")
    func clusters() throws {
        let task = try task([
            "task.signal": [4, 8], "task.variance": [0.05, 0.2], "task.dimension": 16,
            "task.samples": 2000,
        ])
        #expect(task.points.rows == 6000)
        var sums = Array(repeating: Array(repeating: 0.0, count: 5), count: 3)
        for i in 0..<6000 {
            let (x, y) = (
                product(task.points, i, task.axes, 0), product(task.points, i, task.axes, 1)
            )
            let beside = product(task.points, i, task.points, i) - x * x - y * y
            #expect(abs(beside) < 1e-4)
            let cluster = x > 2 ? 0 : y > 4 ? 1 : 2
            for (k, value) in [1, x, y, x * x, y * y].enumerated() { sums[cluster][k] += value }
        }
        for (cluster, centre) in [[4.0, 0], [0, 8], [0, 0]].enumerated() {
            #expect(sums[cluster][0] == 2000)
            let moments = sums[cluster].map { $0 / 2000 }
            for k in 0..<2 {
                let variance = [0.05, 0.2][k]
                // Five standard errors of a mean and of a variance.
                #expect(abs(moments[1 + k] - centre[k]) < 5 * (variance / 2000).squareRoot())
                let measured = moments[3 + k] - moments[1 + k] * moments[1 + k]
                #expect(abs(measured - variance) < 5 * variance * (2.0 / 2000).squareRoot())
            }
        }
    }

    @Test("shuffles the clusters into one another")
    func shuffle() throws {
        let task = try task(["task.signal": [4, 8], "task.dimension": 2, "task.rotation": false])
        let firstCluster = (0..<15_000).filter { task.points[$0, 0] > 2 }
        #expect(firstCluster.count == 5000)
        // The sum of ranks of a random third: within five standard deviations.
        let mean = Double(firstCluster.reduce(0, +)) / 5000
        let deviation = 15_000 * (1.0 / 12 / 5000 * 2 / 3).squareRoot()
        #expect(abs(mean - 7499.5) < 5 * deviation)
    }

    @Test("lies along the axes without rotation")
    func aligned() throws {
        let task = try task([
            "task.rotation": false, "task.dimension": 5, "task.variance": 0, "task.origin": false,
            "task.samples": 3,
        ])
        let rows = (0..<6).map { i in (0..<5).map { task.points[i, $0] } }
        #expect(rows.filter { $0 == [1, 0, 0, 0, 0] }.count == 3)
        #expect(rows.filter { $0 == [0, 2, 0, 0, 0] }.count == 3)
        #expect((0..<5).map { task.probe[0, $0] } == [1, 2, 0, 0, 0])
    }

    @Test("has the same noise for other signals of the same seed")
    func sameNoise() throws {
        let a = try task(["task.signal": [1, 2], "task.rotation": false, "task.dimension": 2])
        let b = try task(["task.signal": [3, 2], "task.rotation": false, "task.dimension": 2])
        for i in 0..<15_000 {
            let shift = a.points[i, 0] == b.points[i, 0] ? 0 : b.points[i, 0] - a.points[i, 0]
            #expect(shift == 0 || abs(shift - 2) < 1e-6)
            #expect(a.points[i, 1] == b.points[i, 1])
        }
    }

    @Test("differs from seed to seed")
    func seeds() throws {
        let a = try task(smallTrial, seed: 1)
        let b = try task(smallTrial, seed: 2)
        #expect(a.axes[0, 0] != b.axes[0, 0] && a.points[0, 0] != b.points[0, 0])
    }
}
