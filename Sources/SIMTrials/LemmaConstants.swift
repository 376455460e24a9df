import NumericCore
import Sweeps

/// The constants of the paper's assumptions on the symmetric two-layer model.
///
/// - SeeAlso: arXiv:2410.08309, Appendix D, assumptions D.1 to D.5.
struct LemmaConstants: Hashable, Sendable {
    /// ln P.
    let logGrowth: Double
    /// K.
    let k: Double
    let kappa: Double
    let beta: Double
    let c: Double

    init(_ reader: ConfigurationReader) throws(ConfigurationError) {
        logGrowth = try reader.number("lemma.log_growth")
        k = try reader.number("lemma.k")
        kappa = try reader.number("lemma.kappa")
        beta = try reader.number("lemma.beta")
        c = try reader.number("lemma.c")
    }

    func write(to configuration: inout Configuration) {
        configuration["lemma.log_growth"] = .number(logGrowth)
        configuration["lemma.k"] = .number(k)
        configuration["lemma.kappa"] = .number(kappa)
        configuration["lemma.beta"] = .number(beta)
        configuration["lemma.c"] = .number(c)
    }

    /// P.
    var growth: Double { exponential(logGrowth) }

    /// How many of the assumptions D.1 to D.5 do not hold, one a pair of coordinates in D.5.
    ///
    /// - Parameters:
    ///   - start: W(0) of the informative coordinates, shape `[s, s]`.
    ///   - moment: Their a.
    func brokenAssumptions(start: [Double], moment: [Double], stepSize: Double) -> Int {
        let sizes = start.map(\.magnitude)
        guard let omega = sizes.min(), omega > 0, let largest = sizes.max(),
            let alpha = moment.min(), alpha > 0, let strongest = moment.max()
        else { return 1 }
        let gamma = strongest / alpha
        let d = Double(moment.count)
        let logBound = logGrowth + naturalLogarithm(beta) + naturalLogarithm(omega)  // ln(P β ω)
        let slack = min(kappa - 1, 1 - 1 / kappa.squareRoot())
        let logLimit = naturalLogarithm(slack / (k * gamma * d * beta * beta)) - logGrowth
        var holds = [
            largest <= beta * omega * (1 + 1e-12),
            stepSize <= 1 / (9 * k * strongest) * (1 + 1e-12),
            logBound <= naturalLogarithm(0.4),
            naturalLogarithm(omega) <= min(logLimit, -0.5 * naturalLogarithm(2 * beta)),
            kappa <= 1 + k / (2 * c),
        ]
        for a in moment {
            for b in moment where b < a {
                let share = -10 * kappa * kappa * logBound + logGrowth + naturalLogarithm(beta)
                holds.append((a + b) / (2 * a) <= logGrowth / share && a - 3 * b >= alpha / c)
            }
        }
        return holds.count { !$0 }
    }
}
