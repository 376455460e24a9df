import NumericCore

/// Draws images from noise, in steps from time 1 to time 0, each of which takes off some of the noise
/// that the network predicts and adds a little fresh noise.
///
/// - SeeAlso: arXiv:2107.00630, Eqs. 32 to 34.
struct AncestralSampler {
    let schedule: NoiseSchedule
    let stepCount: Int

    /// γ at the start of step `i`, counted from 0, and at its end.
    func gammas(step i: Int) -> (from: Double, to: Double) {
        (
            schedule.gamma(at: 1 - Double(i) / Double(stepCount)),
            schedule.gamma(at: 1 - Double(i + 1) / Double(stepCount))
        )
    }

    /// What step `i` multiplies by: z ← keep · (z + remove · ε̂) + add · ξ.
    func factors(step i: Int) -> (keep: Float, remove: Float, add: Float) {
        let gammas = gammas(step: i)
        let (from, to) = (NoiseLevel(gamma: gammas.from), NoiseLevel(gamma: gammas.to))
        let change = 1 - exponential(gammas.to - gammas.from)
        return (
            Float(to.signal / from.signal), Float(-change * from.noise),
            Float(to.noise * change.squareRoot())
        )
    }

    /// Takes step `i`: z ← (α_s/α_t)(z − c σ_t ε̂) + σ_s √c ξ, with c = 1 − e^{γ_s − γ_t}.
    ///
    /// The last step adds noise as well; an image is z at time 0 as it is, neither scaled nor clipped.
    ///
    /// - Parameters:
    ///   - noisy: z_t; left: z_s.
    ///   - predicted: ε̂ at z_t.
    ///   - fresh: ξ, standard normal numbers.
    func step(_ i: Int, _ noisy: inout [Float], predicted: [Float], fresh: [Float]) {
        precondition(
            noisy.count == predicted.count && noisy.count == fresh.count,
            "\(noisy.count), \(predicted.count) and \(fresh.count) numbers")
        let (keep, remove, add) = factors(step: i)
        for j in noisy.indices {
            let cleaner = noisy[j].addingProduct(remove, predicted[j])
            noisy[j] = (add * fresh[j]).addingProduct(keep, cleaner)
        }
    }
}
