import Testing

@testable import Sweeps

@Suite("Points that are told apart by a bit each")
struct PointSetTests {
    private func axis(_ key: String, _ values: [Double]) -> GridBuilder.Dimension {
        GridBuilder.Dimension(
            axis: Axis(name: key, keys: [key], rows: values.map { [.number($0)] }),
            isConditional: true, interval: nil)
    }

    @Test("are new once, and the same where a key is left out or has its default")
    func digits() throws {
        let builder = GridBuilder(
            kind: ToyKind(), fixed: Configuration(),
            dimensions: [
                axis("model.layers", [1, 2, 3]), axis("train.learning_rate", [0.1, 0.2, 0.3]),
                axis("model.scale", [2, 3]),
            ])
        let coupled = CoupledDimensions(
            dimensions: [0, 1, 2], isFree: false, completed: [0], hasBlocks: true, excludes: [])
        var seen = try #require(PointSet(builder, coupled))
        var count = 0
        for part in [7, 1_000_000, 0] {
            for rate in Int32(-1)..<3 {
                for scale in Int32(-1)..<2 where seen.insert([0, rate, scale], part: part) {
                    count += 1
                }
            }
        }
        // A rate left out is 0.1, which is given too; no scale is the default of 1.
        #expect(count == 3 * 3 * 3)
        let isNew = seen.insert([2, -1, 1], part: 7)
        #expect(!isNew)
    }
}
