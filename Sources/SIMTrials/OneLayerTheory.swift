import NumericCore
import Sweeps

/// The one-layer model from zero weights, in closed form.
///
/// In the concepts' coordinates the second moment of the inputs is A = diag(σ_k² + μ_k²/K) with K
/// clusters, and gradient flow leads to f(x̂) = x̂ − e^(−At) x̂. A bias is the weight of one more
/// input that is always 1: then A has a last row and column of means μ_k/K, with 1 in the corner.
///
/// - SeeAlso: arXiv:2410.08309, Theorem 4.1.
struct OneLayerTheory {
    let configuration: SIMConfiguration
    let modes: SymmetricModes
    /// x̂, and 1 where there is a bias, in the coordinates of the modes.
    private let start: [Double]

    init(_ configuration: SIMConfiguration) {
        self.configuration = configuration
        modes = SymmetricModes(of: Self.moment(configuration))
        start = modes.coordinates(
            of: configuration.signal + (configuration.hasBias ? [1] : []))
    }

    /// The second moment of the inputs, with that of the constant where there is a bias.
    static func moment(_ configuration: SIMConfiguration) -> [[Double]] {
        let clusters = Double(configuration.clusterCount)
        let (signal, variance) = (configuration.signal, configuration.variance)
        let size = signal.count + (configuration.hasBias ? 1 : 0)
        var moment = Array(repeating: Array(repeating: 0.0, count: size), count: size)
        for k in signal.indices {
            moment[k][k] = variance[k] + signal[k] * signal[k] / clusters
            if configuration.hasBias {
                moment[k][size - 1] = signal[k] / clusters
                moment[size - 1][k] = signal[k] / clusters
            }
        }
        if configuration.hasBias { moment[size - 1][size - 1] = 1 }
        return moment
    }

    /// The rates at which the error decays, in increasing order, per unit of time.
    var rates: [Double] { modes.values.sorted() }

    /// f(x̂) in the concepts' coordinates after `step` steps.
    func outputs(step: Int) -> [Double] {
        let time = Double(step) * configuration.timePerStep
        let remaining = zip(start, modes.values).map { $0 * exponential(-$1 * time) }
        let error = modes.vector(of: remaining)
        return zip(configuration.signal, error).map { $0 - $1 }
    }

    /// Curves at the steps that a trial logs, and the events on them.
    var theory: Theory {
        let logged = configuration.loggedSteps
        let steps = logged.map(UInt32.init)
        let points = logged.map(outputs)
        let signal = configuration.signal
        let losses = points.map { point in
            zip(point, signal).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2
        }
        let outputs = signal.indices.map { k in points.map { $0[k] } }
        let path = OutputPath(steps: steps, outputs: outputs, signal: signal)
        return Theory(
            curves: [Curve(name: "ood_loss", steps: steps, values: losses)]
                + signal.indices.map { k in
                    Curve(name: "output/\(k + 1)", steps: steps, values: outputs[k])
                } + extraCurves(steps: logged),
            scalars: path.scalars(of: configuration).map(exact))
    }

    /// The terminal rate has no need of a fit: it is the slowest of the rates.
    private func exact(_ scalar: Scalar) -> Scalar {
        guard scalar.name == "terminal_rate", let slowest = modes.values.min() else {
            return scalar
        }
        let epoch = configuration.timePerStep * Double(configuration.stepsPerEpoch)
        return Scalar(name: scalar.name, value: slowest * epoch)
    }
}
