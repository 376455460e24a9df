internal import Sweeps

extension PlaneFigure {
    /// The gnuplot script `figure.gp` and the data that it plots; `gnuplot figure.gp`, started in
    /// their folder, writes `figure.svg` (or the other format) there.
    ///
    /// The same figure has the same bytes.
    public func files(format: FigureFormat = .svg) -> [FigureFile] {
        [FigureFile(name: "figure.gp", contents: script(format: format))] + dataFiles
    }

    /// Okabe and Ito's colours without yellow, which is too faint for lines, and black, which is
    /// theory's.
    ///
    /// - SeeAlso: Okabe, Ito, "Color Universal Design", 2008.
    private static let colors = ["0072B2", "D55E00", "009E73", "CC79A7", "E69F00", "56B4E9"]
    /// gnuplot's filled points: circle, square, triangle, diamond, triangle upside down.
    private static let pointTypes = [7, 5, 9, 13, 11]

    func color(_ i: Int) -> String { Self.colors[i % Self.colors.count] }
    func pointType(_ i: Int) -> Int {
        Self.pointTypes[i / Self.colors.count % Self.pointTypes.count]
    }

    private func script(format: FigureFormat) -> String {
        let frame = frame
        let lines =
            heading(format: format, frame: frame) + axes(frame: frame)
            + ["plot \\", plotElements.map { "  " + $0 }.joined(separator: ", \\\n")]
        return lines.joined(separator: "\n") + "\n"
    }

    private func heading(format: FigureFormat, frame: Frame) -> [String] {
        let (width, height) = (Int(Frame.width), Int(frame.height))
        let font = "noenhanced font 'DejaVu Sans,14'"
        let terminal =
            switch format {
            case .svg: "svg size \(width),\(height) \(font) background '#ffffff'"
            // Twice as fine, to be sharp on any screen; letters are in points there, 3/4 of a pixel.
            case .png:
                "pngcairo size \(2 * width),\(2 * height) \(font) fontscale 1.5 linewidth 2 "
                    + "pointscale 2 background '#ffffff'"
            // In inches, 7.5 wide.
            case .pdf:
                "pdfcairo size \(Self.text(7.5)),\(Self.text(frame.height / 120)) \(font) "
                    + "fontscale 0.45 linewidth 1 pointscale 0.75"
            }
        return [
            "# The output plane of a sweep. To draw it again: gnuplot figure.gp",
            "set encoding utf8",
            "set terminal \(terminal)",
            "set output 'figure.\(format.rawValue)'",
            // The same points come out larger in SVG.
            "marker = \(format == .svg ? "0.7" : "0.85")",
        ]
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
