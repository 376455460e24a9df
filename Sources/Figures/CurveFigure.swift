public import Sweeps

/// Curves against time: for each group of cells and each metric the median over the trials, a band
/// between two quantiles, and the kind's prediction.
public struct CurveFigure: Drawing {
    /// One line of the figure.
    struct Line: Sendable {
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

    /// Reads the rows once; of each finished trial it keeps the curves.
    ///
    /// - Parameter rows: Any trials of the plan, none twice, in any state.
    /// - Throws: `GroupingError`; `FigureError`, when there is nothing to draw, or the figure asks
    ///   for what the kind has not.
    public init(_ spec: CurveSpec, plan: Plan, rows: some Sequence<TrialRow>) throws {
        for metric in spec.metrics { try PlaneFigure.checkCurve(metric, plan: plan) }
        let grouping = try Grouping(by: spec.by, plan: plan, where: spec.condition)
        var found: [String: [[Track]]] = [:]
        for metric in spec.metrics { found[metric] = grouping.groups.map { _ in [] } }
        for row in rows {
            let cell = plan.cellIndex(ofTrial: row.number)
            guard let result = row.result, result.outcome == .finished,
                let group = grouping.groupOfCell[cell]
            else { continue }
            let steps = try Self.stepsPerUnit(spec, plan: plan, cell: cell)
            for metric in spec.metrics {
                let track = result.curve(metric).flatMap {
                    Track(x: $0, y: $0, stepsPerUnit: steps)
                }
                track.map { found[metric]?[group].append($0) }
            }
        }
        lines = try grouping.groups.indices.flatMap { group in
            try spec.metrics.compactMap { metric in
                let tracks = found[metric]?[group] ?? []
                guard !tracks.isEmpty else { return nil }
                let cells = grouping.groups[group].cells
                let values = PlaneFigure.label(
                    grouping.groups[group].values, names: grouping.names)
                return Line(
                    label: [values, spec.metrics.count > 1 ? metric : ""]
                        .filter { !$0.isEmpty }.joined(separator: ", "),
                    trials: tracks.count, points: Self.points(tracks, spec.band),
                    theory: spec.theory
                        ? try Self.theory(metric, spec, plan: plan, cells: cells) : [])
            }
        }
        guard !lines.isEmpty else { throw FigureError.noCurves(spec.metrics) }
        self.spec = spec
        title = plan.name
        key = grouping.names.count == 1 ? grouping.names[0] : ""
    }

    private static func stepsPerUnit(
        _ spec: CurveSpec, plan: Plan, cell: Int
    ) throws(FigureError) -> Double {
        let configuration = plan.cell(at: cell).configuration
        guard let steps = plan.kind.steps(per: spec.unit, of: configuration) else {
            throw .unknownUnit(spec.unit, kind: plan.kind.name)
        }
        return steps
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

    /// The prediction, where all cells have the same.
    private static func theory(
        _ metric: String, _ spec: CurveSpec, plan: Plan, cells: [Int]
    ) throws(FigureError) -> [[Double]] {
        var common: [[Double]]?
        for cell in cells {
            let theory = plan.kind.theory(of: plan.cell(at: cell).configuration)
            guard let curve = theory?.curves.first(where: { $0.name == metric }) else { return [] }
            let steps = try stepsPerUnit(spec, plan: plan, cell: cell)
            let points = zip(curve.steps, curve.values).map { [Double($0) / steps, $1] }
            guard common == nil || common == points else { return [] }
            common = points
        }
        return common ?? []
    }
}

extension CurveFigure {
    private static let height = 560.0

    /// The gnuplot script `figure.gp` and a data file for each line; the same figure has the same
    /// bytes.
    public func files(format: FigureFormat) -> [FigureFile] {
        let script =
            ["# Curves of a sweep. To draw it again: gnuplot figure.gp"]
            + format.heading(height: Self.height) + axes + ["plot \\"]
            + [elements.map { "  " + $0 }.joined(separator: ", \\\n")]
        return [FigureFile(name: "figure.gp", contents: script.joined(separator: "\n") + "\n")]
            + dataFiles
    }

    private var dataFiles: [FigureFile] {
        lines.enumerated().flatMap { i, line in
            let about = "# \(line.label.visible)\n# time (\(spec.unit)), "
            let curve = FigureFile(
                name: "line-\(i + 1).dat",
                contents: about + "low, median, high of \(line.trials) trials\n"
                    + Self.text(line.points))
            let theory = FigureFile(
                name: "line-\(i + 1)-theory.dat",
                contents: about + "prediction\n" + Self.text(line.theory))
            return line.theory.isEmpty ? [curve] : [curve, theory]
        }
    }

    private static func text(_ points: [[Double]]) -> String {
        points.map { $0.map(Value.canonicalText).joined(separator: " ") + "\n" }.joined()
    }

    private var axes: [String] {
        let texts = legend + [PlaneFigure.clipped(key)]
        let width = min(max(90 + 8.4 * Double(texts.map(\.count).max() ?? 0), 160), 420)
        let tics = "nomirror out scale 0.6 textcolor rgb '#222222'"
        let metric = spec.metrics.count == 1 ? PlaneFigure.axisLabel(spec.metrics[0]) : "value"
        return [
            "set lmargin at screen \(PlaneFigure.text(96 / Frame.width))",
            "set rmargin at screen \(PlaneFigure.text(1 - width / Frame.width))",
            "set bmargin at screen \(PlaneFigure.text(Frame.marginBottom / Self.height))",
            "set tmargin at screen \(PlaneFigure.text(1 - Frame.marginTop / Self.height))",
            "set border 3 linecolor rgb '#444444'", "set xtics \(tics)", "set ytics \(tics)",
            "set format x '%g'", "set format y '%g'", "set autoscale xfixmax",
            spec.logX ? "set logscale x" : "", spec.logY ? "set logscale y" : "",
            "set grid linetype 1 linewidth 0.6 linecolor rgb '#EAEAEA'",
            "set title \(PlaneFigure.quoted(title)) font 'DejaVu Sans,16' offset 0,-0.2",
            "set xlabel \(PlaneFigure.quoted(timeLabel)) offset 0,0.2",
            "set ylabel \(PlaneFigure.quoted(metric)) offset 0.6,0",
            "set key at graph 1.03,1.0 left top Left reverse samplen 2.2 spacing 1.35 width 0",
            key.isEmpty ? "" : "set key title \(PlaneFigure.quoted(PlaneFigure.clipped(key))) left",
        ].filter { !$0.isEmpty }
    }

    private var timeLabel: String { spec.unit == "time" ? "time" : "\(spec.unit)s" }

    /// From back to front: bands, medians, theory; then the legend's entries.
    private var elements: [String] {
        // A logarithmic axis has no place for what is not over 0.
        let filter = spec.logX ? "($1 > 0 ? $1 : NaN)" : "1"
        let bands = lines.indices.filter { lines[$0].trials > 1 }.map { i in
            "'line-\(i + 1).dat' using \(filter):2:4 with filledcurves "
                + "fillcolor rgb '#CC\(Palette.color(i))' fillstyle solid noborder notitle"
        }
        let medians = lines.indices.map { i in
            "'line-\(i + 1).dat' using \(filter):3 with lines linewidth 2.4 \(dash(i))"
                + "linecolor rgb '#\(Palette.color(i))' notitle"
        }
        let theories = lines.indices.filter { !lines[$0].theory.isEmpty }.map { i in
            "'line-\(i + 1)-theory.dat' using \(filter):2 with lines linewidth 1.5 "
                + "dashtype (9,5) linecolor rgb '#000000' notitle"
        }
        return bands + medians + theories + keyEntries
    }

    /// A colour that comes again is dotted.
    private func dash(_ i: Int) -> String { i < Palette.colors.count ? "" : "dashtype (2,2) " }

    private var keyEntries: [String] {
        var samples = lines.indices.map { i in
            "with lines linewidth 2.4 \(dash(i))linecolor rgb '#\(Palette.color(i))'"
        }
        samples.append("with lines linewidth 2.4 linecolor rgb '#666666'")
        if hasBand {
            samples.append("with filledcurves fillcolor rgb '#CC666666' fillstyle solid noborder")
        }
        if hasTheory {
            samples.append("with lines linewidth 1.5 dashtype (9,5) linecolor rgb '#000000'")
        }
        return zip(samples, legend).map { "keyentry \($0) title \(PlaneFigure.quoted($1))" }
    }

    /// In the order of the samples.
    private var legend: [String] {
        let counts = lines.map(\.trials)
        let (fewest, most) = (counts.min() ?? 0, counts.max() ?? 0)
        let count = fewest == most ? "\(most)" : "\(fewest) to \(most)"
        var texts = lines.map { $0.label.isEmpty ? "all trials" : PlaneFigure.clipped($0.label) }
        texts.append(most == 1 ? "one trial" : "median of \(count) trials")
        if hasBand {
            let percents = [spec.band.lowerBound, spec.band.upperBound].map {
                Value.canonicalText(of: ($0 * 1000).rounded() / 10)
            }
            texts.append("\(percents[0]) to \(percents[1]) % of trials")
        }
        return hasTheory ? texts + ["theory"] : texts
    }

    private var hasBand: Bool { lines.contains { $0.trials > 1 } }
    private var hasTheory: Bool { lines.contains { !$0.theory.isEmpty } }
}
