internal import Sweeps

extension MetricReference.Reducer {
    /// The number that it makes of a curve; nil where the curve has no point.
    ///
    /// Of several points that are equally low or high the first one counts.
    func value(of curve: Curve) -> Double? {
        let values = curve.values
        switch self {
        case .last: return values.last
        case .min: return values.min()
        case .argmin:
            return values.indices.min { values[$0] < values[$1] }.map { Double(curve.steps[$0]) }
        case .max: return values.max()
        }
    }
}

extension MetricReference {
    /// What a metric is in one trial.
    enum Measurement: Equatable {
        /// The trial does not measure it.
        case absent
        /// Its event never came, or the number is not finite.
        case never
        case number(Double)

        init(_ number: Double?) {
            self = number.map { $0.isFinite ? .number($0) : .never } ?? .never
        }
    }

    func measurement(curves: [Curve], scalars: [Scalar]) -> Measurement {
        guard let reducer else {
            return scalars.first { $0.name == name }.map { Measurement($0.value) } ?? .absent
        }
        return curves.first { $0.name == name }.flatMap(reducer.value).map { Measurement($0) }
            ?? .absent
    }
}
