/// One of the pictures side by side in a figure, or its only one.
protocol Panel: Sendable {
    /// What it shows, where others are beside it.
    var caption: String { get }
    /// Pixels beside the picture for what its lines and colours mean.
    var legendWidth: Double { get }
    /// Lines of the legend: the longest of a figure's panels is shown.
    var legendCount: Int { get }
    /// gnuplot's samples and texts of the legend, and its title; none where a colour scale is shown.
    var legendElements: [String] { get }
    var legendTitle: String { get }
    /// Pixels around the plot for numbers and labels.
    var leftMargin: Double { get }
    var rightMargin: Double { get }
    var bottomMargin: Double { get }
    /// Of the plot alone, in pixels.
    func plotHeight(width: Double) -> Double
    /// gnuplot's settings and the plot command.
    ///
    /// - Parameters:
    ///   - area: Where in the picture; with the place of the legend, if it is to show one.
    ///   - prefix: Before the name of each data file.
    func script(in area: Area, prefix: String) -> [String]
    func dataFiles(prefix: String) -> [FigureFile]
}

extension Panel {
    var legendElements: [String] { [] }
    var legendTitle: String { "" }
    var leftMargin: Double { Frame.marginLeft }
    var rightMargin: Double { 0 }
    var bottomMargin: Double { Frame.marginBottom }
}

/// Where a plot lies in its picture, from the lower left corner, in shares of width and height.
struct Area: Hashable {
    let left: Double
    let right: Double
    let bottom: Double
    let top: Double
    /// Height over width of the plot on paper.
    let ratio: Double
    /// The upper left corner of the legend.
    let legend: Corner?

    struct Corner: Hashable {
        let x: Double
        let y: Double
    }

    var margins: [String] {
        [
            "set lmargin at screen \(PlaneFigure.text(left))",
            "set rmargin at screen \(PlaneFigure.text(right))",
            "set bmargin at screen \(PlaneFigure.text(bottom))",
            "set tmargin at screen \(PlaneFigure.text(top))",
        ]
    }

    var withoutLegend: Area {
        Area(left: left, right: right, bottom: bottom, top: top, ratio: ratio, legend: nil)
    }

    /// Where the legend goes and what it is called; no legend where there is no place for it.
    func key(title: String) -> [String] {
        guard let legend else { return ["set key off"] }
        let place = "\(PlaneFigure.text(legend.x)),\(PlaneFigure.text(legend.y))"
        return ["set key at screen \(place) left top Left reverse samplen 2.2 spacing 1.35 width 0"]
            + (title.isEmpty
                ? [] : ["set key title \(PlaneFigure.quoted(PlaneFigure.clipped(title))) left"])
    }

    /// A colour scale in the place of the legend.
    func colorBox(label: String) -> [String] {
        guard let legend else { return ["unset colorbox"] }
        let height = 0.6 * (top - bottom)
        let place = "\(PlaneFigure.text(legend.x)),\(PlaneFigure.text(legend.y - height))"
        return [
            "set colorbox user origin screen \(place) size screen 0.02,"
                + PlaneFigure.text(height),
            "set cblabel \(PlaneFigure.quoted(label)) offset 1,0",
        ]
    }
}

/// The panels of a figure in rows, with one legend.
struct PanelGrid: Sendable {
    /// Over all of them.
    let title: String
    let panels: [any Panel]

    /// The picture in pixels, and where each panel is.
    struct Layout {
        let width: Double
        let height: Double
        let areas: [Area]
    }

    private var columnCount: Int {
        panels.count <= 3 ? panels.count : panels.count == 4 ? 2 : 3
    }

    private static let gap = 22.0

    var layout: Layout {
        let columns = columnCount
        let width = columns > 2 ? 1200 : Frame.width
        let legendWidth = panels.map(\.legendWidth).max() ?? 0
        let (left, right) = (
            panels.map(\.leftMargin).max() ?? 0, panels.map(\.rightMargin).max() ?? 0
        )
        let plotWidth =
            (width - legendWidth - Double(columns - 1) * Self.gap) / Double(columns) - left - right
        let rows = stride(from: 0, to: panels.count, by: columns).map {
            Array(panels.indices[$0..<min($0 + columns, panels.count)])
        }
        let heights = rows.map { row in
            row.map { panels[$0].plotHeight(width: plotWidth) }.max() ?? 0
        }
        let caption = panels.count > 1 ? 24.0 : 0
        let bottom = panels.map(\.bottomMargin).max() ?? 0
        let margins = caption + bottom
        let height =
            (heights.reduce(0, +) + Double(rows.count) * margins + Frame.marginTop).rounded()
        let speaker = panels.indices.max { panels[$0].legendCount < panels[$1].legendCount }
        var areas: [Area] = []
        var top = Frame.marginTop
        for (row, plotHeight) in zip(rows, heights) {
            top += caption
            for (column, panel) in row.enumerated() {
                let x = Double(column) * (plotWidth + left + right + Self.gap) + left
                let legendX = (width - legendWidth + 18) / width
                areas.append(
                    Area(
                        left: x / width, right: (x + plotWidth) / width,
                        bottom: 1 - (top + plotHeight) / height, top: 1 - top / height,
                        ratio: plotHeight / plotWidth,
                        legend: panel == speaker
                            ? Area.Corner(
                                x: legendX, y: 1 - (Frame.marginTop + caption) / height)
                            : nil))
            }
            top += plotHeight + bottom
        }
        return Layout(width: width, height: height, areas: areas)
    }

    /// A legend of lines on the right, over the whole height: gnuplot breaks one that is longer than
    /// its plot into columns.
    private func legend(_ layout: Layout) -> [String] {
        guard
            let (panel, area) = zip(panels, layout.areas).first(where: { $0.1.legend != nil }),
            !panel.legendElements.isEmpty, let corner = area.legend
        else { return [] }
        let whole = Area(
            left: corner.x, right: 0.99, bottom: 0.01, top: corner.y, ratio: 1, legend: corner)
        return ["reset"] + whole.margins + whole.key(title: panel.legendTitle) + [
            "unset border", "unset tics", "set xrange [0:1]", "set yrange [0:1]",
            "plot NaN notitle, \\",
            panel.legendElements.map { "  " + $0 }.joined(separator: ", \\\n"),
        ]
    }

    /// The gnuplot script `figure.gp` and the data that it plots; the same panels have the same
    /// bytes.
    func files(format: FigureFormat, about: String) -> [FigureFile] {
        let layout = layout
        let font = "font 'DejaVu Sans,16'"
        let quoted = PlaneFigure.quoted(title)
        var lines =
            ["# \(about) To draw it again: gnuplot figure.gp"]
            + format.heading(width: layout.width, height: layout.height)
        guard panels.count > 1 else {
            lines += ["set title \(quoted) \(font) offset 0,-0.2"]
            lines += panels.flatMap { $0.script(in: layout.areas[0], prefix: "") }
            return [FigureFile(name: "figure.gp", contents: lines.joined(separator: "\n") + "\n")]
                + panels.flatMap { $0.dataFiles(prefix: "") }
        }
        lines.append("set multiplot title \(quoted) \(font)")
        for (i, panel) in panels.enumerated() {
            lines += ["reset", "set title \(PlaneFigure.quoted(panel.caption)) offset 0,-0.4"]
            let area = layout.areas[i]
            lines += panel.script(
                in: panel.legendElements.isEmpty ? area : area.withoutLegend,
                prefix: "panel-\(i + 1)-")
        }
        lines += legend(layout)
        lines.append("unset multiplot")
        return [FigureFile(name: "figure.gp", contents: lines.joined(separator: "\n") + "\n")]
            + panels.enumerated().flatMap { $1.dataFiles(prefix: "panel-\($0 + 1)-") }
    }
}
