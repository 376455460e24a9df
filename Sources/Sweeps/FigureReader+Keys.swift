/// Keys that figures of several kinds have.
extension FigureReader {
    /// Which cells a figure shows, and how it tells them apart.
    struct Groups {
        let by: [String]?
        let condition: Condition?
        let facet: String?
    }

    func readGroups(_ section: Section, _ problems: inout Problems) -> Groups {
        let by = section["by"].flatMap { vocabulary.axes($0, "by", &problems) }
        let condition = section["where"].flatMap {
            $0.condition("where", names: vocabulary.plan?.conditionNames, &problems)
        }
        let facet = section["facet"].flatMap { vocabulary.axis($0, "facet", &problems) }
        if let facet, let by, by.contains(facet), let element = section["facet"] {
            problems.add(
                element.origin, "\(SweepFileError.quoted(facet)) is in by and facet; keep one")
        }
        return Groups(by: by, condition: condition, facet: facet)
    }

    /// What time is told in; nil after a problem.
    func readUnit(_ section: Section, _ problems: inout Problems) -> String? {
        section["unit"].map { vocabulary.unit($0, &problems) } ?? vocabulary.timeUnit
    }

    /// The curves of a word: of `w` these are `w/1/1` and so on.
    func readFamily(
        _ element: SourceNode, _ what: String, _ problems: inout Problems
    ) -> [String] {
        guard let word = element.text(what, &problems) else { return [] }
        let curves = vocabulary.curves(of: word)
        if curves.isEmpty, vocabulary.plan != nil {
            problems.add(
                element.origin,
                "no curves '\(word.visible)/…' in this sweep; the kind's measure keys ask for them")
        }
        return curves
    }

    /// One curve, or a list of them.
    mutating func readMetrics(
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
    func readLog(_ element: SourceNode, _ problems: inout Problems) -> [String] {
        let entries =
            if case .list(let entries) = element.content { entries } else { [element] }
        return entries.compactMap { $0.word("log", among: ["x", "y"], &problems) }
    }

    mutating func readCurves(
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

    func readSpread(_ section: Section, _ problems: inout Problems) -> PlaneSpec.Spread? {
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

    func readMarkers(
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
