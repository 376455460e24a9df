internal import NumericCore
internal import Sweeps

extension MetricReference.Reducer {
    /// The number that it makes of a curve.
    ///
    /// - `last`, `min`, `max`; `argmin`, the step of the least value, the first of several.
    /// - `rise`: R = max over t of ℓ(t) − min over u ≤ t of ℓ(u). `rho`: R over the curve's scale.
    ///   `swing`: 1 where ρ > 0.01 and the curve ends below the least value before that rise, else
    ///   0. `descents`: see `descents(of:)`.
    /// - `first_below(x)`: the first step at which the curve is below x. `learning_time(q)`: the
    ///   first from which on |f − μ| ≤ q·|μ| for good, μ its target. Both take the curve as linear
    ///   between its points, and never come where it does not get there.
    /// - `slope(late)`: least squares over the last half of the steps, per step; `log_slope(late)`:
    ///   of the logarithm of the magnitude, zeros left out. `area`: trapezoids, in steps.
    ///
    /// - Parameter reference: What the kind holds the curve against.
    /// - SeeAlso: arXiv:2410.08309, section 4.3, of which R, ρ and descents make numbers.
    func measurement(
        of curve: Curve, reference: CurveReference?
    ) -> MetricReference.Measurement {
        let values = curve.values
        guard let last = values.last else { return .absent }
        switch self {
        case .last: return .init(last)
        case .min: return .init(values.min())
        case .argmin:
            return .init(
                values.indices.min { values[$0] < values[$1] }.map { Double(curve.steps[$0]) })
        case .max: return .init(values.max())
        case .rise: return .init(Rise(of: values).height)
        case .rho:
            guard case .scale(let scale) = reference else { return .absent }
            return .init(Rise(of: values).height / scale)
        case .swing:
            guard case .scale(let scale) = reference else { return .absent }
            let rise = Rise(of: values)
            return .number(rise.height / scale > 0.01 && last < rise.leastBefore ? 1 : 0)
        case .descents: return .number(Double(Self.descents(of: values)))
        case .firstBelow(let level):
            guard let i = values.firstIndex(where: { $0 < level }) else { return .never }
            return .number(i == 0 ? Double(curve.steps[0]) : curve.crossing(before: i, at: level))
        case .learningTime(let share):
            guard case .target(let target) = reference else { return .absent }
            let margin = share * target.magnitude
            let lastOutside = values.lastIndex { !(($0 - target).magnitude <= margin) }
            guard let lastOutside else { return .number(Double(curve.steps[0])) }
            guard lastOutside + 1 < values.count else { return .never }
            let edge = values[lastOutside] < target ? target - margin : target + margin
            return .number(curve.crossing(before: lastOutside + 1, at: edge))
        case .slope: return curve.lateSlope { $0 }
        case .logSlope:
            return curve.lateSlope { $0 == 0 ? nil : naturalLogarithm($0.magnitude) }
        case .area:
            let strips = values.indices.dropFirst().map { i in
                (values[i - 1] + values[i]) / 2 * Double(curve.steps[i] - curve.steps[i - 1])
            }
            return .init(strips.sum)
        }
    }

    /// How often the curve goes down: one more than the pairs of a minimum and a later maximum that
    /// lie apart by more than 10⁻⁴ of the greatest value, and after which it goes down by as much
    /// again. Less than that is jitter.
    static func descents(of values: [Double]) -> Int {
        let threshold = 1e-4 * (values.max() ?? 0)
        var count = 1
        var isRising = false
        var extremum = values.first ?? 0
        for value in values {
            if isRising {
                extremum = Swift.max(extremum, value)
                if value < extremum - threshold {
                    (isRising, extremum) = (false, value)
                    count += 1
                }
            } else {
                extremum = Swift.min(extremum, value)
                if value > extremum + threshold { (isRising, extremum) = (true, value) }
            }
        }
        return count
    }
}

/// The greatest rise of a curve above all that was before.
private struct Rise {
    var height = 0.0
    /// The least value before the top of the rise.
    var leastBefore = Double.infinity

    init(of values: [Double]) {
        var least = Double.infinity
        for value in values {
            least = min(least, value)
            if value - least > height { (height, leastBefore) = (value - least, least) }
        }
    }
}

extension Curve {
    /// Where the straight line from the point before `i` to that at `i` is at `level`.
    fileprivate func crossing(before i: Int, at level: Double) -> Double {
        let share = (level - values[i - 1]) / (values[i] - values[i - 1])
        return Double(steps[i - 1]) + share * Double(steps[i] - steps[i - 1])
    }

    /// Absent where fewer than two steps are left.
    fileprivate func lateSlope(_ height: (Double) -> Double?) -> MetricReference.Measurement {
        guard let first = steps.first, let last = steps.last else { return .absent }
        let half = Double(first) + (Double(last) - Double(first)) / 2
        let points = zip(steps, values).compactMap { step, value in
            Double(step) < half ? nil : height(value).map { (Double(step), $0) }
        }
        let x = points.map(\.0).mean
        let y = points.map(\.1).mean
        let spread = points.map { ($0.0 - x) * ($0.0 - x) }.sum
        guard spread > 0 else { return .absent }
        return .init(points.map { ($0.0 - x) * ($0.1 - y) }.sum / spread)
    }
}

extension MetricReference {
    /// What a metric is in one trial.
    enum Measurement: Hashable {
        /// The trial does not measure it.
        case absent
        /// Its event never came, or the number is not finite.
        case never
        case number(Double)

        init(_ number: Double?) {
            self = number.map { $0.isFinite ? .number($0) : .never } ?? .never
        }
    }

    func measurement(
        curves: [Curve], scalars: [Scalar], reference: CurveReference?
    ) -> Measurement {
        guard let reducer else {
            return scalars.first { $0.name == name }.map { Measurement($0.value) } ?? .absent
        }
        guard let curve = curves.first(where: { $0.name == name }) else { return .absent }
        return reducer.measurement(of: curve, reference: reference)
    }
}
