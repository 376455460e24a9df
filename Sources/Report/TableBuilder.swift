public import Sweeps

/// Makes a summary table of trials that come one at a time.
public struct TableBuilder: Sendable {
    private let spec: TableSpec
    private let plan: Plan
    private let grouping: Grouping
    /// Whether each column is of an event that may never come.
    private let isEvent: [Bool]
    private let measures: Measures
    /// The place in `measures` of each column.
    private let measureOfColumn: [Int]
    /// A sample for each group and measure, the measures of a group side by side.
    private var samples: [Sample]
    private var finished: [Int]
    private var diverged: [Int]
    private var pairs: TrialPairs?
    private let planned: Int
    private var over = 0
    private var withoutResult = 0
    /// What the measures are told in, in the cell of the newest row.
    private var scales: (cell: Int, scales: [Measures.Scale])?

    /// - Throws: `GroupingError`, `ReportError`, when the table asks for what the sweep has not.
    public init(_ spec: TableSpec, plan: Plan) throws {
        self.spec = spec
        self.plan = plan
        let rows = spec.rows ?? plan.axes.map(\.name).filter { !spec.columns.contains($0) }
        let isEvent = try TableCheck.events(of: spec, plan: plan)
        grouping = try Grouping(by: rows + spec.columns, plan: plan, where: spec.condition)
        if let pairing = spec.pairing {
            try TableCheck.check(pairing, of: spec, by: grouping.names)
            pairs = try TrialPairs(pairing, plan: plan, condition: spec.condition)
        }
        self.isEvent = isEvent
        (measures, measureOfColumn) = Measures.of(spec.cells, plan: plan)
        metrics = measures.metrics
        samples = Array(repeating: Sample(), count: grouping.groups.count * measures.count)
        finished = Array(repeating: 0, count: grouping.groups.count)
        diverged = finished
        planned = grouping.groups.reduce(0) { $0 + $1.cells.count } * plan.seeds.count
    }

    /// What the table needs of each trial, each once.
    public let metrics: [MetricReference]

    /// Takes in one trial, in whatever state it is.
    ///
    /// - Precondition: It is a trial of the plan, and has not been added before.
    public mutating func add(_ row: TrialRow) {
        let metrics = metrics
        add(row.number, state: row.state) { place, reference in
            guard let result = row.result else { return .absent }
            return metrics[place].measurement(
                curves: result.curves, scalars: result.scalars, reference: reference)
        }
    }

    /// Takes in the numbers of one trial: the same as with its row, where nothing but scalars and
    /// last values is asked for.
    ///
    /// - Parameter values: For each of `metrics`, nil where the trial has none, `.some(nil)` where
    ///   its event never came.
    public mutating func add(_ number: Int, state: TrialState, values: [Double??]) {
        add(number, state: state) { place, _ in
            values[place].map { MetricReference.Measurement($0) } ?? .absent
        }
    }

    private mutating func add(
        _ number: Int, state: TrialState,
        _ measure: (_ placeOfMetric: Int, CurveReference?) -> MetricReference.Measurement
    ) {
        let cell = plan.cellIndex(ofTrial: number)
        guard state.isOver, let group = grouping.groupOfCell[cell] else { return }
        over += 1
        switch state {
        case .finished: break
        case .diverged:
            diverged[group] += 1
            return
        default:
            withoutResult += 1
            return
        }
        finished[group] += 1
        let scales = scales(ofCell: cell)
        let measurements = measures.indices.map { i in
            measure(measures[i].placeOfMetric, scales[i].reference).told(in: scales[i])
        }
        if pairs == nil {
            add(measurements, group: group)
        } else {
            pairs?.add(number, measurements)
        }
    }

    private mutating func add(_ measurements: [MetricReference.Measurement], group: Int) {
        for (i, measurement) in measurements.enumerated() {
            samples[group * measures.count + i].add(measurement)
        }
    }

    /// Rows come cell by cell, so the newest cell's scales are kept.
    private mutating func scales(ofCell cell: Int) -> [Measures.Scale] {
        if let scales, scales.cell == cell || !measures.dependOnCell { return scales.scales }
        let scales = measures.scales(in: plan.cell(at: cell).configuration)
        self.scales = (cell, scales)
        return scales
    }

    /// What the trials so far say.
    public var table: SummaryTable {
        var filled = self
        if let pairs {
            filled.finished = finished.map { _ in 0 }
            for (cell, measurements) in pairs.differences {
                guard let group = grouping.groupOfCell[cell] else { continue }
                filled.finished[group] += 1
                filled.add(measurements, group: group)
            }
        }
        return SummaryTable(
            spec: spec, plan: plan, grouping: grouping, planned: planned, over: over,
            withoutResult: withoutResult, rows: grouping.groups.indices.map(filled.row))
    }

    private func row(ofGroup group: Int) -> SummaryTable.Row {
        let isAsked = measures.indices.map { measure in
            zip(spec.cells, measureOfColumn).contains { $0.theory != nil && $1 == measure }
        }
        let theory = measures.theory(ofCells: grouping.groups[group].cells, where: isAsked)
        let cells = spec.cells.indices.map { i in
            let measure = measureOfColumn[i]
            let sample = samples[group * measures.count + measure]
            let pool = sample.pool(
                for: spec.cells[i].statistic, isEvent: isEvent[i], countsMissing: pairs == nil)
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
}

extension Double {
    fileprivate var finite: Double? { isFinite ? self : nil }
}
