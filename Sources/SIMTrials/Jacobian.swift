import NumericCore

/// The derivative of a network's output by its input at one point, along the concepts.
enum Jacobian {
    /// - Parameters:
    ///   - point: Shape `[1, d]`.
    ///   - axes: The direction of each concept, shape `[s, d]`.
    /// - Returns: Shape `[s, s]`, row by row: of output i by input j.
    static func entries(of network: Network, at point: PanelMatrix, axes: PanelMatrix) -> [Double] {
        let layers = network.parameters
        let masks = network.isRectified ? masks(layers, at: row(point, 0)) : []
        let columns = (0..<axes.rows).map { j in
            var direction = row(axes, j)
            for (index, layer) in layers.enumerated() {
                direction = product(layer, direction)
                if index < masks.count {
                    for o in direction.indices where !masks[index][o] { direction[o] = 0 }
                }
            }
            return direction
        }
        return (0..<axes.rows).flatMap { i in
            columns.map { column in
                var sum = 0.0
                for j in column.indices { sum += column[j] * Double(axes[i, j]) }
                return sum
            }
        }
    }

    /// Which outputs of each layer but the last are positive.
    private static func masks(
        _ layers: [LinearParameters], at point: [Double]
    ) -> [[Bool]] {
        var values = point
        return layers.dropLast().map { layer in
            values = product(layer, values)
            for (o, bias) in (layer.bias ?? []).enumerated() { values[o] += Double(bias) }
            let mask = values.map { $0 > 0 }
            for o in values.indices where !mask[o] { values[o] = 0 }
            return mask
        }
    }

    /// `W x`, in double precision and order.
    private static func product(_ layer: LinearParameters, _ x: [Double]) -> [Double] {
        (0..<layer.outputs).map { o in
            var sum = 0.0
            for i in 0..<layer.inputs {
                sum += Double(layer.weight[o * layer.inputs + i]) * x[i]
            }
            return sum
        }
    }

    private static func row(_ matrix: PanelMatrix, _ row: Int) -> [Double] {
        (0..<matrix.columns).map { Double(matrix[row, $0]) }
    }
}
