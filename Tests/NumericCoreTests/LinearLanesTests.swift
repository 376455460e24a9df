import CAllocations
import NumericCore
import Testing

@Suite("Linear layers that learn on all points at once")
struct LinearLanesTests {
    static let shapes = [
        NetworkCase(widths: [1, 1], isRectified: false, rows: 50),
        NetworkCase(widths: [2, 2], isRectified: false, hasBias: false, rows: 300),
        NetworkCase(widths: [5, 5], isRectified: false, rows: 700),
        NetworkCase(widths: [10, 10], isRectified: false, hasBias: false, rows: 256),
        NetworkCase(widths: [16, 16], isRectified: false, rows: 600),
    ]

    /// Other points for each lane, about a centre that is not 0.
    private func points(_ shape: NetworkCase, lane: Int, _ kernels: Kernels) -> PanelMatrix {
        matrix(
            shape.points(shape.rows, kernels).map { point in
                point.enumerated().map {
                    0.3 * $0.element + ($0.offset == lane % point.count ? 2 : 0)
                }
            })
    }

    private func layers(
        _ shape: NetworkCase, count: Int, _ kernels: Kernels
    ) -> [LinearParameters] {
        (0..<count).map { lane in
            var layer = shape.parameters(kernels)[0]
            for i in layer.weight.indices { layer.weight[i] *= 1 - Float(lane) / 20 }
            return layer
        }
    }

    private func rates(_ scale: Float) -> [Float] { (0..<16).map { -scale * Float($0 + 1) } }

    private func parameters(
        _ lanes: LinearLanes, _ lane: Int, _ shape: NetworkCase, _ kernels: Kernels
    ) -> LinearParameters {
        let network = Network(
            shape.parameters(kernels), isRectified: false, blockRows: 256, kernels: kernels)
        lanes.copy(lane: lane, to: network)
        return network.parameters[0]
    }

    @Test("go the way of a network on all points, up to rounding", arguments: shapes, levels)
    func allPoints(shape: NetworkCase, level: KernelLevel) throws {
        let kernels = try Kernels(level)
        let layers = self.layers(shape, count: 3, kernels)
        let points = (0..<3).map { self.points(shape, lane: $0, kernels) }
        let lanes = LinearLanes(layers, points: points, kernels: kernels)
        for steps in [1, 2, 17] {
            lanes.advance(steps: steps, rates: rates(0.01))
        }
        for lane in 0..<3 {
            let network = Network(
                [layers[lane]], isRectified: false, blockRows: 256, kernels: kernels)
            for _ in 0..<20 {
                for start in stride(from: 0, to: shape.rows, by: 256) {
                    _ = network.accumulate(
                        points[lane], rows: start..<min(start + 256, shape.rows))
                }
                network.apply(rate: rates(0.01)[lane] / Float(shape.rows))
            }
            let (direct, short) = (
                network.parameters[0], parameters(lanes, lane, shape, kernels)
            )
            let pairs = zip(
                direct.weight + (direct.bias ?? []), short.weight + (short.bias ?? []))
            #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "lane \(lane)")
            #expect(direct.weight != layers[lane].weight)
        }
    }

    @Test("have the bits that each has alone, at every CPU level", arguments: shapes)
    func alone(shape: NetworkCase) throws {
        var results: [[LinearParameters]] = []
        for level in levels {
            let kernels = try Kernels(level)
            let layers = self.layers(shape, count: 16, kernels)
            let points = (0..<16).map { self.points(shape, lane: $0, kernels) }
            let together = LinearLanes(layers, points: points, kernels: kernels)
            together.advance(steps: 30, rates: rates(0.01))
            results.append((0..<16).map { parameters(together, $0, shape, kernels) })
            for lane in [0, 7, 15] {
                let one = LinearLanes([layers[lane]], points: [points[lane]], kernels: kernels)
                let rate = Array(repeating: rates(0.01)[lane], count: 16)
                one.advance(steps: 29, rates: rate)
                one.advance(steps: 1, rates: rate)
                #expect(parameters(one, 0, shape, kernels) == results[0][lane], "lane \(lane)")
            }
        }
        #expect(Set(results).count == 1)
    }

    /// Of lane 1 all points lie on an axis, so that one point stands for them; lane 2's are all the same.
    @Test("put out and err to the bit as a network alone", arguments: 1...16, [true, false])
    func looks(dimension: Int, hasBias: Bool) throws {
        let shape = NetworkCase(
            widths: [dimension, dimension], isRectified: false, hasBias: hasBias, rows: 40)
        for level in levels {
            let kernels = try Kernels(level)
            let layers = self.layers(shape, count: 5, kernels)
            let points = (0..<5).map { self.points(shape, lane: $0, kernels) }
            for row in 0..<40 {
                for column in 0..<dimension {
                    if column > 0 { points[1][row, column] = 0 }
                    points[2][row, column] = Float(column) / 3
                }
            }
            let lanes = LinearLanes(layers, points: points, kernels: kernels)
            lanes.advance(steps: 3, rates: rates(0.01))
            let data = LaneData(points)
            let moments = points.map { Moments(of: $0, hasBias: hasBias, kernels: kernels) }
            var outputs = Array(repeating: Float.nan, count: 16 * dimension)
            var errors = Array(repeating: Double.nan, count: 16)
            lanes.squaredErrors(LaneMoments(moments, columns: dimension), into: &errors)
            lanes.evaluate(data, row: 7, into: &outputs)
            let network = Network(
                shape.parameters(kernels), isRectified: false, blockRows: 256, kernels: kernels)
            var output = Array(repeating: Float(0), count: dimension)
            for lane in 0..<5 {
                lanes.copy(lane: lane, to: network)
                network.evaluate(points[lane], row: 7, into: &output)
                #expect((0..<dimension).map { outputs[16 * $0 + lane] } == output)
                #expect(errors[lane] == network.squaredError(moments[lane]))
            }
        }
    }

    @Test("leave the finite numbers for good, and go on from a copy")
    func divergence() throws {
        let kernels = try Kernels.chosen()
        let shape = Self.shapes[2]
        let lanes = LinearLanes(
            layers(shape, count: 2, kernels),
            points: [0, 1].map { points(shape, lane: $0, kernels) },
            kernels: kernels)
        let start = lanes.copy()
        var rates = self.rates(0.01)
        rates[1] = -1e5
        lanes.advance(steps: 200, rates: rates)
        #expect(lanes.isFinite(lane: 0) && !lanes.isFinite(lane: 1))
        let again = start.copy()
        again.resume(from: start)
        again.advance(steps: 200, rates: rates)
        #expect(
            parameters(again, 0, shape, kernels) == parameters(lanes, 0, shape, kernels))
    }

    @Test("allocate nothing in a step")
    func allocations() throws {
        let kernels = try Kernels.chosen()
        let shape = Self.shapes[3]
        let lanes = LinearLanes(
            layers(shape, count: 2, kernels),
            points: [0, 1].map { points(shape, lane: $0, kernels) },
            kernels: kernels)
        let rates = self.rates(0.01)
        lanes.advance(steps: 1, rates: rates)
        let data = LaneData([PanelMatrix(rows: 1, columns: 10)])
        var outputs = Array(repeating: Float(0), count: 160)
        let before = allocations_of_this_thread()
        lanes.advance(steps: 11, rates: rates)
        lanes.evaluate(data, row: 0, into: &outputs)
        #expect(allocations_of_this_thread() == before)
    }
}
