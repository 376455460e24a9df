public import Sweeps

/// Curves against time: for each group of cells and each metric the median over the trials, a band
/// between two quantiles, and the kind's prediction.
public struct CurveFigure: Drawing {
    /// One line of the figure.
    struct Line: Sendable {
        /// Its place among all groups and metrics: its colour.
        let place: Int
        let label: String
        let trials: Int
        /// Time, low, median, high.
        let points: [[Double]]
        /// Time and value; empty where there is none.
        let theory: [[Double]]
    }

    let spec: CurveSpec
    /// The sweep's name.
    let title: String
    let lines: [Line]
    /// What tells the lines apart.
    let key: String
    let caption: String

    /// Reads the rows once; of each finished trial it keeps the curves.
    ///
    /// - Parameter rows: Any trials of the plan, none twice, in any state.
    /// - Throws: `GroupingError`; `FigureError`, when there is nothing to draw, or the figure asks
    ///   for what the kind has not.
    public init(_ spec: CurveSpec, plan: Plan, rows: some Sequence<TrialRow>) throws {
        try self.init(spec, plan: plan, rows: rows, cells: nil, caption: "")
    }

    /// - Parameter cells: Those of which trials are drawn; nil: all.
    init(
        _ spec: CurveSpec, plan: Plan, rows: some Sequence<TrialRow>, cells chosen: Set<Int>?,
        caption: String
    ) throws {
        for metric in spec.metrics { try PlaneFigure.checkCurve(metric, plan: plan) }
        let grouping = try Grouping(
            by: plan.groupNames(spec.by, facet: spec.facet), plan: plan, where: spec.condition)
        var found: [String: [[Track]]] = [:]
        for metric in spec.metrics { found[metric] = grouping.groups.map { _ in [] } }
        for row in rows {
            let cell = plan.cellIndex(ofTrial: row.number)
            guard let result = row.result, result.outcome == .finished,
                let group = grouping.groupOfCell[cell], chosen?.contains(cell) ?? true
            else { continue }
            let steps = try plan.steps(per: spec.unit, ofCell: cell)
            for metric in spec.metrics {
                let track = result.curve(metric).flatMap {
                    Track(x: $0, y: $0, stepsPerUnit: steps)
                }
                track.map { found[metric]?[group].append($0) }
            }
        }
        let count = spec.metrics.count
        lines = try grouping.groups.indices.flatMap { group in
            try spec.metrics.enumerated().compactMap { place, metric in
                let tracks = found[metric]?[group] ?? []
                guard !tracks.isEmpty else { return nil }
                let cells = grouping.groups[group].cells.filter { chosen?.contains($0) ?? true }
                let values = PlaneFigure.label(
                    grouping.groups[group].values, names: grouping.names)
                return Line(
                    place: group * count + place,
                    label: [values, count > 1 ? metric : ""]
                        .filter { !$0.isEmpty }.joined(separator: ", "),
                    trials: tracks.count, points: Self.points(tracks, spec.band),
                    theory: spec.theory
                        ? try plan.theory(of: metric, ofCells: cells, unit: spec.unit) : [])
            }
        }
        guard !lines.isEmpty else { throw FigureError.noCurves(spec.metrics) }
        self.spec = spec
        title = plan.name
        key = grouping.names.count == 1 ? grouping.names[0] : ""
        self.caption = caption
    }

    /// At the times of the first trial that all trials span.
    private static func points(_ tracks: [Track], _ band: ClosedRange<Double>) -> [[Double]] {
        let quantiles = [band.lowerBound, 0.5, band.upperBound].map {
            Track.quantile($0, of: tracks)
        }
        return quantiles[1].times.indices.map { i in
            [quantiles[1].times[i]] + quantiles.map { $0.points[i].y }
        }
    }
}

extension Plan {
    func steps(per unit: String, ofCell index: Int) throws(FigureError) -> Double {
        guard let steps = kind.steps(per: unit, of: cell(at: index).configuration) else {
            throw .unknownUnit(unit, kind: kind.name)
        }
        return steps
    }

    /// The prediction of a curve, time and value, where all cells have the same; else empty.
    func theory(
        of metric: String, ofCells cells: [Int], unit: String
    ) throws(FigureError) -> [[Double]] {
        var common: [[Double]]?
        for index in cells {
            let theory = kind.theory(of: cell(at: index).configuration)
            guard let curve = theory?.curves.first(where: { $0.name == metric }) else { return [] }
            let steps = try steps(per: unit, ofCell: index)
            let points = zip(curve.steps, curve.values).map { [Double($0) / steps, $1] }
            guard common == nil || common == points else { return [] }
            common = points
        }
        return common ?? []
    }
}
