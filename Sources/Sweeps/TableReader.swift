/// Reads `tables`.
struct TableReader {
    private(set) var vocabulary: Vocabulary
    private(set) var tables: [TableSpec] = []

    init(vocabulary: Vocabulary) {
        self.vocabulary = vocabulary
    }

    mutating func read(_ element: SourceNode, _ problems: inout Problems) {
        for member in element.mapping("tables", &problems) ?? [] {
            if let objection = objection(toName: member.key) {
                problems.add(member.origin, "\(SweepFileError.quoted(member.key)) \(objection)")
            }
            readTable(member.element, name: member.key, &problems)
        }
    }

    /// All axes by the last value of each loss, else of each metric: what a sweep's `main` is that
    /// its file says nothing of.
    static func mainTable(of plan: Plan) -> TableSpec {
        let metrics = plan.kind.metrics(of: plan.cell(at: 0).configuration)
        let losses = metrics.filter { $0.shape == .curve && $0.name.hasSuffix("loss") }
        let cells = (losses.isEmpty ? metrics : losses).map { metric in
            let reducer = metric.shape == .curve ? MetricReference.Reducer.last : nil
            return ColumnSpec(
                metric: MetricReference(name: metric.name, reducer: reducer), interval: .t95)
        }
        return TableSpec(name: "main", rows: nil, cells: cells)
    }

    private mutating func readTable(_ element: SourceNode, name: String, _ problems: inout Problems)
    {
        let what = "table '\(name.visible)'"
        let section = Section(
            element, what, keys: ["rows", "cols", "cells", "where", "min_seeds", "paired"],
            &problems)
        guard case .mapping = element.content else { return }
        var rows = section["rows"].flatMap { vocabulary.axes($0, "rows", &problems) }
        let columns = section["cols"].flatMap { vocabulary.axes($0, "cols", &problems) } ?? []
        for name in rows ?? [] where columns.contains(name) {
            let quoted = SweepFileError.quoted(name)
            problems.add(
                section["cols"]?.origin ?? element.origin,
                "\(quoted) is in both rows and cols; keep one")
        }
        if section["rows"] == nil, !columns.isEmpty {
            rows = vocabulary.plan?.axes.filter { axis in
                !columns.contains(axis.name) && !axis.keys.contains(where: columns.contains)
            }.map(\.name)
        }
        let minimum = section["min_seeds"]?.integer("min_seeds", in: 1...1_000_000, &problems)
        let condition = section["where"].flatMap {
            $0.condition("where", names: vocabulary.plan?.conditionNames, &problems)
        }
        let pairing = section["paired"].flatMap { readPairing($0, &problems) }
        guard let cells = section["cells"] else {
            problems.add(
                element.origin, "\(what) has no cells; write cells: [{metric: …}]")
            return
        }
        let columnsOfCells = readCells(cells, &problems)
        tables.append(
            TableSpec(
                name: name, rows: rows, columns: columns, cells: columnsOfCells,
                minimumSeeds: minimum ?? 1, condition: condition, pairing: pairing))
    }

    private func readPairing(
        _ element: SourceNode, _ problems: inout Problems
    ) -> TableSpec.Pairing? {
        let section = Section(element, "paired", keys: ["axis", "base"], &problems)
        guard case .mapping = element.content else { return nil }
        guard let axis = section["axis"]?.text("axis", &problems), let base = section["base"] else {
            problems.add(element.origin, "paired needs both; write {axis: …, base: …}")
            return nil
        }
        guard let value = base.value else {
            base.complain("base must be a value of \(axis.visible)", &problems)
            return nil
        }
        let pairing = TableSpec.Pairing(axis: axis, base: value)
        if let objection = vocabulary.plan?.objection(to: pairing) {
            problems.add(element.origin, objection)
            return nil
        }
        return pairing
    }

    private mutating func readCells(_ element: SourceNode, _ problems: inout Problems)
        -> [ColumnSpec]
    {
        guard let list = element.list("cells", &problems) else { return [] }
        if list.isEmpty { problems.add(element.origin, "no cells; write [{metric: …}]") }
        var cells: [ColumnSpec] = []
        for entry in list {
            guard let cell = readCell(entry, &problems) else { continue }
            if cells.contains(where: { $0.label == cell.label }) {
                problems.add(
                    entry.origin,
                    "two cells are called \(SweepFileError.quoted(cell.label)); give one a label")
            }
            cells.append(cell)
        }
        return cells
    }

    mutating func readCell(
        _ element: SourceNode, _ problems: inout Problems
    ) -> ColumnSpec? {
        let problemsBefore = problems.count
        let section = Section(
            element, "a cell", keys: ["metric", "stat", "ci", "theory", "unit", "label"],
            &problems)
        guard case .mapping = element.content else { return nil }
        guard let metricElement = section["metric"] else {
            problems.add(element.origin, "a cell needs a metric; write {metric: …}")
            return nil
        }
        let metric = readMetric(metricElement, &problems)
        let statistic = section["stat"].map { Self.readStatistic($0, &problems) } ?? .mean
        let interval = section["ci"]
            .flatMap { $0.word("ci", among: Interval.allCases.map(\.rawValue), &problems) }
            .flatMap(Interval.init(rawValue:))
        if let interval, let statistic, let ci = section["ci"] {
            Self.check(interval, of: statistic, at: ci.origin, &problems)
        }
        let unit = section["unit"].flatMap { vocabulary.unit($0, &problems) }
        if let metric, let unit = section["unit"], !isStep(metric) {
            problems.add(unit.origin, "\(metric) is no time; leave out the unit")
        }
        let theory = section["theory"].flatMap { Self.readTheory($0, &problems) }
        let label = section["label"].flatMap { $0.text("label", &problems) }
        guard let metric, let statistic, problems.count == problemsBefore else { return nil }
        return ColumnSpec(
            metric: metric, statistic: statistic, interval: interval, theory: theory, unit: unit,
            label: label)
    }

    private mutating func isStep(_ metric: MetricReference) -> Bool {
        metric.reducer.map { $0.powerOfStep != 0 }
            ?? (vocabulary.shape(of: metric.name) == .eventStep)
    }
}

// MARK: Words

extension TableReader {
    private mutating func readMetric(
        _ element: SourceNode, _ problems: inout Problems
    ) -> MetricReference? {
        guard let text = element.text("metric", &problems) else { return nil }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let shape = vocabulary.shape(of: name, at: element.origin, &problems) else {
            return nil
        }
        guard parts.count == 2 else {
            if shape != .curve { return MetricReference(name: name) }
            problems.add(
                element.origin,
                "\(name) is a curve; say what of it: "
                    + MetricReference.Reducer.examples.map { "\(name):\($0)" }
                    .joined(separator: ", "))
            return nil
        }
        guard shape == .curve else {
            problems.add(
                element.origin, "\(name) is no curve; leave out ':\(String(parts[1]).visible)'")
            return nil
        }
        do {
            let reducer = try MetricReference.Reducer(String(parts[1]))
            if let objection = vocabulary.plan?.objection(to: reducer, of: name) {
                problems.add(element.origin, objection)
                return nil
            }
            return MetricReference(name: name, reducer: reducer)
        } catch {
            problems.add(element.origin, error.description)
            return nil
        }
    }

    private static func readStatistic(
        _ element: SourceNode, _ problems: inout Problems
    ) -> Statistic? {
        let text = element.value?.text ?? ""
        if let statistic = Statistic(text) { return statistic }
        let words = ["mean", "sd", "median", "q10", "q90", "fraction"]
        element.complain(
            "stat cannot be \(element.phrase)" + suggestion(for: text, among: words), &problems)
        return nil
    }

    private static func check(
        _ interval: Interval, of statistic: Statistic, at origin: SweepFileError.Origin,
        _ problems: inout Problems
    ) {
        switch (interval, statistic) {
        case (.t95, .mean), (.wilson95, .fraction), (.bootstrap95, _): break
        case (.t95, _): problems.add(origin, "t95 goes with mean; use bootstrap95 for \(statistic)")
        case (.wilson95, _):
            problems.add(origin, "wilson95 goes with fraction; use bootstrap95 for \(statistic)")
        }
    }

    private static func readTheory(
        _ element: SourceNode, _ problems: inout Problems
    ) -> TheoryUse? {
        if case .scalar(.flag(let flag)) = element.content { return flag ? .value : nil }
        return element.word("theory", among: TheoryUse.allCases.map(\.rawValue), &problems)
            .flatMap(TheoryUse.init(rawValue:))
    }
}

/// - Returns: 0.1 of `q10`; nil unless it is a percentage from 0 to 100.
func quantileShare(_ text: String) -> Double? {
    guard text.hasPrefix("q"),
        case .value(.number(let percent)) = PlainScalar(String(text.dropFirst())),
        (0...100).contains(percent)
    else { return nil }
    return percent / 100
}
