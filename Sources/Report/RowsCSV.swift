public import Sweeps

/// A line of comma-separated values for each trial of a plan (RFC 4180): `export SEL rows`.
///
/// Its columns: `trial, identity, seed, attempt, outcome, digest`; every key that varies and the
/// label of each zipped axis; each scalar; each curve's `NAME:last`. Numbers are the shortest text
/// of their `Double`, vectors `[1,2]`; what is missing is empty.
public struct RowsCSV: Sendable {
    private let plan: Plan
    /// What a cell's columns hold, in file order.
    private let parameters: [Parameter]
    private let metrics: [MetricReference]

    private enum Parameter {
        case key(String, axis: Int, position: Int)
        case label(axis: Int)
    }

    /// Takes time in proportion to the cells of the plan: each may measure something of its own.
    public init(plan: Plan) {
        self.plan = plan
        parameters = plan.axes.enumerated().flatMap { place, axis in
            let keys = axis.keys.enumerated().map {
                Parameter.key($1, axis: place, position: $0)
            }
            return axis.keys.contains(axis.name) ? keys : [.label(axis: place)] + keys
        }
        var scalars: [MetricReference] = []
        var curves: [MetricReference] = []
        var known: Set<MetricReference> = []
        for index in 0..<plan.cellCount {
            for metric in plan.kind.metrics(of: plan.cell(at: index).configuration) {
                let reducer: MetricReference.Reducer? = metric.shape == .curve ? .last : nil
                let reference = MetricReference(name: metric.name, reducer: reducer)
                guard known.insert(reference).inserted else { continue }
                if reducer == nil { scalars.append(reference) } else { curves.append(reference) }
            }
        }
        metrics = scalars + curves
    }

    /// The first line, without its end.
    public var header: String {
        return CommaSeparated.line(
            ["trial", "identity", "seed", "attempt", "outcome", "digest"]
                + (parameterNames + metrics.map(\.description)).map(CommaSeparated.guarded))
    }

    private var parameterNames: [String] {
        parameters.map { parameter in
            switch parameter {
            case .key(let key, _, _): key
            case .label(let axis): plan.axes[axis].name
            }
        }
    }

    /// The line of one trial, without its end; the outcome is empty until the trial is over.
    ///
    /// - Precondition: It is a trial of the plan.
    public func line(_ row: TrialRow) -> String {
        let trial = plan.trial(row.number)
        let cell = plan.cell(at: plan.cellIndex(ofTrial: row.number))
        return CommaSeparated.line(
            [
                String(row.number), trial.spec.identity.description, String(trial.replicate),
                row.attempt > 0 ? String(row.attempt) : "",
                row.state.isOver ? row.state.description : "",
                row.result?.digest.description ?? "",
            ]
                + parameters.map {
                    Self.value($0, cell: cell, axes: plan.axes).map(CommaSeparated.field) ?? ""
                }
                + metrics.map { row.result.flatMap($0.rawValue).map(Value.canonicalText) ?? "" })
    }

    /// The same of one trial as a JSON object; a column that is empty there is null.
    ///
    /// - Precondition: It is a trial of the plan.
    public func json(_ row: TrialRow) -> JSONValue {
        let trial = plan.trial(row.number)
        let cell = plan.cell(at: plan.cellIndex(ofTrial: row.number))
        let facts: [JSONValue.Member] = [
            .init("trial", .integer(row.number)),
            .init("identity", .string(trial.spec.identity.description)),
            .init("seed", .integer(trial.replicate)),
            .init("attempt", row.attempt > 0 ? .integer(row.attempt) : .null),
            .init("outcome", row.state.isOver ? .string(row.state.description) : .null),
            .init("digest", row.result.map { .string($0.digest.description) } ?? .null),
        ]
        let values = zip(parameterNames, parameters).map { name, parameter in
            JSONValue.Member(
                name, Self.value(parameter, cell: cell, axes: plan.axes).map { .init($0) } ?? .null)
        }
        let numbers = metrics.map { metric in
            JSONValue.Member(metric.description, .optional(row.result.flatMap(metric.rawValue)))
        }
        return .object(facts + values + numbers)
    }

    private static func value(_ parameter: Parameter, cell: Cell, axes: [Axis]) -> Value? {
        switch parameter {
        case .key(let key, let axis, let position):
            guard let value = cell.configuration[key] else { return nil }
            return cell.rows[axis].map { axes[axis].rows[$0][position] } ?? value
        case .label(let axis):
            return cell.rows[axis].map { .text(axes[axis].text(row: $0)) }
        }
    }
}

extension MetricReference {
    /// The number as the trial gave it, finite or not.
    fileprivate func rawValue(of result: TrialResult) -> Double? {
        guard reducer == .last else { return result.scalar(name) ?? nil }
        return result.curve(name)?.values.last
    }
}
