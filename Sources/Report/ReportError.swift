public import Sweeps

/// What can be wrong with a table that is asked for; each case carries what is needed to mend it.
public enum ReportError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownMetric(String, known: [String])
    case curveWithoutReducer(String)
    case scalarWithReducer(MetricReference)
    case noReference(String)
    case wrongPairing(String)
    case unitWithoutStep(unit: String, metric: MetricReference)
    case unknownUnit(String, kind: String)
    case intervalDoesNotFit(Interval, Statistic, label: String)
    case sameLabel(String)

    public var description: String {
        switch self {
        case .unknownMetric(let name, let known):
            "no metric '\(name.visible)'; there are "
                + known.map { "'\($0.visible)'" }.joined(separator: ", ")
        case .curveWithoutReducer(let name):
            "'\(name.visible)' is a curve; write how it becomes a number: "
                + MetricReference.Reducer.examples.map { "\(name.visible):\($0)" }
                .joined(separator: ", ")
        case .scalarWithReducer(let metric):
            "'\(metric.name.visible)' is a single number; write it without "
                + "':\(metric.reducer?.description ?? "")'"
        case .noReference(let objection), .wrongPairing(let objection): objection
        case .unitWithoutStep(let unit, let metric):
            "unit '\(unit.visible)' is for steps, and '\(metric.description.visible)' is none; "
                + "leave the unit out"
        case .unknownUnit(let unit, let kind):
            "kind '\(kind)' has no unit '\(unit.visible)'; 'step' always works"
        case .intervalDoesNotFit(let interval, let statistic, let label):
            "'\(label.visible)': \(interval.rawValue) is no interval for \(statistic); "
                + "bootstrap95 fits all, t95 the mean, wilson95 a fraction"
        case .sameLabel(let label):
            "two cells are labelled '\(label.visible)'; give one of them a label of its own"
        }
    }
}
