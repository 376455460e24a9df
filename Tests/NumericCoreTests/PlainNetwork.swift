import NumericCore

/// The plain loops that the kernels must agree with: `Network` without panels, tiles or vectors.
///
/// In `Float` every sum is a chain of fused multiply-adds in increasing order, as in the kernels,
/// so the bits must be equal; in `Double` its loss serves finite differences.
struct PlainNetwork<Scalar: BinaryFloatingPoint> {
    struct Layer {
        let inputs: Int
        let outputs: Int
        /// Shape `[outputs, inputs]`.
        var weight: [Scalar]
        var bias: [Scalar]?
    }

    var layers: [Layer]
    let isRectified: Bool

    init(_ parameters: [LinearParameters], isRectified: Bool) {
        layers = parameters.map { layer in
            Layer(
                inputs: layer.inputs, outputs: layer.outputs,
                weight: layer.weight.map { Scalar($0) }, bias: layer.bias?.map { Scalar($0) })
        }
        self.isRectified = isRectified
    }

    /// What goes into each layer, and last the output, for one point.
    func activations(_ point: [Scalar]) -> [[Scalar]] {
        var values = [point]
        for (index, layer) in layers.enumerated() {
            let input = values[index]
            values.append(
                (0..<layer.outputs).map { o in
                    var sum = layer.bias?[o] ?? 0
                    for i in 0..<layer.inputs {
                        sum.addProduct(input[i], layer.weight[o * layer.inputs + i])
                    }
                    return isRectified && index < layers.count - 1 && sum < 0 ? 0 : sum
                })
        }
        return values
    }

    func squaredError(_ points: [[Scalar]]) -> Scalar {
        var sum: Scalar = 0
        for point in points {
            for (y, x) in zip(activations(point)[layers.count], point) { sum += (y - x) * (y - x) }
        }
        return sum
    }

    /// The gradients of ½ Σ ‖f(x) − x‖², in the form of the layers.
    func gradients(_ points: [[Scalar]]) -> [Layer] {
        var sums = layers
        for index in layers.indices {
            sums[index].weight = layers[index].weight.map { _ in 0 }
            sums[index].bias = layers[index].bias.map { $0.map { _ in 0 } }
        }
        for point in points {
            let values = activations(point)
            var gradient = zip(values[layers.count], point).map { $0 - $1 }
            for (index, layer) in layers.enumerated().reversed() {
                let input = values[index]
                for o in 0..<layer.outputs {
                    for i in 0..<layer.inputs {
                        sums[index].weight[o * layer.inputs + i].addProduct(input[i], gradient[o])
                    }
                    sums[index].bias?[o] += gradient[o]
                }
                gradient = (0..<layer.inputs).map { i in
                    var sum: Scalar = 0
                    for o in 0..<layer.outputs {
                        sum.addProduct(gradient[o], layer.weight[o * layer.inputs + i])
                    }
                    return isRectified && !(input[i] > 0) ? 0 : sum
                }
            }
        }
        return sums
    }

    mutating func step(_ points: [[Scalar]], rate: Scalar) {
        for (index, sums) in gradients(points).enumerated() {
            for i in sums.weight.indices {
                layers[index].weight[i].addProduct(sums.weight[i], rate)
            }
            for o in sums.bias?.indices ?? 0..<0 {
                layers[index].bias?[o].addProduct(sums.bias?[o] ?? 0, rate)
            }
        }
    }
}
