internal import Sweeps

extension PlaneFigure {
    /// The gnuplot script `figure.gp` and the data that it plots; `gnuplot figure.gp`, started in
    /// their folder, writes `figure.svg` (or the other format) there.
    ///
    /// The same figure has the same bytes.
    public func files(format: FigureFormat = .svg) -> [FigureFile] {
        [FigureFile(name: "figure.gp", contents: script(format: format))] + dataFiles
    }

    /// gnuplot's filled points: circle, square, triangle, diamond, triangle upside down.
    private static let pointTypes = [7, 5, 9, 13, 11]

    func color(_ i: Int) -> String { Palette.color(i) }
    func pointType(_ i: Int) -> Int {
        Self.pointTypes[i / Palette.colors.count % Self.pointTypes.count]
    }

    private func script(format: FigureFormat) -> String {
        let frame = frame
        let lines =
            heading(format: format, frame: frame) + axes(frame: frame)
            + ["plot \\", plotElements.map { "  " + $0 }.joined(separator: ", \\\n")]
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(format: FigureFormat, frame: Frame) -> [String] {
        ["# The output plane of a sweep. To draw it again: gnuplot figure.gp"]
            + format.heading(height: frame.height)
    }

    private func axes(frame: Frame) -> [String] {
        let left = Frame.marginLeft / Frame.width
        let right = 1 - frame.marginRight / Frame.width
        let bottom = Frame.marginBottom / frame.height
        let top = 1 - Frame.marginTop / frame.height
        return [
            "set lmargin at screen \(Self.text(left))",
            "set rmargin at screen \(Self.text(right))",
            "set bmargin at screen \(Self.text(bottom))",
            "set tmargin at screen \(Self.text(top))",
            "set xrange [\(Value.canonicalText(of: frame.low.x)):\(Value.canonicalText(of: frame.high.x))]",
            "set yrange [\(Value.canonicalText(of: frame.low.y)):\(Value.canonicalText(of: frame.high.y))]",
            "set border 3 linecolor rgb '#444444'",
            "set xtics \(Value.canonicalText(of: frame.tic)) nomirror out scale 0.6 textcolor rgb '#222222'",
            "set ytics \(Value.canonicalText(of: frame.tic)) nomirror out scale 0.6 textcolor rgb '#222222'",
            "set format '%g'",
            "set grid linetype 1 linewidth 0.6 linecolor rgb '#EAEAEA'",
            "set xzeroaxis linetype 1 linewidth 1 linecolor rgb '#999999'",
            "set yzeroaxis linetype 1 linewidth 1 linecolor rgb '#999999'",
            "set title \(Self.quoted(title)) font 'DejaVu Sans,16' offset 0,-0.2",
            "set xlabel \(Self.quoted(Self.axisLabel(spec.x))) offset 0,0.2",
            "set ylabel \(Self.quoted(Self.axisLabel(spec.y))) offset 0.6,0",
            "set key at graph 1.03,1.0 left top Left reverse samplen 2.2 spacing 1.35 width 0",
            names.count == 1 ? "set key title \(Self.quoted(Self.clipped(names[0]))) left" : "",
        ].filter { !$0.isEmpty }
    }

    /// From back to front: spread, medians, theory, targets, markers; then the legend's entries.
    private var plotElements: [String] {
        spreadElements + medianElements + theoryElements + targetElements + markerElements
            + legendElements
    }

    private var spreadElements: [String] {
        paths.indices.compactMap { i in
            let file = "'path-\(i + 1)-spread.dat'"
            if !paths[i].band.isEmpty {
                return "\(file) using 1:2 with filledcurves closed "
                    + "fillcolor rgb '#CC\(color(i))' fillstyle solid noborder notitle"
            }
            guard hasLines(paths[i]) else { return nil }
            return "\(file) using 2:3 with lines linewidth 0.9 linecolor rgb '#A0\(color(i))' "
                + "notitle"
        }
    }

    private var medianElements: [String] {
        paths.indices.filter { !paths[$0].median.points.isEmpty }.map { i in
            "'path-\(i + 1)-median.dat' using 2:3 with lines linewidth 2.8 "
                + "linecolor rgb '#\(color(i))' notitle"
        }
    }

    private var theoryElements: [String] {
        paths.indices.filter { !paths[$0].theory.points.isEmpty }.map { i in
            "'path-\(i + 1)-theory.dat' using 2:3 with lines linewidth 1.5 dashtype (9,5) "
                + "linecolor rgb '#000000' notitle"
        }
    }

    /// Filled, in a white ring that lifts them off the lines.
    private var markerElements: [String] {
        paths.indices.filter { !paths[$0].markers.points.isEmpty }.flatMap { i in
            let file = "'path-\(i + 1)-markers.dat' using 2:3 with points pointtype \(pointType(i))"
            return [
                "\(file) pointsize 1.35 * marker linecolor rgb '#FFFFFF' notitle",
                "\(file) pointsize marker linecolor rgb '#\(color(i))' notitle",
            ]
        }
    }

    private var targetElements: [String] {
        targets.indices.map { i in
            "'targets.dat' index \(i) using 1:2 with filledcurves closed fillcolor rgb '#FFFFFF' "
                + "fillstyle solid border linecolor rgb '#000000' linewidth 1.2 notitle"
        }
    }
}
