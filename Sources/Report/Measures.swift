internal import Sweeps

/// What a table takes of each trial: metrics, each in its unit.
struct Measures: Sendable {
    struct Measure: Hashable {
        let metric: MetricReference
        let unit: String?
        /// In `metrics`.
        let placeOfMetric: Int
    }

    /// What a measure is told in, in one cell.
    struct Scale {
        /// Steps of a unit; nil where the kind does not know the unit.
        let steps: Double?
        /// Of the steps in the number.
        let power: Int
        let reference: CurveReference?
    }

    private let plan: Plan
    private let all: [Measure]
    /// What is measured, each once.
    let metrics: [MetricReference]
    /// Whether units or references may differ from cell to cell.
    let dependOnCell: Bool

    /// - Returns: What the columns measure, each once, and the place of each column's there.
    static func of(_ columns: [ColumnSpec], plan: Plan) -> (Measures, places: [Int]) {
        var all: [Measure] = []
        var metrics: [MetricReference] = []
        let places = columns.map { column in
            let place = metrics.firstIndex(of: column.metric) ?? metrics.count
            if place == metrics.count { metrics.append(column.metric) }
            let measure = Measure(metric: column.metric, unit: column.unit, placeOfMetric: place)
            if let known = all.firstIndex(of: measure) { return known }
            all.append(measure)
            return all.count - 1
        }
        return (Measures(plan: plan, all: all, metrics: metrics), places)
    }

    private init(plan: Plan, all: [Measure], metrics: [MetricReference]) {
        self.plan = plan
        self.all = all
        self.metrics = metrics
        dependOnCell = all.contains { $0.unit != nil || $0.metric.needsReference }
    }

    var count: Int { all.count }
    var indices: Range<Int> { all.indices }
    subscript(i: Int) -> Measure { all[i] }

    func scales(in configuration: Configuration) -> [Scale] {
        all.map { measure in
            let steps = measure.unit.map { plan.kind.steps(per: $0, of: configuration) } ?? 1
            return Scale(
                steps: steps, power: measure.metric.reducer?.powerOfStep ?? 1,
                reference: measure.metric.needsReference
                    ? plan.kind.reference(of: measure.metric.name, in: configuration) : nil)
        }
    }

    /// The prediction for each measure, where all cells have the same.
    ///
    /// - Parameter isAsked: Whether a measure's is wanted: a prediction can cost something.
    func theory(ofCells cells: [Int], where isAsked: [Bool]) -> [Double?] {
        guard isAsked.contains(true) else { return all.map { _ in nil } }
        var common: [Double?]?
        for cell in cells {
            let configuration = plan.cell(at: cell).configuration
            let theory = plan.kind.theory(of: configuration)
            let scales = scales(in: configuration)
            let predicted = all.indices.map { i -> Double? in
                guard isAsked[i], let theory else { return nil }
                let measurement = all[i].metric.measurement(
                    curves: theory.curves, scalars: theory.scalars, reference: scales[i].reference)
                guard case .number(let number) = measurement.told(in: scales[i]) else {
                    return nil
                }
                return number
            }
            common = common.map { zip($0, predicted).map { $0 == $1 ? $0 : nil } } ?? predicted
        }
        return common ?? []
    }
}

extension MetricReference {
    fileprivate var needsReference: Bool {
        switch reducer {
        case .rho, .swing, .learningTime: true
        default: false
        }
    }
}

extension MetricReference.Measurement {
    /// Absent where the unit is not known.
    func told(in scale: Measures.Scale) -> Self {
        guard case .number(let number) = self else { return self }
        return scale.steps.map { .number(scale.power < 0 ? number * $0 : number / $0) } ?? .absent
    }
}
