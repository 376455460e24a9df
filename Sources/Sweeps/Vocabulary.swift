/// What the tables and figures of a sweep may name: its axes, and the metrics of its cells.
///
/// Where the grid itself has problems there is no plan, and names go unchecked.
struct Vocabulary {
    typealias Origin = SweepFileError.Origin

    let plan: Plan?
    private var shapes: [String: Metric.Shape] = [:]
    /// The names of the metrics that have been seen, in order.
    private var names: [String] = []
    private var cellsSeen = 0

    init(plan: Plan?) {
        self.plan = plan
    }

    /// The shape of a metric in the first cell that has it; nil where none has.
    mutating func shape(of name: String) -> Metric.Shape? {
        guard let plan else { return nil }
        while shapes[name] == nil, cellsSeen < plan.cellCount {
            let configuration = plan.cell(at: cellsSeen).configuration
            for metric in plan.metrics(of: configuration) where shapes[metric.name] == nil {
                shapes[metric.name] = metric.shape
                names.append(metric.name)
            }
            cellsSeen += 1
        }
        return shapes[name]
    }

    mutating func shape(
        of name: String, at origin: Origin, _ problems: inout Problems
    ) -> Metric.Shape? {
        if let shape = shape(of: name) { return shape }
        guard plan != nil else { return nil }
        problems.add(
            origin,
            "no metric \(SweepFileError.quoted(name)) in this sweep"
                + suggestion(for: name, among: names))
        return nil
    }

    /// The curves of any cell whose names are this word, a slash and more, in order.
    func curves(of word: String) -> [String] {
        guard let plan else { return [] }
        var found: [String] = []
        for index in 0..<plan.cellCount {
            let metrics = plan.kind.metrics(of: plan.cell(at: index).configuration)
            for metric in metrics where metric.shape == .curve && !found.contains(metric.name) {
                if metric.name.hasPrefix(word + "/") { found.append(metric.name) }
            }
        }
        return found
    }

    /// Reads an axis or a key that varies.
    func axis(_ element: SourceNode, _ what: String, _ problems: inout Problems) -> String? {
        axes(SourceNode(origin: element.origin, content: .list([element])), what, &problems)?.first
    }

    /// Reads a list of axes and keys that vary.
    func axes(_ element: SourceNode, _ what: String, _ problems: inout Problems) -> [String]? {
        guard let list = element.list(what, &problems) else { return nil }
        var names: [String] = []
        let axes = plan?.axes ?? []
        let known = axes.map(\.name) + axes.filter { $0.keys != [$0.name] }.flatMap(\.keys)
        for entry in list {
            guard let name = entry.text("an axis in \(what)", &problems) else { continue }
            if names.contains(name) {
                problems.add(entry.origin, "\(entry.phrase) is there twice; keep one")
            } else if let plan, !known.contains(name), plan.fixed[name] == nil {
                // A key with one value may be named: an override can leave an axis only that.
                problems.add(
                    entry.origin,
                    "\(entry.phrase) is no axis of this sweep"
                        + (known.isEmpty
                            ? ", which has none; leave it out"
                            : suggestion(for: name, among: known)))
            }
            names.append(name)
        }
        return names
    }

    /// What time is told in where the file does not say: epochs, for a kind that has them.
    var timeUnit: String { hasUnit("epoch") ? "epoch" : "step" }

    func unit(_ element: SourceNode, _ problems: inout Problems) -> String? {
        guard let unit = element.text("unit", &problems) else { return nil }
        if hasUnit(unit) { return unit }
        problems.add(
            element.origin,
            "\(plan?.kind.name ?? "the kind") has no unit \(element.phrase)"
                + suggestion(for: unit, among: ["step", "epoch", "time"].filter(hasUnit)))
        return nil
    }

    private func hasUnit(_ unit: String) -> Bool {
        guard let plan else { return true }
        return plan.kind.steps(per: unit, of: plan.cell(at: 0).configuration) != nil
    }
}
