import NumericCore
import Testing

@Suite("Training on second moments")
struct MomentsTests {
    static let shapes = [
        NetworkCase(widths: [1, 1], isRectified: false, rows: 50),
        NetworkCase(widths: [2, 2], isRectified: false, hasBias: false, rows: 300),
        NetworkCase(widths: [5, 5], isRectified: false, rows: 700),
        NetworkCase(widths: [17, 9, 17], isRectified: false, rows: 600),
        NetworkCase(widths: [20, 6, 7, 20], isRectified: false, hasBias: false, rows: 600),
    ]

    /// Points about a centre that is far from 0.
    private func points(_ shape: NetworkCase, _ kernels: Kernels) -> PanelMatrix {
        matrix(
            shape.points(shape.rows, kernels).map { point in
                point.enumerated().map { 0.3 * $0.element + ($0.offset == 0 ? 2 : 0) }
            })
    }

    @Test("has the losses and gradients of all points, up to rounding", arguments: shapes, levels)
    func allPoints(shape: NetworkCase, level: KernelLevel) throws {
        let kernels = try Kernels(level)
        let points = points(shape, kernels)
        let moments = Moments(of: points, hasBias: shape.hasBias, kernels: kernels)
        #expect(moments.rowCount == shape.widths[0] + (shape.hasBias ? 1 : 0))
        let networks = (0..<2).map { _ in
            Network(
                shape.parameters(kernels), isRectified: false, blockRows: 256, kernels: kernels)
        }
        for _ in 0..<10 {
            let expected = networks[0].squaredError(points, rows: 0..<shape.rows)
            #expect(abs(networks[1].squaredError(moments) - expected) < 2e-5 * expected)
            for start in stride(from: 0, to: shape.rows, by: 256) {
                _ = networks[0].accumulate(points, rows: start..<min(start + 256, shape.rows))
            }
            let loss = networks[1].accumulate(moments)
            #expect(abs(loss - expected) < 2e-5 * expected)
            let gradients = networks.map(\.accumulatedGradients)
            for (direct, short) in zip(gradients[0], gradients[1]) {
                let values = zip(
                    direct.weight + (direct.bias ?? []), short.weight + (short.bias ?? []))
                let largest = direct.weight.map(abs).max() ?? 0
                #expect(values.allSatisfy { abs($0 - $1) < 3e-5 * largest })
            }
            for network in networks { network.apply(rate: -0.02 / Float(shape.rows)) }
        }
    }

    @Test("has the same bits at every CPU level", arguments: shapes)
    func sameBits(shape: NetworkCase) throws {
        let parameters = try levels.map { level in
            let kernels = try Kernels(level)
            let moments = Moments(
                of: points(shape, kernels), hasBias: shape.hasBias, kernels: kernels)
            let network = Network(
                shape.parameters(kernels), isRectified: false, blockRows: 256, kernels: kernels)
            _ = network.accumulate(moments)
            network.apply(rate: -0.001)
            return network.parameters
        }
        #expect(Set(parameters).count == 1)
    }

    @Test("takes as many points as the data have directions")
    func rank() throws {
        let kernels = try Kernels.chosen()
        // 100 points on a line in 40 dimensions, and 100 times the same point.
        let direction = NetworkCase(widths: [40], rows: 1).points(1, kernels)[0]
        let line = matrix((0..<100).map { i in direction.map { Float(i) * $0 } })
        #expect(Moments(of: line, hasBias: false, kernels: kernels).rowCount == 1)
        #expect(Moments(of: line, hasBias: true, kernels: kernels).rowCount == 2)
        let one = matrix(Array(repeating: direction, count: 100))
        #expect(Moments(of: one, hasBias: true, kernels: kernels).rowCount == 1)
        let none = matrix(Array(repeating: direction.map { _ in 0 }, count: 100))
        #expect(Moments(of: none, hasBias: false, kernels: kernels).rowCount == 0)
        #expect(Moments(of: none, hasBias: true, kernels: kernels).rowCount == 1)
    }
}
