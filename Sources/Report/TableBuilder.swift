public import Sweeps

/// Makes a summary table of trials that come one at a time.
public struct TableBuilder: Sendable {
    /// A metric in a unit: what one sample is of.
    private struct Measure: Hashable {
        let metric: MetricReference
        let unit: String?
    }

    private let spec: TableSpec
    private let plan: Plan
    private let grouping: Grouping
    /// What each column's metric is, where the kind says.
    private let shapes: [Metric.Shape?]
    private let measures: [Measure]
    /// The place in `measures` of each column.
    private let measureOfColumn: [Int]
    /// A sample for each group and measure, the measures of a group side by side.
    private var samples: [Sample]
    private var finished: [Int]
    private var diverged: [Int]
    private var over = 0
    private var withoutResult = 0
    /// How many steps one unit has, a measure, in the cell of the newest row; nil: not measured
    /// in steps that the kind can convert.
    private var stepsPerUnit: (cell: Int, factors: [Double?])?

    /// - Throws: `GroupingError`, `ReportError`, when the table asks for what the sweep has not.
    public init(_ spec: TableSpec, plan: Plan) throws {
        self.spec = spec
        self.plan = plan
        let rows = spec.rows ?? plan.axes.map(\.name).filter { !spec.columns.contains($0) }
        grouping = try Grouping(by: rows + spec.columns, plan: plan)
        shapes = try TableCheck.shapes(of: spec, plan: plan)
        var measures: [Measure] = []
        measureOfColumn = spec.cells.map { column in
            let measure = Measure(metric: column.metric, unit: column.unit)
            if let known = measures.firstIndex(of: measure) { return known }
            measures.append(measure)
            return measures.count - 1
        }
        self.measures = measures
        samples = Array(repeating: Sample(), count: grouping.groups.count * measures.count)
        finished = Array(repeating: 0, count: grouping.groups.count)
        diverged = finished
    }

    /// Takes in one trial, in whatever state it is.
    ///
    /// - Precondition: It is a trial of the plan, and has not been added before.
    public mutating func add(_ row: TrialRow) {
        guard row.state.isOver else { return }
        over += 1
        guard let result = row.result else {
            withoutResult += 1
            return
        }
        let cell = plan.cellIndex(ofTrial: row.number)
        let group = grouping.groupOfCell[cell]
        guard result.outcome == .finished else {
            diverged[group] += 1
            return
        }
        finished[group] += 1
        let factors = factors(ofCell: cell)
        for i in measures.indices {
            let measurement = measures[i].metric.measurement(
                curves: result.curves, scalars: result.scalars)
            samples[group * measures.count + i].add(measurement.divided(by: factors[i]))
        }
    }

    /// What the trials so far say.
    public var table: SummaryTable {
        SummaryTable(
            spec: spec, plan: plan, grouping: grouping, over: over, withoutResult: withoutResult,
            rows: grouping.groups.indices.map(row))
    }

    /// Rows come cell by cell, so the newest cell's factors are kept.
    private mutating func factors(ofCell cell: Int) -> [Double?] {
        if let stepsPerUnit, stepsPerUnit.cell == cell { return stepsPerUnit.factors }
        let factors = factors(of: plan.cell(at: cell).configuration)
        stepsPerUnit = (cell, factors)
        return factors
    }

    private func factors(of configuration: Configuration) -> [Double?] {
        measures.map { measure in
            measure.unit.map { plan.kind.steps(per: $0, of: configuration) } ?? 1
        }
    }

    private func row(ofGroup group: Int) -> SummaryTable.Row {
        let theory = theory(ofGroup: group)
        let cells = spec.cells.indices.map { i in
            let measure = measureOfColumn[i]
            let sample = samples[group * measures.count + measure]
            let isEvent = shapes[i] == .eventStep
            let pool = sample.pool(for: spec.cells[i].statistic, isEvent: isEvent)
            return cell(
                spec.cells[i], pool: finished[group] < spec.minimumSeeds ? [] : pool,
                theory: theory[measure], missing: sample.missing)
        }
        return SummaryTable.Row(
            values: grouping.groups[group].values, n: finished[group], diverged: diverged[group],
            cells: cells)
    }

    private func cell(
        _ column: ColumnSpec, pool: [Double], theory: Double?, missing: Int
    ) -> SummaryTable.Cell {
        var value = column.statistic.value(of: pool)
        var bounds = column.interval?.bounds(of: column.statistic, pool: pool)
        switch (column.theory, theory) {
        case (nil, _): break
        case (.value, _): (value, bounds) = (theory, nil)
        case (.ratio, let theory?) where theory != 0:
            value = value.map { $0 / theory }
            bounds = bounds.map { ($0.low / theory, $0.high / theory) }
                .map { theory < 0 ? ($0.1, $0.0) : $0 }
        case (.residual, let theory?):
            value = value.map { $0 - theory }
            bounds = bounds.map { ($0.low - theory, $0.high - theory) }
        case (.ratio, _), (.residual, _): (value, bounds) = (nil, nil)
        }
        return SummaryTable.Cell(
            value: value?.finite, low: bounds?.low.finite, high: bounds?.high.finite,
            theory: theory, missing: missing)
    }

    /// The prediction for each measure that some column holds against theory, where all cells of
    /// the group have the same.
    private func theory(ofGroup group: Int) -> [Double?] {
        let isAsked = measures.indices.map { measure in
            zip(spec.cells, measureOfColumn).contains { $0.theory != nil && $1 == measure }
        }
        guard isAsked.contains(true) else { return measures.map { _ in nil } }
        var common: [Double?]?
        for cell in grouping.groups[group].cells {
            let configuration = plan.cell(at: cell).configuration
            let theory = plan.kind.theory(of: configuration)
            let factors = factors(of: configuration)
            let predicted = measures.indices.map { i -> Double? in
                guard isAsked[i], let theory else { return nil }
                let measurement = measures[i].metric.measurement(
                    curves: theory.curves, scalars: theory.scalars)
                guard case .number(let number) = measurement.divided(by: factors[i]) else {
                    return nil
                }
                return number
            }
            common = common.map { zip($0, predicted).map { $0 == $1 ? $0 : nil } } ?? predicted
        }
        return common ?? []
    }
}

extension MetricReference.Measurement {
    /// In a unit of so many steps; absent where the kind does not know the unit.
    fileprivate func divided(by steps: Double?) -> Self {
        guard case .number(let number) = self else { return self }
        return steps.map { .number(number / $0) } ?? .absent
    }
}

extension Double {
    fileprivate var finite: Double? { isFinite ? self : nil }
}
