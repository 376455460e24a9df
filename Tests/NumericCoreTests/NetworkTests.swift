import NumericCore
import Testing

/// The levels whose kernels run here; a CPU without AVX-512 says so once.
let levels: [KernelLevel] = {
    let supported = KernelLevel.allCases.filter(\.isSupported)
    if supported.count < KernelLevel.allCases.count {
        print("this CPU lacks AVX-512: kernel level v4 is not tested here")
    }
    return supported
}()

/// A network's shape and the rows it is given.
struct NetworkCase: Sendable, CustomTestStringConvertible {
    let widths: [Int]
    var isRectified = true
    var hasBias = true
    let rows: Int

    var testDescription: String {
        "\(widths)\(isRectified ? " relu" : "")\(hasBias ? " bias" : ""), \(rows) rows"
    }

    static let all = [
        NetworkCase(widths: [1, 1], rows: 1),
        NetworkCase(widths: [1, 1, 1], hasBias: false, rows: 2),
        NetworkCase(widths: [2, 2], rows: 24),
        NetworkCase(widths: [2, 4, 4, 2], isRectified: false, rows: 24),
        NetworkCase(widths: [3, 3, 3, 3], hasBias: false, rows: 7),
        NetworkCase(widths: [16, 16], rows: 9),
        NetworkCase(widths: [17, 33, 5, 17], rows: 13),
        NetworkCase(widths: [31, 48, 31], isRectified: false, rows: 6),
        NetworkCase(widths: [64, 64], rows: 24),
        NetworkCase(widths: [65, 15, 65], rows: 8),
        NetworkCase(widths: [5, 1024, 5], rows: 3),
        NetworkCase(widths: [1024, 3, 1024], rows: 2),
        NetworkCase(widths: [1023, 1023], rows: 1),
    ]

    func parameters(_ kernels: Kernels) -> [LinearParameters] {
        zip(widths, widths.dropFirst()).enumerated().map { layer, width in
            let bound = 1 / Float(width.0).squareRoot()
            let weights = RandomStream(seed: 7, .weights(layer: layer), kernels: kernels)
            let biases = RandomStream(seed: 7, .biases(layer: layer), kernels: kernels)
            return LinearParameters(
                inputs: width.0, outputs: width.1,
                weight: weights.uniform(count: width.0 * width.1, bound: bound),
                bias: hasBias ? biases.uniform(count: width.1, bound: bound) : nil)
        }
    }

    /// `count` random points.
    func points(_ count: Int, _ kernels: Kernels) -> [[Float]] {
        let numbers = RandomStream(seed: 7, .data, kernels: kernels)
            .normal(count: count * widths[0])
        return (0..<count).map { Array(numbers[$0 * widths[0]..<($0 + 1) * widths[0]]) }
    }
}

func matrix(_ rows: [[Float]]) -> PanelMatrix {
    let matrix = PanelMatrix(rows: rows.count, columns: rows[0].count)
    for (i, row) in rows.enumerated() {
        for (j, value) in row.enumerated() { matrix[i, j] = value }
    }
    return matrix
}

@Suite("A network on the kernels")
struct NetworkTests {
    @Test("has the bits of the plain loops at every CPU level", arguments: NetworkCase.all, levels)
    func plainLoops(shape: NetworkCase, level: KernelLevel) throws {
        let kernels = try Kernels(level)
        let parameters = shape.parameters(kernels)
        // The batch starts inside the data, and other points follow it.
        let points = shape.points(shape.rows + 3, kernels)
        let batch = Array(points[2..<2 + shape.rows])
        let network = Network(
            parameters, isRectified: shape.isRectified, blockRows: shape.rows, kernels: kernels)
        var plain = PlainNetwork<Float>(parameters, isRectified: shape.isRectified)
        for step in 0..<2 {
            let expected = Double(plain.squaredError(batch))
            let loss = network.step(matrix(points), rows: 2..<2 + shape.rows, rate: -0.01)
            #expect(abs(loss - expected) <= 1e-5 * expected)
            plain.step(batch, rate: -0.01)
            for (layer, reference) in zip(network.parameters, plain.layers) {
                #expect(layer.weight == reference.weight, "step \(step)")
                #expect(layer.bias == reference.bias, "step \(step)")
            }
        }
        var output = Array(repeating: Float(0), count: shape.widths[0])
        network.evaluate(matrix(points), row: 1, into: &output)
        #expect(output == plain.activations(points[1]).last)
    }

    @Test("has the same loss, to the bit, at every CPU level", arguments: NetworkCase.all)
    func losses(shape: NetworkCase) throws {
        let losses = try levels.map { level in
            let kernels = try Kernels(level)
            let network = Network(
                shape.parameters(kernels), isRectified: shape.isRectified, blockRows: shape.rows,
                kernels: kernels)
            let points = matrix(shape.points(shape.rows, kernels))
            return network.squaredError(points, rows: 0..<shape.rows)
        }
        #expect(Set(losses).count == 1, "\(losses)")
    }

    @Test("takes a batch in blocks with the bits of the whole", arguments: levels)
    func blocks(level: KernelLevel) throws {
        let kernels = try Kernels(level)
        let shape = NetworkCase(widths: [17, 33, 5, 17], rows: 100)
        let points = matrix(shape.points(shape.rows, kernels))
        let whole = Network(
            shape.parameters(kernels), isRectified: true, blockRows: 100, kernels: kernels)
        let pieces = Network(
            shape.parameters(kernels), isRectified: true, blockRows: 29, kernels: kernels)
        for _ in 0..<3 {
            _ = whole.step(points, rows: 0..<100, rate: -0.01)
            for start in stride(from: 0, to: 100, by: 29) {
                _ = pieces.accumulate(points, rows: start..<min(100, start + 29))
            }
            pieces.apply(rate: -0.01)
        }
        #expect(whole.parameters == pieces.parameters)
    }

    @Test("has the same bits on 1, 2 and 5 threads", arguments: levels)
    func threads(level: KernelLevel) throws {
        let kernels = try Kernels(level)
        let shape = NetworkCase(widths: [100, 250, 170, 100], rows: 200)
        let points = matrix(shape.points(shape.rows, kernels))
        let parameters = [1, 2, 5].map { threads in
            let network = Network(
                shape.parameters(kernels), isRectified: true, blockRows: 150, kernels: kernels,
                threads: threads)
            for _ in 0..<2 {
                _ = network.step(points, rows: 0..<150, rate: -0.001)
                _ = network.step(points, rows: 0..<200, rate: -0.001)
            }
            return network.parameters
        }
        #expect(Set(parameters).count == 1)
    }

    @Test(
        "has the gradients of finite differences",
        arguments: [
            NetworkCase(widths: [3, 3], rows: 5),
            NetworkCase(widths: [4, 7, 4], rows: 5),
            NetworkCase(widths: [4, 7, 6, 4], isRectified: false, rows: 5),
            NetworkCase(widths: [4, 7, 6, 4], hasBias: false, rows: 5),
        ])
    func finiteDifferences(shape: NetworkCase) throws {
        let kernels = try Kernels.chosen()
        let parameters = shape.parameters(kernels)
        let points = shape.points(shape.rows, kernels)
        let network = Network(
            parameters, isRectified: shape.isRectified, blockRows: shape.rows, kernels: kernels)
        _ = network.accumulate(matrix(points), rows: 0..<shape.rows)

        let exact = points.map { $0.map(Double.init) }
        let plain = PlainNetwork<Double>(parameters, isRectified: shape.isRectified)
        func loss(_ change: (inout PlainNetwork<Double>) -> Void) -> Double {
            var changed = plain
            change(&changed)
            return changed.squaredError(exact) / 2
        }
        let h = 1e-6
        for (index, layer) in network.accumulatedGradients.enumerated() {
            for i in layer.weight.indices {
                let up = loss { $0.layers[index].weight[i] += h }
                let down = loss { $0.layers[index].weight[i] -= h }
                #expect(abs((up - down) / (2 * h) - Double(layer.weight[i])) < 2e-5)
            }
            for (o, gradient) in (layer.bias ?? []).enumerated() {
                let up = loss { $0.layers[index].bias?[o] += h }
                let down = loss { $0.layers[index].bias?[o] -= h }
                #expect(abs((up - down) / (2 * h) - Double(gradient)) < 2e-5)
            }
        }
    }

    @Test("keeps its parameters as they were given")
    func roundTrip() throws {
        let kernels = try Kernels.chosen()
        let shape = NetworkCase(widths: [17, 33, 5, 17], rows: 1)
        let parameters = shape.parameters(kernels)
        let network = Network(parameters, isRectified: true, blockRows: 1, kernels: kernels)
        #expect(network.parameters == parameters)
    }
}

@Suite("A panel matrix")
struct PanelMatrixTests {
    @Test("is the product of two others, whatever the threads and the CPU level", arguments: levels)
    func product(level: KernelLevel) throws {
        let kernels = try Kernels(level)
        let left = NetworkCase(widths: [3], rows: 5000).points(5000, kernels)
        let right = NetworkCase(widths: [20], rows: 3).points(3, kernels)
        for threads in [1, 2, 5] {
            let product = PanelMatrix(rows: 5000, columns: 20)
            product.setProduct(matrix(left), matrix(right), threads: threads, kernels: kernels)
            for i in stride(from: 0, to: 5000, by: 7) {
                for j in 0..<20 {
                    var sum: Float = 0
                    for k in 0..<3 { sum.addProduct(left[i][k], right[k][j]) }
                    #expect(product[i, j] == sum, "[\(i), \(j)] on \(threads) threads")
                }
            }
        }
    }
}
