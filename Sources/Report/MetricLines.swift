public import Sweeps

/// A line for each point of each curve and each scalar of a sweep's trials: `export SEL metrics`.
///
/// Columns: `trial, metric, step, value`; a scalar has no step, an event that never came no value.
public struct MetricLines: Sendable {
    private let isJSON: Bool

    /// - Parameter isJSON: A JSON object a line instead of comma-separated values.
    public init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    /// The first line; nil for JSON.
    public var header: String? { isJSON ? nil : "trial,metric,step,value" }

    /// Those of one trial, without the end of the last; none where it has no result.
    public func lines(_ row: TrialRow) -> [String] {
        guard let result = row.result else { return [] }
        let points = result.curves.flatMap { curve in
            let name = name(curve.name)
            return zip(curve.steps, curve.values).map { step, value in
                line(row.number, name, String(step), value)
            }
        }
        return points
            + result.scalars.map { line(row.number, name($0.name), nil, $0.value) }
    }

    private func name(_ name: String) -> String {
        isJSON ? Value.quoted(name) : CommaSeparated.line([CommaSeparated.guarded(name)])
    }

    private func line(_ trial: Int, _ name: String, _ step: String?, _ value: Double?) -> String {
        guard isJSON else {
            return "\(trial),\(name),\(step ?? ""),\(value.map(Value.canonicalText) ?? "")"
        }
        return "{\"trial\":\(trial),\"metric\":\(name),\"step\":\(step ?? "null"),"
            + "\"value\":\(JSONValue.optional(value).text)}"
    }
}
