import NumericCore

/// How noise grows with time in [0, 1], by γ(t), the negative logarithm of the ratio of signal to
/// noise: a noisy image is `z = α x + σ ε` with `α² = sigmoid(−γ)` and `σ² = sigmoid(γ)`.
///
/// - SeeAlso: Kingma et al., "Variational Diffusion Models", 2021, section 3.2 (`linear`); Ho et al.,
///   "Denoising Diffusion Probabilistic Models", 2020, section 2 (`discrete`).
enum NoiseSchedule: Hashable, Sendable {
    /// γ(t) = start + |slope| t, both of which can be learned.
    case linear(start: Double, slope: Double)
    /// Steps whose variances β grow in equal steps; γ of each, the first one's first.
    case discrete([Double])

    /// The schedule that training begins with.
    static let initial = NoiseSchedule.linear(start: -5, slope: 15)

    /// `count` steps with β from `first` to `last`.
    static func discrete(count: Int, first: Double = 1e-4, last: Double = 0.02) -> NoiseSchedule {
        var product = 1.0
        return .discrete(
            (0..<count).map { i in
                let share = count == 1 ? 0 : Double(i) / Double(count - 1)
                product *= 1 - (first + (last - first) * share)
                return naturalLogarithm((1 - product) / product)
            })
    }

    /// γ at a time; between discrete steps the earlier step's, and before the first one its own.
    func gamma(at time: Double) -> Double {
        switch self {
        case .linear(let start, let slope): start + abs(slope) * time
        case .discrete(let gammas):
            gammas[min(max(Int((time * Double(gammas.count)).rounded()) - 1, 0), gammas.count - 1)]
        }
    }
}

/// What a value of γ makes of signal and noise.
struct NoiseLevel: Hashable, Sendable {
    let gamma: Double
    /// The signal's share α² of the variance.
    let signalSquare: Double
    /// The noise's share σ².
    let noiseSquare: Double
    /// α.
    let signal: Double
    /// σ.
    let noise: Double

    init(gamma: Double) {
        self.gamma = gamma
        signalSquare = sigmoid(-gamma)
        noiseSquare = sigmoid(gamma)
        signal = signalSquare.squareRoot()
        noise = noiseSquare.squareRoot()
    }

    /// dα/dγ.
    var signalSlope: Double { -0.5 * signal * noiseSquare }
    /// dσ/dγ.
    var noiseSlope: Double { 0.5 * noise * signalSquare }
}

/// 1 / (1 + e⁻ˣ).
func sigmoid(_ x: Double) -> Double { 1 / (1 + exponential(-x)) }
