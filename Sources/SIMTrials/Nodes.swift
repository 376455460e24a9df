import NumericCore

/// The combinations of concepts, each there or not: centres of clusters, the origin, the OOD point,
/// and all that no training point comes from.
///
/// - SeeAlso: arXiv:2410.08309, Appendix B.
struct Nodes {
    /// Shape `[2ˢ, d]`.
    private let points: PanelMatrix
    /// Shape `[s, d]`.
    private let axes: PanelMatrix
    private var output: [Float]

    /// - Parameters:
    ///   - signal: μ, a value a concept.
    ///   - axes: The direction of each concept, shape `[s, d]`.
    init(signal: [Double], axes: PanelMatrix, kernels: Kernels) {
        let count = 1 << signal.count
        let coordinates = PanelMatrix(rows: count, columns: signal.count)
        for node in 0..<count {
            for (k, value) in Self.coordinates(of: node, signal: signal).enumerated() {
                coordinates[node, k] = Float(value)
            }
        }
        points = PanelMatrix(rows: count, columns: axes.columns)
        points.setProduct(coordinates, axes, threads: 1, kernels: kernels)
        self.axes = axes
        output = Array(repeating: 0, count: axes.columns)
    }

    /// `node_loss/` and a digit a concept, in the order of the losses.
    static func names(conceptCount: Int) -> [String] {
        (0..<1 << conceptCount).map { node in
            let digits = (0..<conceptCount)
                .map { has($0, node, conceptCount: conceptCount) ? "1" : "0" }
            return "node_loss/" + digits.joined()
        }
    }

    /// Node `node`, counted from 0, in concept coordinates.
    static func coordinates(of node: Int, signal: [Double]) -> [Double] {
        signal.enumerated().map { k, value in
            has(k, node, conceptCount: signal.count) ? value : 0
        }
    }

    private static func has(_ concept: Int, _ node: Int, conceptCount: Int) -> Bool {
        node >> (conceptCount - 1 - concept) & 1 == 1
    }

    /// ½ of the squared error along the concepts, a value a node.
    mutating func losses(of network: Network) -> [Double] {
        (0..<points.rows).map { node in
            network.evaluate(points, row: node, into: &output)
            var loss = 0.0
            for k in 0..<axes.rows {
                var error = 0.0
                for j in output.indices {
                    error += (Double(output[j]) - Double(points[node, j])) * Double(axes[k, j])
                }
                loss += error * error
            }
            return loss / 2
        }
    }
}
