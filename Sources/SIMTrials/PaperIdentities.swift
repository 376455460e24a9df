import NumericCore
import Sweeps

/// What the paper states as identities, computed both ways on random instances: the checklist rows
/// R1, R2 and R14.
public struct PaperIdentities {
    private let seed: UInt64
    private let kernels: Kernels

    /// - Throws: `KernelError` on a CPU without AVX2 and FMA.
    public init(seed: UInt64) throws {
        self.seed = seed
        kernels = try Kernels.chosen()
    }

    /// R1 on one data set of three concepts.
    public struct Loss: Sendable {
        /// |L − ½‖(W − I) A^½‖²| / L, L the mean over the points and A their second moment.
        public let relativeDifference: Double
        /// The largest deviation of an entry of A from diag(σ_k² + μ_k²/s), in standard errors.
        public let standardErrors: Double
    }

    /// The loss of a linear model as a mean over points and by the second moment of these.
    ///
    /// - SeeAlso: arXiv:2410.08309, Eq. 4.1.
    public func loss(samples: Int) throws -> Loss {
        let signal = [1.0, 2, 0.7]
        let deviation = [0.3, 0.05, 0.5]
        let configuration = try SIMConfiguration(
            Configuration([
                "task.signal": .list(signal.map(Value.number)),
                "task.deviation": .list(deviation.map(Value.number)),
                "task.dimension": .number(3), "task.origin": .flag(false),
                "task.rotation": .flag(false), "task.samples": .number(Double(samples)),
            ]))
        let points = SIMTask(configuration, seed: seed, threads: 1, kernels: kernels).points
        let weight = matrix(3, stream: 0)
        let error = weight - .identity(3)
        var moment = SmallMatrix(diagonal: [0, 0, 0])
        var fourth = moment
        var direct = 0.0
        for row in 0..<points.rows {
            let x = (0..<3).map { Double(points[row, $0]) }
            for i in 0..<3 {
                let residual = (0..<3).reduce(0) { $0 + error[i, $1] * x[$1] }
                direct += residual * residual
                for j in 0..<3 {
                    let product = x[i] * x[j]
                    moment[i, j] += product
                    fourth[i, j] += product * product
                }
            }
        }
        let count = Double(points.rows)
        let algebraic = (error * moment * error.transposed).trace / (2 * count)
        var worst = 0.0
        for i in 0..<3 {
            for j in 0..<3 {
                let mean = moment[i, j] / count
                let expected =
                    i == j ? deviation[i] * deviation[i] + signal[i] * signal[i] / 3 : 0
                let variance = fourth[i, j] / count - mean * mean
                worst = max(worst, (mean - expected).magnitude / (variance / count).squareRoot())
            }
        }
        let mean = direct / (2 * count)
        return Loss(
            relativeDifference: (mean - algebraic).magnitude / mean, standardErrors: worst)
    }

    /// R2: the largest difference of an entry of W at time 3 between the closed form
    /// W(t) = (I − e^(−At)) + W(0) e^(−At) and an integration of dW/dt = −(W − I) A.
    ///
    /// - SeeAlso: arXiv:2410.08309, Theorem 4.1.
    public func oneLayerFlow(dimension d: Int) -> Double {
        let start = matrix(d, stream: 0)
        let moment = SmallMatrix(diagonal: positive(d, stream: 1))
        let (time, steps) = (3.0, 3000)
        let end = Self.integrate(start, time: time, steps: steps) { weight in
            -1 * ((weight - .identity(d)) * moment)
        }
        let decay = SmallMatrix(diagonal: (0..<d).map { exponential(-moment[$0, $0] * time) })
        let closed = SmallMatrix.identity(d) - decay + start * decay
        return (end - closed).largest
    }

    /// R14 on one random W = U Uᵀ.
    public struct Velocity: Sendable {
        /// The largest difference of an entry between growth − suppression − noise and V.
        public let terms: Double
        /// The same between V and half the velocity of U Uᵀ under gradient descent on the loss.
        public let factor: Double
    }

    /// - SeeAlso: arXiv:2410.08309, Eq. 4.3 and Appendix D.2.
    public func velocity(dimension d: Int) -> Velocity {
        let factor = matrix(d, stream: 0)
        let weight = factor * factor.transposed
        let a = positive(d, stream: 1)
        let moment = SmallMatrix(diagonal: a)
        let field = Self.field(weight, moment)
        let terms = MatrixTerms(weight: weight.values, moment: a)
        var entries = weight
        for i in 0..<d {
            for j in 0..<d { entries[i, j] = terms.velocity(i, j) }
        }
        let gradient = Self.factorVelocity(factor, moment)
        let half =
            0.5 * (gradient * factor.transposed + factor * gradient.transposed)
        return Velocity(terms: (entries - field).largest, factor: (half - field).largest)
    }

    /// V(W) = W A + A W − ½ (A W² + W² A + 2 W A W).
    static func field(_ w: SmallMatrix, _ a: SmallMatrix) -> SmallMatrix {
        let square = w * w
        return w * a + a * w - 0.5 * (a * square + square * a + 2 * (w * a * w))
    }

    /// The gradient flow of the loss in U: −[(W − I) A + A (W − I)] U.
    static func factorVelocity(_ u: SmallMatrix, _ a: SmallMatrix) -> SmallMatrix {
        let distance = u * u.transposed - .identity(u.size)
        return -1 * ((distance * a + a * distance) * u)
    }

    /// Runge and Kutta's method of fourth order.
    static func integrate(
        _ start: SmallMatrix, time: Double, steps: Int,
        velocity: (SmallMatrix) -> SmallMatrix
    ) -> SmallMatrix {
        let h = time / Double(steps)
        var point = start
        for _ in 0..<steps {
            let k1 = velocity(point)
            let k2 = velocity(point + h / 2 * k1)
            let k3 = velocity(point + h / 2 * k2)
            let k4 = velocity(point + h * k3)
            point = point + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        }
        return point
    }

    private func matrix(_ size: Int, stream: Int) -> SmallMatrix {
        let draws = RandomStream(seed: seed, .weights(layer: stream), kernels: kernels)
            .normal(count: size * size)
        return SmallMatrix(size: size, draws.map { Double($0) / Double(size).squareRoot() })
    }

    /// Numbers between ½ and 2.
    private func positive(_ count: Int, stream: Int) -> [Double] {
        RandomStream(seed: seed, .weights(layer: stream), kernels: kernels)
            .uniform(count: count, bound: 0.75).map { 1.25 + Double($0) }
    }
}

extension SmallMatrix {
    fileprivate var trace: Double { (0..<size).reduce(0) { $0 + self[$1, $1] } }
}
