internal import Sweeps

/// Holds a table against its plan before any trial is read, so that a slip of the pen is an error
/// and not a column of dashes.
enum TableCheck {
    /// - Returns: The shape of each column's metric; nil where the kind declares none (a command's
    ///   metrics are known only once it runs).
    static func shapes(of spec: TableSpec, plan: Plan) throws(ReportError) -> [Metric.Shape?] {
        var labels: Set<String> = []
        var shapes: [Metric.Shape?] = []
        for column in spec.cells {
            guard labels.insert(column.label).inserted else { throw .sameLabel(column.label) }
            if let interval = column.interval, !interval.fits(column.statistic) {
                throw .intervalDoesNotFit(interval, column.statistic, label: column.label)
            }
            shapes.append(try shape(of: column, plan: plan))
        }
        return shapes
    }

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
        guard let unit = column.unit else { return metric.shape }
        guard metric.shape == .eventStep || column.metric.reducer == .argmin else {
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
            let metrics = plan.kind.metrics(of: configuration)
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
