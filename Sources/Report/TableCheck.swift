internal import Sweeps

/// Holds a table against its plan before any trial is read, so that a slip of the pen is an error
/// and not a column of dashes.
enum TableCheck {
    /// - Returns: Whether each column is of an event that may never come.
    static func events(of spec: TableSpec, plan: Plan) throws(ReportError) -> [Bool] {
        var labels: Set<String> = []
        var events: [Bool] = []
        for column in spec.cells {
            guard labels.insert(column.label).inserted else { throw .sameLabel(column.label) }
            if let interval = column.interval, !interval.fits(column.statistic) {
                throw .intervalDoesNotFit(interval, column.statistic, label: column.label)
            }
            let shape = try shape(of: column, plan: plan)
            events.append(column.metric.reducer?.isEvent ?? (shape == .eventStep))
        }
        return events
    }

    /// Differences have neither a theory nor a fraction.
    static func check(
        _ pairing: TableSpec.Pairing, of spec: TableSpec, by names: [String]
    ) throws(ReportError) {
        guard names.contains(pairing.axis) else {
            throw .wrongPairing(
                "paired needs '\(pairing.axis.visible)' in rows or cols, or its values are pooled")
        }
        for column in spec.cells where column.theory != nil || column.statistic == .fraction {
            throw .wrongPairing(
                "'\(column.label.visible)': a paired table holds differences; "
                    + "take mean or median, and no theory")
        }
    }

    /// - Returns: nil where the kind declares none (a command's metrics are known only once it
    ///   runs).
    private static func shape(
        of column: ColumnSpec, plan: Plan
    ) throws(ReportError) -> Metric.Shape? {
        guard let (metric, configuration) = try declaration(of: column.metric.name, plan: plan)
        else { return nil }
        switch (metric.shape, column.metric.reducer) {
        case (.curve, nil): throw .curveWithoutReducer(metric.name)
        case (.scalar, _?), (.eventStep, _?): throw .scalarWithReducer(column.metric)
        case (.curve, _?), (.scalar, nil), (.eventStep, nil): break
        }
        if let reducer = column.metric.reducer,
            let objection = plan.objection(to: reducer, of: metric.name)
        {
            throw .noReference(objection)
        }
        guard let unit = column.unit else { return metric.shape }
        let power = column.metric.reducer?.powerOfStep
        guard power.map({ $0 != 0 }) ?? (metric.shape == .eventStep) else {
            throw .unitWithoutStep(unit: unit, metric: column.metric)
        }
        guard plan.kind.steps(per: unit, of: configuration) != nil else {
            throw .unknownUnit(unit, kind: plan.kind.name)
        }
        return metric.shape
    }

    /// The first cell that measures a metric of this name, and how the kind declares it there.
    private static func declaration(
        of name: String, plan: Plan
    ) throws(ReportError) -> (Metric, Configuration)? {
        var known: [String] = []
        for index in 0..<plan.cellCount {
            let configuration = plan.cell(at: index).configuration
            let metrics = plan.metrics(of: configuration)
            if let metric = metrics.first(where: { $0.name == name }) {
                return (metric, configuration)
            }
            for metric in metrics where !known.contains(metric.name) {
                known.append(metric.name)
            }
        }
        guard known.isEmpty else { throw .unknownMetric(name, known: known) }
        return nil
    }
}
