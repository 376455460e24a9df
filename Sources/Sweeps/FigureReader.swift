/// Reads `figures`.
struct FigureReader {
    var vocabulary: Vocabulary
    private(set) var figures: [FigureSpec] = []

    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    /// What a figure shows; each has exactly one of them.
    private static let subjects = ["plane", "curve", "heat", "entries", "cube", "images"]

    mutating func read(_ element: SourceNode, _ problems: inout Problems) {
        for member in element.mapping("figures", &problems) ?? [] {
            if let objection = objection(toName: member.key) {
                problems.add(member.origin, "\(SweepFileError.quoted(member.key)) \(objection)")
            }
            if let figure = readFigure(member.element, name: member.key, &problems) {
                figures.append(figure)
            }
        }
    }

    private mutating func readFigure(
        _ element: SourceNode, name: String, _ problems: inout Problems
    ) -> FigureSpec? {
        let what = "figure '\(name.visible)'"
        guard let members = element.mapping(what, &problems) else { return nil }
        let subjects = members.filter { Self.subjects.contains($0.key) }
        guard let subject = subjects.first else {
            problems.add(
                element.origin,
                "\(what) has nothing to draw; write plane: [output/1, output/2], curve: ood_loss, "
                    + "heat: [x, y], entries: w, cube: node_loss or images: sample")
            return nil
        }
        if subjects.count > 1 {
            problems.add(
                subjects[1].origin,
                "\(what) has \(subject.key) and \(subjects[1].key); keep one")
            return nil
        }
        switch subject.key {
        case "plane": return readPlane(element, what, name: name, &problems).map { .plane($0) }
        case "curve": return readCurve(element, what, name: name, &problems).map { .curve($0) }
        case "heat": return readHeat(element, what, name: name, &problems).map { .heat($0) }
        case "entries":
            return readEntries(element, what, name: name, &problems).map { .entries($0) }
        case "images": return readImages(element, what, name: name, &problems).map { .images($0) }
        default: return readCube(element, what, name: name, &problems).map { .cube($0) }
        }
    }

    private mutating func readPlane(
        _ element: SourceNode, _ what: String, name: String, _ problems: inout Problems
    ) -> PlaneSpec? {
        let section = Section(
            element, what,
            keys: ["plane", "by", "where", "facet", "band", "lines", "theory", "markers"],
            &problems)
        let curves = section["plane"].flatMap { readCurves($0, &problems) }
        let groups = readGroups(section, &problems)
        let spread = readSpread(section, &problems)
        let theory = section["theory"].flatMap { $0.flag("theory", &problems) } ?? false
        let markers =
            section["markers"].map { readMarkers($0, &problems) } ?? (5, vocabulary.timeUnit)
        guard let curves, let markers, let spread else { return nil }
        return PlaneSpec(
            name: name, x: curves.x, y: curves.y, by: groups.by, condition: groups.condition,
            facet: groups.facet, spread: spread, theory: theory, markerEvery: markers.every,
            markerUnit: markers.unit)
    }

    private mutating func readCurve(
        _ element: SourceNode, _ what: String, name: String, _ problems: inout Problems
    ) -> CurveSpec? {
        let section = Section(
            element, what,
            keys: ["curve", "by", "where", "facet", "band", "theory", "log", "unit"], &problems)
        let metrics = section["curve"].map { readMetrics($0, &problems) } ?? []
        let groups = readGroups(section, &problems)
        var band = 0.1...0.9
        switch readSpread(section, &problems) {
        case .band(let low, let high)?: band = low...high
        case .lines?: break
        case nil: return nil
        }
        let log = section["log"].map { readLog($0, &problems) } ?? []
        let theory = section["theory"].flatMap { $0.flag("theory", &problems) } ?? false
        guard let unit = readUnit(section, &problems), !metrics.isEmpty else { return nil }
        return CurveSpec(
            name: name, metrics: metrics, by: groups.by, condition: groups.condition,
            facet: groups.facet, band: band, theory: theory, logX: log.contains("x"),
            logY: log.contains("y"), unit: unit)
    }

    private mutating func readHeat(
        _ element: SourceNode, _ what: String, name: String, _ problems: inout Problems
    ) -> HeatSpec? {
        let section = Section(
            element, what, keys: ["heat", "cell", "where", "facet"], &problems)
        let groups = readGroups(section, &problems)
        guard let heat = section["heat"],
            let axes = vocabulary.axes(heat, "heat", &problems)
        else { return nil }
        guard let cell = section["cell"] else {
            problems.add(
                element.origin, "\(what) has no cell; write cell: {metric: …, stat: …}")
            return nil
        }
        var reader = TableReader(vocabulary: vocabulary)
        let column = reader.readCell(cell, &problems)
        let names = axes + (groups.facet.map { [$0] } ?? [])
        guard axes.count == 2, Set(names).count == names.count else {
            problems.add(
                heat.origin,
                axes.count == 2
                    ? "\(SweepFileError.quoted(names[2])) is in heat and facet; keep one"
                    : "heat needs two axes, not \(axes.count)")
            return nil
        }
        return column.map {
            HeatSpec(
                name: name, x: axes[0], y: axes[1], facet: groups.facet,
                condition: groups.condition, cell: $0)
        }
    }

    private mutating func readEntries(
        _ element: SourceNode, _ what: String, name: String, _ problems: inout Problems
    ) -> EntriesSpec? {
        let section = Section(
            element, what,
            keys: ["entries", "beside", "where", "facet", "theory", "log", "unit"], &problems)
        let entries = section["entries"].map { readFamily($0, "entries", &problems) } ?? []
        let beside = section["beside"].map { readMetrics($0, &problems) } ?? []
        if beside.count > 1, let element = section["beside"] {
            problems.add(element.origin, "beside takes one curve, not \(beside.count)")
        }
        let groups = readGroups(section, &problems)
        let theory = section["theory"].flatMap { $0.flag("theory", &problems) } ?? false
        let log = section["log"].flatMap { $0.word("log", among: ["x"], &problems) }
        guard let unit = readUnit(section, &problems), !entries.isEmpty else { return nil }
        return EntriesSpec(
            name: name, entries: entries, beside: beside.first, condition: groups.condition,
            facet: groups.facet, theory: theory, logX: log != nil, unit: unit)
    }

    private mutating func readCube(
        _ element: SourceNode, _ what: String, name: String, _ problems: inout Problems
    ) -> CubeSpec? {
        let section = Section(
            element, what, keys: ["cube", "at", "unit", "clip", "where"], &problems)
        let nodes = section["cube"].map { readFamily($0, "cube", &problems) } ?? []
        let groups = readGroups(section, &problems)
        var clip: Double?
        if let given = section["clip"] {
            clip = given.value?.number
            if !((clip ?? 0) > 0) {
                given.complain("clip must be a number over 0, not \(given.phrase)", &problems)
            }
        }
        let times = section["at"]?.value?.numbers ?? []
        if times.isEmpty || times.contains(where: { $0 < 0 }) || times.count > 6 {
            problems.add(
                section["at"]?.origin ?? element.origin,
                "\(what) needs one to six times; write at: [0, 2, 4]")
        }
        guard let unit = readUnit(section, &problems), !nodes.isEmpty else { return nil }
        return CubeSpec(
            name: name, nodes: nodes, times: times, unit: unit, clip: clip,
            condition: groups.condition)
    }
}
