internal import Foundation
internal import Sweeps

extension CurveFigure: Panel {
    /// The gnuplot script `figure.gp` and a data file for each line; the same figure has the same
    /// bytes.
    public func files(format: FigureFormat) -> [FigureFile] {
        PanelGrid(title: title, panels: [self]).files(format: format, about: Self.about)
    }

    static let about = "Curves of a sweep."

    func plotHeight(width: Double) -> Double { min(442, 0.9 * width) }
    var leftMargin: Double { 96 }
    var legendCount: Int { legend.count }
    var legendTitle: String { key }

    var legendWidth: Double {
        let texts = legend + [PlaneFigure.clipped(key)]
        return min(max(90 + 8.4 * Double(texts.map(\.count).max() ?? 0), 160), 420)
    }

    func script(in area: Area, prefix: String) -> [String] {
        let metric = spec.metrics.count == 1 ? PlaneFigure.axisLabel(spec.metrics[0]) : "value"
        let axes = TimeAxes(unit: spec.unit, label: metric, logX: spec.logX, logY: spec.logY)
        let parts = elements(prefix) + (area.legend == nil ? [] : legendElements)
        return area.margins + axes.lines + area.key(title: key)
            + ["plot \\", parts.map { "  " + $0 }.joined(separator: ", \\\n")]
    }

    func dataFiles(prefix: String) -> [FigureFile] {
        lines.enumerated().flatMap { i, line in
            let about = "# \(line.label.visible)\n# time (\(spec.unit)), "
            let curve = FigureFile(
                name: "\(prefix)line-\(i + 1).dat",
                contents: about + "low, median, high of \(line.trials) trials\n"
                    + TimeAxes.text(line.points, logX: spec.logX))
            let theory = FigureFile(
                name: "\(prefix)line-\(i + 1)-theory.dat",
                contents: about + "prediction\n" + TimeAxes.text(line.theory, logX: spec.logX))
            return line.theory.isEmpty ? [curve] : [curve, theory]
        }
    }

    /// From back to front: bands, medians, theory.
    private func elements(_ prefix: String) -> [String] {
        let x = TimeAxes.x(isLogarithmic: spec.logX)
        let bands = lines.indices.filter { lines[$0].trials > 1 }.map { i in
            "'\(prefix)line-\(i + 1).dat' using \(x):2:4 with filledcurves "
                + "fillcolor rgb '#CC\(color(i))' fillstyle solid noborder notitle"
        }
        let medians = lines.indices.map { i in
            "'\(prefix)line-\(i + 1).dat' using \(x):3 with lines linewidth 2.4 \(dash(i))"
                + "linecolor rgb '#\(color(i))' notitle"
        }
        let theories = lines.indices.filter { !lines[$0].theory.isEmpty }.map { i in
            "'\(prefix)line-\(i + 1)-theory.dat' using \(x):2 with lines linewidth 1.5 "
                + "dashtype (9,5) linecolor rgb '#000000' notitle"
        }
        return bands + medians + theories
    }

    private func color(_ i: Int) -> String { Palette.color(lines[i].place) }

    /// A colour that comes again is dotted.
    private func dash(_ i: Int) -> String {
        lines[i].place < Palette.colors.count ? "" : "dashtype (2,2) "
    }

    var legendElements: [String] {
        var samples = lines.indices.map { i in
            "with lines linewidth 2.4 \(dash(i))linecolor rgb '#\(color(i))'"
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

/// The axes of figures against time.
struct TimeAxes {
    let unit: String
    let label: String
    let logX: Bool
    var logY = false

    var lines: [String] {
        let tics = "nomirror out scale 0.6 textcolor rgb '#222222'"
        let time = unit == "time" ? "time" : "\(unit)s"
        return [
            "set border 3 linecolor rgb '#444444'", "set xtics \(tics)", "set ytics \(tics)",
            "set format x '%g'", "set format y '%g'", "set autoscale xfixmax",
            "set grid linetype 1 linewidth 0.6 linecolor rgb '#EAEAEA'",
            "set xlabel \(PlaneFigure.quoted(time)) offset 0,0.2",
            "set ylabel \(PlaneFigure.quoted(label)) offset 0.6,0",
        ] + (logX ? ["set logscale x"] : []) + (logY ? ["set logscale y"] : [])
    }

    /// gnuplot's column of the time; a logarithmic axis has no place for what is not over 0.
    static func x(isLogarithmic: Bool) -> String { isLogarithmic ? "($1 > 0 ? $1 : NaN)" : "1" }

    /// A line a point, of at most so many evenly over the drawn axis, beginning with its time.
    static func text(_ points: [[Double]], logX: Bool, limit: Int = 150) -> String {
        let kept = thinned(points.map { $0[0] }, logX: logX, limit: limit)
        return kept.map { points[$0].map(Value.canonicalText).joined(separator: " ") + "\n" }
            .joined()
    }

    /// Which of ascending times to draw: all, or the first of each of so many equal parts of the
    /// axis, and the last.
    static func thinned(_ times: [Double], logX: Bool, limit: Int) -> [Int] {
        guard times.count > limit, let last = times.last,
            let first = times.first(where: { !logX || $0 > 0 })
        else { return Array(times.indices) }
        func part(_ time: Double) -> Int {
            let share =
                logX
                ? log(time / first) / log(last / first)
                : (time - first) / (last - first)
            return Int(share * Double(limit - 1))
        }
        var kept: [Int] = []
        var newest = -1
        for i in times.indices where !logX || times[i] > 0 {
            let found = part(times[i])
            if found > newest || i == times.count - 1 {
                kept.append(i)
                newest = found
            }
        }
        return kept
    }
}
