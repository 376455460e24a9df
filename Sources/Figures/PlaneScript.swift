internal import Sweeps

extension PlaneFigure: Panel {
    /// The gnuplot script `figure.gp` and the data that it plots; `gnuplot figure.gp`, started in
    /// their folder, writes `figure.svg` (or the other format) there.
    ///
    /// The same figure has the same bytes.
    public func files(format: FigureFormat = .svg) -> [FigureFile] {
        PanelGrid(title: title, panels: [self]).files(format: format, about: Self.about)
    }

    static let about = "The output plane of a sweep."

    /// gnuplot's filled points: circle, square, triangle, diamond, triangle upside down.
    private static let pointTypes = [7, 5, 9, 13, 11]

    func color(_ place: Int) -> String { Palette.color(place) }
    func pointType(_ place: Int) -> Int {
        Self.pointTypes[place / Palette.colors.count % Self.pointTypes.count]
    }

    func plotHeight(width: Double) -> Double { width * frame.ratio }

    func script(in area: Area, prefix: String) -> [String] {
        let elements = plotElements(prefix) + (area.legend == nil ? [] : legendElements)
        return axes(frame: frame.fitted(ratio: area.ratio), area)
            + ["plot \\", elements.map { "  " + $0 }.joined(separator: ", \\\n")]
    }

    private func axes(frame: Frame, _ area: Area) -> [String] {
        area.margins + [
            "set xrange [\(Value.canonicalText(of: frame.low.x)):\(Value.canonicalText(of: frame.high.x))]",
            "set yrange [\(Value.canonicalText(of: frame.low.y)):\(Value.canonicalText(of: frame.high.y))]",
            "set border 3 linecolor rgb '#444444'",
            "set xtics \(Value.canonicalText(of: frame.tic)) nomirror out scale 0.6 textcolor rgb '#222222'",
            "set ytics \(Value.canonicalText(of: frame.tic)) nomirror out scale 0.6 textcolor rgb '#222222'",
            "set format '%g'",
            "set grid linetype 1 linewidth 0.6 linecolor rgb '#EAEAEA'",
            "set xzeroaxis linetype 1 linewidth 1 linecolor rgb '#999999'",
            "set yzeroaxis linetype 1 linewidth 1 linecolor rgb '#999999'",
            "set xlabel \(Self.quoted(Self.axisLabel(spec.x))) offset 0,0.2",
            "set ylabel \(Self.quoted(Self.axisLabel(spec.y))) offset 0.6,0",
        ] + area.key(title: legendTitle)
    }

    /// From back to front: spread, medians, theory, targets, markers.
    private func plotElements(_ prefix: String) -> [String] {
        spreadElements(prefix) + medianElements(prefix) + theoryElements(prefix)
            + targetElements(prefix) + markerElements(prefix)
    }

    private func spreadElements(_ prefix: String) -> [String] {
        paths.indices.compactMap { i in
            let file = "'\(prefix)path-\(i + 1)-spread.dat'"
            if !paths[i].band.isEmpty {
                return "\(file) using 1:2 with filledcurves closed "
                    + "fillcolor rgb '#CC\(color(paths[i].place))' fillstyle solid noborder notitle"
            }
            guard hasLines(paths[i]) else { return nil }
            return
                "\(file) using 2:3 with lines linewidth 0.9 linecolor rgb '#A0\(color(paths[i].place))' "
                + "notitle"
        }
    }

    private func medianElements(_ prefix: String) -> [String] {
        paths.indices.filter { !paths[$0].median.points.isEmpty }.map { i in
            "'\(prefix)path-\(i + 1)-median.dat' using 2:3 with lines linewidth 2.8 "
                + "linecolor rgb '#\(color(paths[i].place))' notitle"
        }
    }

    private func theoryElements(_ prefix: String) -> [String] {
        paths.indices.filter { !paths[$0].theory.points.isEmpty }.map { i in
            "'\(prefix)path-\(i + 1)-theory.dat' using 2:3 with lines linewidth 1.5 dashtype (9,5) "
                + "linecolor rgb '#000000' notitle"
        }
    }

    /// Filled, in a white ring that lifts them off the lines.
    private func markerElements(_ prefix: String) -> [String] {
        paths.indices.filter { !paths[$0].markers.points.isEmpty }.flatMap { i in
            let file =
                "'\(prefix)path-\(i + 1)-markers.dat' using 2:3 with points pointtype \(pointType(paths[i].place))"
            return [
                "\(file) pointsize 1.35 * marker linecolor rgb '#FFFFFF' notitle",
                "\(file) pointsize marker linecolor rgb '#\(color(paths[i].place))' notitle",
            ]
        }
    }

    private func targetElements(_ prefix: String) -> [String] {
        targets.indices.map { i in
            "'\(prefix)targets.dat' index \(i) using 1:2 with filledcurves closed fillcolor rgb '#FFFFFF' "
                + "fillstyle solid border linecolor rgb '#000000' linewidth 1.2 notitle"
        }
    }
}
