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
        let names = parameters.map { parameter in
            switch parameter {
            case .key(let key, _, _): key
            case .label(let axis): plan.axes[axis].name
            }
        }
        return Self.line(
            ["trial", "identity", "seed", "attempt", "outcome", "digest"]
                + (names + metrics.map(\.description)).map(Self.guarded))
    }

    /// The line of one trial, without its end; the outcome is empty until the trial is over.
    ///
    /// - Precondition: It is a trial of the plan.
    public func line(_ row: TrialRow) -> String {
        let trial = plan.trial(row.number)
        let cell = plan.cell(at: plan.cellIndex(ofTrial: row.number))
        return Self.line(
            [
                String(row.number), trial.spec.identity.description, String(trial.replicate),
                row.attempt > 0 ? String(row.attempt) : "",
                row.state.isOver ? row.state.description : "",
                row.result?.digest.description ?? "",
            ] + parameters.map { Self.text($0, cell: cell, axes: plan.axes) }
                + metrics.map { row.result.flatMap($0.rawValue).map(Value.canonicalText) ?? "" })
    }

    private static func text(_ parameter: Parameter, cell: Cell, axes: [Axis]) -> String {
        switch parameter {
        case .key(let key, let axis, let position):
            guard cell.configuration[key] != nil else { return "" }
            guard
                let value = cell.rows[axis].map({ axes[axis].rows[$0][position] })
                    ?? cell.configuration[key]
            else { return "" }
            return value.text.map(guarded) ?? value.canonicalText
        case .label(let axis):
            return cell.rows[axis].map { guarded(axes[axis].text(row: $0)) } ?? ""
        }
    }

    private static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",")
    }

    private static func quoted(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
            return field
        }
        // By Unicode scalar: a quote under an accent is one character, but still ends a field.
        var quoted = "\""
        for scalar in field.unicodeScalars {
            quoted += scalar == "\"" ? "\"\"" : String(scalar)
        }
        return quoted + "\""
    }

    /// Text that a spreadsheet would take for a formula, with an apostrophe before it.
    private static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first,
            "=+-@\t\r".unicodeScalars.contains(first)
        else { return text }
        return "'" + text
    }
}

extension MetricReference {
    /// The number as the trial gave it, finite or not.
    fileprivate func rawValue(of result: TrialResult) -> Double? {
        guard reducer == .last else { return result.scalar(name) ?? nil }
        return result.curve(name)?.values.last
    }
}
