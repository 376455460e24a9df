import NumericCore
import Sweeps

/// What theory says of the metrics that are measured on request, all from e^(−At).
extension OneLayerTheory {
    func extraCurves(steps: [Int]) -> [Curve] {
        let extras = configuration.extras
        guard extras.fullLoss || extras.nodes || extras.jacobian else { return [] }
        let errors = steps.map(decay)
        func curve(_ name: String, _ value: ([[Double]]) -> Double) -> Curve {
            Curve(name: name, steps: steps.map(UInt32.init), values: errors.map(value))
        }
        var curves: [Curve] = []
        if extras.fullLoss {
            let moment = Self.moment(configuration)
            curves.append(curve("train_loss/full") { meanSquare($0, moment: moment) })
        }
        let signal = configuration.signal
        if extras.nodes {
            for (node, name) in Nodes.names(conceptCount: signal.count).enumerated() {
                let point =
                    Nodes.coordinates(of: node, signal: signal)
                    + (configuration.hasBias ? [1] : [])
                curves.append(curve(name) { loss($0, at: point) })
            }
        }
        if extras.jacobian {
            for i in signal.indices {
                for j in signal.indices {
                    curves.append(curve("w/\(i + 1)/\(j + 1)") { (i == j ? 1 : 0) - $0[i][j] })
                }
            }
        }
        return curves
    }

    /// e^(−At) after `step` steps: x − f(x) of an input x, with 1 appended where there is a bias.
    private func decay(step: Int) -> [[Double]] {
        let time = Double(step) * configuration.timePerStep
        let factors = modes.values.map { exponential(-$0 * time) }
        // Symmetric, so that its columns are its rows.
        return modes.values.indices.map { j in
            let unit = modes.values.indices.map { $0 == j ? 1.0 : 0 }
            return modes.vector(of: zip(modes.coordinates(of: unit), factors).map { $0 * $1 })
        }
    }

    /// ½ of the squared error along the concepts.
    private func loss(_ decay: [[Double]], at point: [Double]) -> Double {
        configuration.signal.indices.reduce(0) { sum, i in
            let error = zip(decay[i], point).reduce(0) { $0 + $1.0 * $1.1 }
            return sum + error * error / 2
        }
    }

    /// The squared error over inputs of this second moment, as a mean over outputs.
    private func meanSquare(_ decay: [[Double]], moment: [[Double]]) -> Double {
        var sum = 0.0
        for i in configuration.signal.indices {
            for j in moment.indices {
                for k in moment.indices { sum += decay[i][j] * moment[j][k] * decay[i][k] }
            }
        }
        return sum / Double(configuration.dimension)
    }
}
