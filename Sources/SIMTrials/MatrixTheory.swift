import NumericCore
import Sweeps

/// What is known of the symmetric two-layer flow in closed form, while minor entries are small: an
/// isolated major entry follows a logistic, and a minor one turns when the stronger major has grown.
///
/// - SeeAlso: arXiv:2410.08309, sections 4.2.1 and 4.2.2.
enum MatrixTheory {
    /// w_kk after `time`: 1 / (1 + (1/w_kk(0) − 1) e^(−2 a t)).
    static func major(start: Double, moment: Double, time: Double) -> Double {
        1 / (1 + (1 / start - 1) * exponential(-2 * moment * time))
    }

    /// When w_kk passes ½: ln(1/w_kk(0) − 1) / (2 a); nil where it is there at the start.
    static func halfTime(start: Double, moment: Double) -> Double? {
        guard start > 0, start < 0.5, moment > 0 else { return nil }
        return naturalLogarithm(1 / start - 1) / (2 * moment)
    }

    /// The w_ii, i the stronger, at which the minor entry w_ij turns while w_jj is small:
    /// 2 (a_i + a_j) / (3 a_i + a_j).
    static func turningPoint(stronger a: Double, weaker b: Double) -> Double {
        2 * (a + b) / (3 * a + b)
    }

    /// The rate of ln w_ij once w_ii has reached 1: −(a_i − a_j)/2 − ½ w_jj (3 a_j + a_i).
    static func minorRate(stronger a: Double, weaker b: Double, major: Double) -> Double {
        -(a - b) / 2 - major * (3 * b + a) / 2
    }

    /// Each major entry as if it were alone, from its start, or where that is drawn from the
    /// expected one.
    static func theory(of configuration: MatrixConfiguration) -> Theory {
        let starts = expectedMajors(configuration)
        let moment = configuration.moment
        let steps = configuration.loggedSteps
        let informative = configuration.signal.indices
        let curves = informative.filter { _ in configuration.entries != .none }.map { k in
            Curve(
                name: "w/\(k + 1)/\(k + 1)", steps: steps.map(UInt32.init),
                values: steps.map {
                    major(
                        start: starts[k], moment: moment[k],
                        time: Double($0) * configuration.stepSize)
                })
        }
        let times = informative.map { k in
            let step = halfTime(start: starts[k], moment: moment[k]).map {
                $0 / configuration.stepSize
            }
            let isReached = step.map { $0 <= Double(configuration.stepCount) } ?? false
            return Scalar(name: "major_time/\(k + 1)", value: isReached ? step : nil)
        }
        return Theory(curves: curves, scalars: times)
    }

    private static func expectedMajors(_ configuration: MatrixConfiguration) -> [Double] {
        let d = configuration.dimension
        switch configuration.initialization {
        case .explicit:
            return (0..<d).map { configuration.start[$0 * d + $0] }
        case .gaussian, .nonnegative:
            return Array(repeating: configuration.scale, count: d)
        case .fixture:
            var generator = MersenneTwister(seed: UInt32(configuration.fixtureSeed))
            return (0..<d).map { _ in
                (0..<configuration.width).reduce(0) { sum, _ in
                    let u = generator.uniform() * configuration.scale
                    return sum + u * u
                }
            }
        }
    }
}
