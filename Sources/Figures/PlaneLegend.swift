internal import Sweeps

extension PlaneFigure {
    /// In pixels: room for the longest entry in gnuplot's estimate of a letter's width.
    var legendWidth: Double {
        let longest =
            (legendTexts + [names.count == 1 ? Self.clipped(names[0]) : ""])
            .map(\.count).max() ?? 0
        return min(max(90 + 8.4 * Double(longest), 160), 420)
    }

    var legendCount: Int { legendTexts.count }
    var legendTitle: String { names.count == 1 ? names[0] : "" }

    /// What each sample of line or marker means: the groups first, then the kinds of line.
    var legendElements: [String] {
        let gray = "linecolor rgb '#666666'"
        var samples = paths.indices.map { i in
            let place = paths[i].place
            return "with linespoints linewidth 2.8 pointtype \(pointType(place)) "
                + "pointsize marker linecolor rgb '#\(color(place))'"
        }
        samples.append("with points pointtype 7 pointsize marker \(gray)")
        samples.append("with lines linewidth 2.8 \(gray)")
        if hasSpread {
            samples.append(
                isBand
                    ? "with filledcurves fillcolor rgb '#CC666666' fillstyle solid noborder"
                    : "with lines linewidth 0.9 linecolor rgb '#90666666'")
        }
        if hasTheory {
            samples.append("with lines linewidth 1.5 dashtype (9,5) linecolor rgb '#000000'")
        }
        if !targets.isEmpty {
            samples.append("with points pointtype '☆' linecolor rgb '#000000'")
        }
        var entries = zip(samples, legendTexts).map { "keyentry \($0) title \(Self.quoted($1))" }
        entries.insert("keyentry with lines linecolor rgb '#FFFFFFFF' title ' '", at: paths.count)
        return entries
    }

    /// In the order of the samples.
    private var legendTexts: [String] {
        let groups = paths.map { path in
            let label = path.label.isEmpty ? "all trials" : Self.clipped(path.label)
            return path.diverged > 0 ? "\(label) (\(path.diverged) diverged)" : label
        }
        var texts = groups + [markerText, medianText]
        if hasSpread { texts.append(spreadText) }
        if hasTheory { texts.append("theory") }
        if !targets.isEmpty { texts.append("target") }
        return texts
    }

    private var markerText: String {
        let every = Value.canonicalText(of: spec.markerEvery)
        switch (spec.markerUnit, every) {
        case ("time", _): return "every \(every) units of time"
        case (let unit, "1"): return "every \(unit)"
        case (let unit, _): return "every \(every) \(unit)s"
        }
    }

    private var medianText: String {
        let counts = paths.map(\.finished)
        let (fewest, most) = (counts.min() ?? 0, counts.max() ?? 0)
        let replicates = isPooled ? "trial" : "seed"
        if most == 1 { return "one \(replicates)" }
        let count = fewest == most ? "\(most)" : "\(fewest) to \(most)"
        return "median of \(count) \(replicates)s"
    }

    private var spreadText: String {
        let replicates = isPooled ? "trial" : "seed"
        guard case .band(let low, let high) = spec.spread else { return "each \(replicates)" }
        let percents = [low, high].map { Value.canonicalText(of: ($0 * 1000).rounded() / 10) }
        return "\(percents[0]) to \(percents[1]) % of \(replicates)s"
    }

    private var isBand: Bool { if case .band = spec.spread { true } else { false } }
    private var hasSpread: Bool { paths.contains { !$0.band.isEmpty || hasLines($0) } }
    private var hasTheory: Bool { paths.contains { !$0.theory.points.isEmpty } }
}
