public import Sweeps

/// One rectangle of a heat map.
public struct HeatCell: Hashable, Sendable {
    /// Of the facet, if there is one, of the vertical axis and of the horizontal one.
    public let values: [Value?]
    /// nil where there is none: too few trials.
    public let number: Double?

    public init(values: [Value?], number: Double?) {
        self.values = values
        self.number = number
    }
}

/// A number for each pair of values of two axes, as a colour.
struct HeatFigure {
    let spec: HeatSpec
    let caption: String
    /// The values of each axis, in the order of the sweep.
    let xs: [Value?]
    let ys: [Value?]
    /// Places on both axes, and the number.
    let cells: [(x: Int, y: Int, number: Double)]
    /// Of colours, the same in each panel.
    let range: ClosedRange<Double>

    /// A panel for each value of the facet.
    ///
    /// - Throws: `FigureError`, when no cell has a number.
    static func panels(_ spec: HeatSpec, _ cells: [HeatCell]) throws(FigureError) -> [any Panel] {
        let numbers = cells.compactMap(\.number)
        guard let low = numbers.min(), let high = numbers.max() else {
            throw .noNumbers(spec.table.cells[0].label)
        }
        let isShare = spec.table.cells[0].statistic == .fraction
        let range = isShare ? 0...1 : low...(high > low ? high : low + 1)
        let offset = spec.facet == nil ? 0 : 1
        let (ys, xs) = (
            unique(cells.map { $0.values[offset] }), unique(cells.map { $0.values[offset + 1] })
        )
        let facets = spec.facet == nil ? [nil] : unique(cells.map { $0.values[0] })
        return facets.map { facet in
            let own = cells.filter { spec.facet == nil || $0.values[0] == facet }
            return HeatFigure(
                spec: spec,
                caption: spec.facet.map { "\($0) \(text(facet))" } ?? "", xs: xs, ys: ys,
                cells: own.compactMap { cell in
                    guard let number = cell.number,
                        let y = ys.firstIndex(of: cell.values[offset]),
                        let x = xs.firstIndex(of: cell.values[offset + 1])
                    else { return nil }
                    return (x, y, number)
                }, range: range)
        }
    }

    /// Each once, in the order of their first places.
    private static func unique(_ values: [Value?]) -> [Value?] {
        var known: Set<Value?> = []
        return values.filter { known.insert($0).inserted }
    }

    /// Numbers to three digits.
    private static func text(_ value: Value?) -> String {
        guard let value else { return "—" }
        guard let number = value.number else { return value.description }
        return PlaneFigure.rounded(number)
    }

    /// What stands at an axis: at most so many values, evenly over it.
    private static func tics(_ values: [Value?], limit: Int) -> String {
        let stride = (values.count + limit - 1) / limit
        return values.indices.filter { $0 % stride == 0 }.map { i in
            "\(PlaneFigure.quoted(PlaneFigure.clipped(text(values[i])))) \(i)"
        }.joined(separator: ", ")
    }
}

extension HeatFigure: Panel {
    var legendWidth: Double { 170 }
    var legendCount: Int { 1 }
    var leftMargin: Double {
        62 + 8.4 * Double(min(36, ys.map { Self.text($0).count }.max() ?? 0))
    }

    /// Pixels below, for slanted texts.
    var bottomMargin: Double { isSlanted ? 66 + 5 * Double(longest) : 66 }

    private var longest: Int { xs.map { Self.text($0).count }.max() ?? 0 }
    private var isSlanted: Bool { longest > 3 }

    func plotHeight(width: Double) -> Double { min(520, 0.9 * width) }

    func script(in area: Area, prefix: String) -> [String] {
        let tics = "nomirror out scale 0.4 textcolor rgb '#222222'"
        // Rectangles overlap by a hair: no seams.
        return area.margins + ColorScale.lines(range)
            + area.colorBox(label: spec.table.cells[0].label) + [
                "set border 3 linecolor rgb '#444444'", "set key off",
                "set xtics (\(Self.tics(xs, limit: 10))) \(tics)"
                    + (isSlanted ? " rotate by 45 right" : ""),
                "set ytics (\(Self.tics(ys, limit: 14))) \(tics)",
                "set xrange [-0.5:\(Double(xs.count) - 0.5)]",
                "set yrange [-0.5:\(Double(ys.count) - 0.5)]",
                "set xlabel \(PlaneFigure.quoted(spec.x)) offset 0,\(isSlanted ? -0.4 : 0.2)",
                "set ylabel \(PlaneFigure.quoted(spec.y)) offset 0.6,0",
                "set style fill solid 1 noborder",
                "plot '\(prefix)cells.dat' using 1:2:(0.51):(0.51):3 with boxxyerror "
                    + "linecolor palette notitle",
            ]
    }

    func dataFiles(prefix: String) -> [FigureFile] {
        let lines = cells.map { x, y, number in
            "\(x) \(y) \(Value.canonicalText(of: number)) "
                + "\(Self.text(xs[x])) \(Self.text(ys[y]))\n"
        }
        return [
            FigureFile(
                name: "\(prefix)cells.dat",
                contents: "# places on both axes, \(spec.table.cells[0].label.visible), "
                    + "\(spec.x.visible), \(spec.y.visible)\n" + lines.joined())
        ]
    }
}
