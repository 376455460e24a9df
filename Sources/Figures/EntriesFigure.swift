internal import Sweeps

/// Entries of a matrix against time, on an axis of their own a loss beside them, and the kind's
/// prediction: the median over the trials.
struct EntriesFigure {
    struct Line: Sendable {
        /// Row and column, from 1; nil for the curve beside.
        let entry: (row: Int, column: Int)?
        let label: String
        /// Time and median.
        let points: [[Double]]
        let theory: [[Double]]
    }

    let spec: EntriesSpec
    let caption: String
    /// Of one panel.
    let trials: Int
    /// Entries in their order, then the curve beside.
    let lines: [Line]

    /// - Parameters:
    ///   - rows: Any trials of the plan, none twice, in any state.
    ///   - cells: Those of which trials are drawn; nil: all that the figure's condition leaves.
    init(
        _ spec: EntriesSpec, plan: Plan, rows: [TrialRow], cells chosen: Set<Int>?,
        caption: String
    ) throws {
        let grouping = try Grouping(by: [], plan: plan, where: spec.condition)
        let names = spec.entries + (spec.beside.map { [$0] } ?? [])
        var tracks: [String: [Track]] = [:]
        for row in rows {
            let cell = plan.cellIndex(ofTrial: row.number)
            guard let result = row.result, result.outcome == .finished,
                grouping.groupOfCell[cell] != nil, chosen?.contains(cell) ?? true
            else { continue }
            let steps = try plan.steps(per: spec.unit, ofCell: cell)
            for name in names {
                guard let curve = result.curve(name),
                    let track = Track(x: curve, y: curve, stepsPerUnit: steps)
                else { continue }
                tracks[name, default: []].append(track)
            }
        }
        let cells = (grouping.groups.first?.cells ?? []).filter { chosen?.contains($0) ?? true }
        lines = try names.compactMap { name in
            guard let found = tracks[name] else { return nil }
            let median = Track.quantile(0.5, of: found)
            let isEntry = name != spec.beside
            return Line(
                entry: isEntry ? Self.entry(name) : nil,
                label: isEntry ? Self.label(name) : name,
                points: zip(median.times, median.points).map { [$0, $1.y] },
                theory: spec.theory && isEntry
                    ? try plan.theory(of: name, ofCells: cells, unit: spec.unit) : [])
        }
        guard lines.contains(where: { $0.entry != nil }) else {
            throw FigureError.noCurves(spec.entries)
        }
        trials = tracks.values.map(\.count).max() ?? 0
        self.spec = spec
        self.caption = caption
    }

    /// Row and column of `w/2/1`.
    private static func entry(_ name: String) -> (row: Int, column: Int) {
        let numbers = name.split(separator: "/").dropFirst().compactMap { Int($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : (1, 1)
    }

    private static func label(_ name: String) -> String {
        let parts = name.split(separator: "/")
        guard parts.count == 3 else { return name }
        return "\(parts[0])_\(parts[1])" + (parts[1].count + parts[2].count > 2 ? "," : "")
            + parts[2]
    }
}

extension EntriesFigure: Panel {
    func plotHeight(width: Double) -> Double { min(442, 0.85 * width) }
    var rightMargin: Double { hasBeside ? 74 : 0 }
    var legendCount: Int { legend.count }

    var legendWidth: Double { 100 + 8.4 * Double(legend.map(\.count).max() ?? 0) }

    private var hasBeside: Bool { lines.contains { $0.entry == nil } }
    private var hasTheory: Bool { lines.contains { !$0.theory.isEmpty } }

    func script(in area: Area, prefix: String) -> [String] {
        let word = spec.entries.first?.split(separator: "/").first.map(String.init) ?? ""
        let axes = TimeAxes(
            unit: spec.unit, label: word == "w" ? "entries of W" : word, logX: spec.logX)
        let right =
            hasBeside
            ? [
                "set border 11 linecolor rgb '#444444'",
                "set y2tics nomirror out scale 0.6 textcolor rgb '#222222'",
                "set format y2 '%g'",
                "set y2label \(PlaneFigure.quoted(spec.beside ?? "")) offset -0.6,0",
            ] : []
        let x = TimeAxes.x(isLogarithmic: spec.logX)
        let elements = lines.indices.map { i in
            "'\(prefix)line-\(i + 1).dat' using \(x):2 \(style(lines[i])) "
                + "\(lines[i].entry == nil ? "axes x1y2 " : "")notitle"
        }
        let theories = lines.indices.filter { !lines[$0].theory.isEmpty }.map { i in
            "'\(prefix)line-\(i + 1)-theory.dat' using \(x):2 \(Self.theoryStyle) notitle"
        }
        let parts = elements + theories + (area.legend == nil ? [] : legendElements)
        return area.margins + axes.lines + right + area.key(title: legendTitle)
            + ["plot \\", parts.map { "  " + $0 }.joined(separator: ", \\\n")]
    }

    var legendTitle: String { trials == 1 ? "" : "median of \(trials) trials" }

    var legendElements: [String] {
        zip(lines.map(style) + (hasTheory ? [Self.theoryStyle] : []), legend)
            .map { "keyentry \($0) title \(PlaneFigure.quoted($1))" }
    }

    private static let theoryStyle =
        "with lines linewidth 1.5 dashtype (9,5) linecolor rgb '#000000'"

    /// Major entries are solid, minor ones dashed, each pair of concepts in a colour of its own.
    private func style(_ line: Line) -> String {
        guard let (row, column) = line.entry else {
            return "with lines linewidth 2.4 linecolor rgb '#888888'"
        }
        let (high, low) = (max(row, column), min(row, column))
        if row == column {
            return "with lines linewidth 2.6 linecolor rgb '#\(Palette.color(row - 1))'"
        }
        // Entries below the diagonal, row by row: 0, 1, 2 …
        let place = (high - 1) * (high - 2) / 2 + low - 1
        return "with lines linewidth 1.8 dashtype (5,3) linecolor rgb "
            + "'#\(Palette.color(place))'"
    }

    private var legend: [String] { lines.map(\.label) + (hasTheory ? ["theory"] : []) }

    func dataFiles(prefix: String) -> [FigureFile] {
        lines.enumerated().flatMap { i, line in
            [("", "median", line.points), ("-theory", "prediction", line.theory)]
                .filter { !$0.2.isEmpty }
                .map { suffix, what, points in
                    FigureFile(
                        name: "\(prefix)line-\(i + 1)\(suffix).dat",
                        contents: "# \(line.label.visible)\n# time (\(spec.unit)), \(what)\n"
                            + TimeAxes.text(points, logX: spec.logX))
                }
        }
    }
}
