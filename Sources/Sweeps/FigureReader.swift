/// Reads `figures`.
struct FigureReader {
    private var vocabulary: Vocabulary
    private(set) var figures: [FigureSpec] = []

    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    mutating func read(_ element: SourceNode, _ problems: inout Problems) {
        for member in element.mapping("figures", &problems) ?? [] {
            if let objection = objection(toName: member.key) {
                problems.add(member.origin, "\(SweepFileError.quoted(member.key)) \(objection)")
            }
            if case .mapping(let members) = member.element.content,
                members.contains(where: { $0.key == "curve" })
            {
                readCurve(member.element, name: member.key, &problems)
            } else {
                readPlane(member.element, name: member.key, &problems)
            }
        }
    }

    private mutating func readPlane(_ element: SourceNode, name: String, _ problems: inout Problems)
    {
        let what = "figure '\(name.visible)'"
        let section = Section(
            element, what, keys: ["plane", "by", "band", "lines", "theory", "markers"],
            unsupported: [
                "heat", "entries", "cube", "images", "facet", "facets", "where", "log",
                "unit",
            ], &problems)
        guard case .mapping(let members) = element.content else { return }
        guard let plane = section["plane"] else {
            if !members.contains(where: { ["heat", "entries", "cube", "images"].contains($0.key) })
            {
                problems.add(
                    element.origin,
                    "\(what) has no plane and no curve; "
                        + "write plane: [output/1, output/2], or curve: ood_loss")
            }
            return
        }
        let curves = readCurves(plane, &problems)
        let by = section["by"].flatMap { vocabulary.axes($0, "by", &problems) }
        let spread = readSpread(section, &problems)
        let theory = section["theory"].flatMap { $0.flag("theory", &problems) } ?? false
        let markers =
            section["markers"].map { readMarkers($0, &problems) } ?? (5, vocabulary.timeUnit)
        guard let curves, let markers, let spread else { return }
        figures.append(
            .plane(
                PlaneSpec(
                    name: name, x: curves.x, y: curves.y, by: by, spread: spread, theory: theory,
                    markerEvery: markers.every, markerUnit: markers.unit)))
    }

    private mutating func readCurve(_ element: SourceNode, name: String, _ problems: inout Problems)
    {
        let section = Section(
            element, "figure '\(name.visible)'",
            keys: ["curve", "by", "where", "band", "theory", "log", "unit"],
            unsupported: ["facet"], &problems)
        let metrics = section["curve"].map { readMetrics($0, &problems) } ?? []
        let by = section["by"].flatMap { vocabulary.axes($0, "by", &problems) }
        let condition = section["where"].flatMap {
            $0.condition("where", names: vocabulary.plan?.conditionNames, &problems)
        }
        var band = 0.1...0.9
        switch readSpread(section, &problems) {
        case .band(let low, let high)?: band = low...high
        case .lines?: break
        case nil: return
        }
        let log = section["log"].map { readLog($0, &problems) } ?? []
        let theory = section["theory"].flatMap { $0.flag("theory", &problems) } ?? false
        let unit = section["unit"].map { vocabulary.unit($0, &problems) } ?? vocabulary.timeUnit
        guard !metrics.isEmpty, let unit else { return }
        figures.append(
            .curve(
                CurveSpec(
                    name: name, metrics: metrics, by: by, condition: condition, band: band,
                    theory: theory, logX: log.contains("x"), logY: log.contains("y"), unit: unit)))
    }

    /// One curve, or a list of them.
    private mutating func readMetrics(
        _ element: SourceNode, _ problems: inout Problems
    ) -> [String] {
        let entries =
            if case .list(let entries) = element.content { entries } else { [element] }
        if entries.isEmpty { problems.add(element.origin, "no curve; write curve: ood_loss") }
        var names: [String] = []
        for entry in entries {
            guard let name = entry.text("curve", &problems),
                let shape = vocabulary.shape(of: name, at: entry.origin, &problems)
            else { continue }
            if shape != .curve {
                problems.add(entry.origin, "\(name) is no curve; a table shows single numbers")
            } else if names.contains(name) {
                problems.add(entry.origin, "\(entry.phrase) is there twice; keep one")
            } else {
                names.append(name)
            }
        }
        return names
    }

    /// `x`, `y` or a list of both.
    private func readLog(_ element: SourceNode, _ problems: inout Problems) -> [String] {
        let entries =
            if case .list(let entries) = element.content { entries } else { [element] }
        return entries.compactMap { $0.word("log", among: ["x", "y"], &problems) }
    }

    private mutating func readCurves(
        _ element: SourceNode, _ problems: inout Problems
    ) -> (x: String, y: String)? {
        guard let list = element.list("plane", &problems) else { return nil }
        guard list.count == 2 else {
            problems.add(element.origin, "plane needs two curves, not \(list.count)")
            return nil
        }
        var names: [String] = []
        for entry in list {
            guard let name = entry.text("a curve of plane", &problems),
                let shape = vocabulary.shape(of: name, at: entry.origin, &problems)
            else { continue }
            if shape == .curve {
                names.append(name)
            } else {
                problems.add(entry.origin, "\(name) is no curve; name one, such as output/1")
            }
        }
        return names.count == 2 ? (names[0], names[1]) : nil
    }

    private func readSpread(
        _ section: Section, _ problems: inout Problems
    ) -> PlaneSpec.Spread? {
        if let lines = section["lines"] {
            if section["band"] != nil {
                problems.add(lines.origin, "band and lines are both given; keep one")
            }
            guard let flag = lines.flag("lines", &problems) else { return nil }
            if !flag { problems.add(lines.origin, "lines can only be true; else give a band") }
        }
        guard let band = section["band"] else { return .lines }
        guard let list = band.list("band", &problems) else { return nil }
        let quantiles = list.compactMap { $0.value?.text.flatMap(quantileShare) }
        guard list.count == 2, quantiles.count == 2, quantiles[0] < quantiles[1] else {
            band.complain(
                "band must be two quantiles, the lower first; write [q10, q90]", &problems)
            return nil
        }
        return .band(quantiles[0], quantiles[1])
    }

    private func readMarkers(
        _ element: SourceNode, _ problems: inout Problems
    ) -> (every: Double, unit: String)? {
        let section = Section(element, "markers", keys: ["every", "unit"], &problems)
        var every = 5.0
        if let given = section["every"] {
            if let number = given.value?.number, number > 0 {
                every = number
            } else {
                given.complain("every must be a number over 0, not \(given.phrase)", &problems)
            }
        }
        let unit = section["unit"].map { vocabulary.unit($0, &problems) } ?? vocabulary.timeUnit
        return unit.map { (every, $0) }
    }
}
