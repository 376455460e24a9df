/// Reads the sections of a sweep file one by one, and goes on after a problem.
struct SweepFileReader {
    typealias Origin = SweepFileError.Origin

    private static let keys = [
        "name", "kind", "method", "parameters", "seeds", "log", "run", "tables", "figures",
    ]
    private static let unsupportedKeys = [
        "conditional", "exclude", "where", "draws", "rows", "theory", "notify", "command", "files",
        "serve", "init", "data",
    ]

    let path: String
    let kinds: [any TrialKind]
    private var overrides: [Override] = []

    init(path: String, kinds: [any TrialKind]) {
        self.path = path
        self.kinds = kinds
    }

    /// - Returns: nil where the problems left too little.
    mutating func read(
        _ text: [UInt8], overrides texts: [String], _ problems: inout Problems
    ) -> SweepFile? {
        overrides = Override.read(texts, &problems)
        guard let root = YAMLReader.read(text, problems: &problems) else { return nil }
        let file = Section(
            root, "the sweep file", keys: Self.keys, unsupported: Self.unsupportedKeys, &problems)
        guard case .mapping = root.content else { return nil }
        let name = readName(file["name"], &problems)
        readMethod(file["method"], &problems)
        let run = readRun(file["run"], &problems)
        let plan = readPlan(file, name: name ?? "sweep", &problems)
        var tables = TableReader(vocabulary: Vocabulary(plan: plan))
        if let element = file["tables"] { tables.read(element, &problems) }
        var figures = FigureReader(vocabulary: tables.vocabulary)
        if let element = file["figures"] { figures.read(element, &problems) }
        guard let plan else { return nil }
        let hasMain = tables.tables.contains { $0.name == "main" }
        return SweepFile(
            name: plan.name, plan: plan, run: run,
            tables: (hasMain ? [] : [TableReader.mainTable(of: plan)]) + tables.tables,
            figures: figures.figures)
    }
}

// MARK: The grid

extension SweepFileReader {
    private mutating func readPlan(
        _ file: Section, name: String, _ problems: inout Problems
    ) -> Plan? {
        let problemsBefore = problems.count
        let seeds = readSeeds(file["seeds"], &problems)
        guard let kind = readKind(file["kind"], &problems) else { return nil }
        var axes = AxisReader(kind: kind)
        if let parameters = file["parameters"] { axes.read(parameters: parameters, &problems) }
        if let log = file["log"] { axes.read(log: log, &problems) }
        for override in overrides where isAxis(override, &problems) {
            axes.apply(override, &problems)
        }
        guard let seeds, problems.count == problemsBefore else { return nil }
        let place = file.member("parameters")?.origin ?? .start
        return makePlan(name: name, axes: axes, seeds: seeds, place: place, &problems)
    }

    private func makePlan(
        name: String, axes: AxisReader, seeds: Seeds, place: Origin, _ problems: inout Problems
    ) -> Plan? {
        let grid = axes.axes
        let cells = Plan.pointCount(axes: grid)
        let trials = cells.map { $0.multipliedReportingOverflow(by: seeds.count) }
        guard let trials, !trials.overflow, trials.partialValue <= Plan.trialLimit else {
            let sizes =
                grid.map { "\($0.rows.count) \($0.name.visible)" } + ["\(seeds.count) seeds"]
            problems.add(
                place,
                "\(sizes.joined(separator: " × ")) are over \(Plan.trialLimit) trials; "
                    + "split the sweep")
            return nil
        }
        let (distinctPoints, misfits) = Plan.check(kind: axes.kind, axes: grid, fixed: axes.fixed)
        for misfit in misfits {
            let values = zip(grid, misfit.rows).map { "\($0.name) = \($0.text(row: $1))" }
            let cell = values.isEmpty ? "" : " (where \(values.joined(separator: ", ").visible))"
            problems.add(
                axes.origins[misfit.error.key] ?? place,
                "\(misfit.error)\(cell)")
        }
        guard misfits.isEmpty else { return nil }
        return Plan(
            name: name, kind: axes.kind, axes: grid, seeds: seeds, fixed: axes.fixed,
            distinctPoints: distinctPoints)
    }

    /// Whether an override that is left is for the trial kind; the sections' own have been taken.
    private func isAxis(_ override: Override, _ problems: inout Problems) -> Bool {
        let section = override.key.prefix { $0 != "." }
        guard ["seeds", "run"].contains(section) else { return true }
        let known = ["seeds.count", "seeds.root", "run.threads", "run.retry.host_lost"]
        problems.add(
            override.origin,
            "\(SweepFileError.quoted(override.key)) cannot be overridden"
                + suggestion(for: override.key, among: known))
        return false
    }
}

// MARK: Sections

extension SweepFileReader {
    private func readName(_ element: SourceNode?, _ problems: inout Problems) -> String? {
        let name: String
        if let element {
            guard let text = element.text("name", &problems) else { return nil }
            name = text
        } else {
            let last = path.split(separator: "/").last ?? ""
            name = String(last.lastIndex(of: ".").map { last[..<$0] } ?? last)
        }
        let origin = element?.origin ?? .start
        if ["last", "all"].contains(name) {
            problems.add(origin, "'\(name)' selects sweeps; give the sweep another name")
            return nil
        }
        if let objection = objection(toName: name) {
            problems.add(
                origin,
                element == nil
                    ? "the file's name \(SweepFileError.quoted(name)) \(objection); or give a name:"
                    : "\(SweepFileError.quoted(name)) \(objection)")
            return nil
        }
        return name
    }

    private func readKind(_ element: SourceNode?, _ problems: inout Problems) -> (any TrialKind)? {
        let known = kinds.map(\.name)
        guard let element else {
            if let kind = kinds.first(where: { $0.name == "sim" }) { return kind }
            problems.add(.start, "no kind; known are \(known.joined(separator: ", "))")
            return nil
        }
        guard let name = element.text("kind", &problems) else { return nil }
        if let kind = kinds.first(where: { $0.name == name }) { return kind }
        let isLater = ["sim", "matrix", "diffusion", "command"].contains(name)
        problems.add(
            element.origin,
            isLater
                ? "kind '\(name)' is not supported by this version; "
                    + "known are \(known.joined(separator: ", "))"
                : "unknown kind \(SweepFileError.quoted(name))"
                    + suggestion(for: name, among: known))
        return nil
    }

    private func readMethod(_ element: SourceNode?, _ problems: inout Problems) {
        guard let element, let method = element.text("method", &problems), method != "grid" else {
            return
        }
        problems.add(
            element.origin,
            ["random", "sobol", "list", "bayes"].contains(method)
                ? "method '\(method)' is not supported by this version; write grid"
                : "unknown method \(SweepFileError.quoted(method)); write grid")
    }

    private mutating func readSeeds(_ element: SourceNode?, _ problems: inout Problems) -> Seeds? {
        let section = element.map { Section($0, "seeds", keys: ["count", "root"], &problems) }
        let count = read(
            "seeds.count", section?["count"], in: 1...1_000_000, default: 1, &problems)
        let root = read("seeds.root", section?["root"], in: 0...(1 << 53), default: 0, &problems)
        guard let count, let root else { return nil }
        return Seeds(count: count, root: UInt64(root))
    }

    private mutating func readRun(_ element: SourceNode?, _ problems: inout Problems) -> RunSettings
    {
        let section = element.map {
            Section(
                $0, "run", keys: ["threads", "retry"],
                unsupported: [
                    "memory", "time_limit", "checkpoint", "max_fails", "order", "priority",
                ], &problems)
        }
        let retry = section?["retry"].map {
            Section($0, "retry", keys: ["host_lost"], unsupported: ["crash"], &problems)
        }
        let threads = read("run.threads", section?["threads"], in: 1...1024, default: 1, &problems)
        let limit = read(
            "run.retry.host_lost", retry?["host_lost"], in: 1...1_000_000, default: 20, &problems)
        return RunSettings(threads: threads ?? 1, hostLostLimit: limit ?? 20)
    }

    /// The override of a whole number, else what the file says, else the default.
    private mutating func read(
        _ key: String, _ element: SourceNode?, in range: ClosedRange<Int>, default value: Int,
        _ problems: inout Problems
    ) -> Int? {
        let inFile = element.map { $0.integer(key, in: range, &problems) } ?? value
        guard let override = overrides.take(key, &problems) else { return inFile }
        return override.integer(key, in: range, &problems)
    }
}
