import NumericCore
import Testing

@Suite("Networks that train in the lanes of a vector")
struct LaneNetworkTests {
    static let shapes = [
        NetworkCase(widths: [1, 1], rows: 1),
        NetworkCase(widths: [2, 2], rows: 13),
        NetworkCase(widths: [3, 3], hasBias: false, rows: 300),
        NetworkCase(widths: [2, 4, 4, 2], isRectified: false, rows: 24),
        NetworkCase(widths: [5, 7, 3, 5], rows: 131),
        NetworkCase(widths: [16, 32, 17, 16], rows: 600),
        NetworkCase(widths: [4, 16, 16, 16, 4], hasBias: false, rows: 128),
    ]

    @Test("have the bits that each has alone", arguments: shapes, levels)
    func alone(shape: NetworkCase, level: KernelLevel) throws {
        let kernels = try Kernels(level)
        for count in [1, 5, 16] {
            let points = (0..<count).map { lane in
                let scale = 1 + Float(lane) / 16
                return matrix(shape.points(shape.rows + 3, kernels).map { $0.map { scale * $0 } })
            }
            let parameters = (0..<count).map { lane in
                shape.parameters(kernels).map { layer in
                    var layer = layer
                    for i in layer.weight.indices { layer.weight[i] *= 1 - Float(lane) / 20 }
                    return layer
                }
            }
            let rates = (0..<16).map { -0.01 / Float(shape.rows) * Float($0 + 1) }
            let together = LaneNetwork(
                parameters, isRectified: shape.isRectified, kernels: kernels)
            let data = LaneData(points)
            let alone = parameters.map {
                Network($0, isRectified: shape.isRectified, blockRows: 256, kernels: kernels)
            }
            let rows = 2..<2 + shape.rows
            for _ in 0..<3 {
                together.step(data, rows: rows, rates: rates)
                for (lane, network) in alone.enumerated() {
                    let loss = network.step(points[lane], rows: rows, rate: rates[lane])
                    #expect(together.losses[lane] == loss, "lane \(lane)")
                    let copy = Network(
                        parameters[lane], isRectified: shape.isRectified, blockRows: 256,
                        kernels: kernels)
                    together.copy(lane: lane, to: copy)
                    #expect(copy.parameters == network.parameters, "lane \(lane)")
                    // The copy has its transposed weights too.
                    #expect(
                        copy.step(points[lane], rows: rows, rate: 0.01) > 0 && loss > 0)
                }
                together.measure(data, rows: rows)
                #expect(together.losses[0] == alone[0].squaredError(points[0], rows: rows))
            }
        }
    }
}
