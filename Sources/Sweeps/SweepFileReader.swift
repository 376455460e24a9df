/// Reads the sections of a sweep file one by one, and goes on after a problem.
struct SweepFileReader {
    typealias Origin = SweepFileError.Origin

    private static let keys = [
        "name", "kind", "method", "parameters", "conditional", "exclude", "draws", "rows", "seeds",
        "log", "init", "data", "judge", "run", "theory", "tables", "figures", "notify",
    ]
    /// What a sweep file of W&B has besides, and why it does nothing here.
    private static let foreignKeys = [
        "program": "a kind of trial has its own code", "metric": "tables say what is measured",
        "description": "a comment (#) does as well", "project": "a store holds all sweeps",
        "entity": "a store holds all sweeps", "early_terminate": "every trial runs to its end",
        "run_cap": "every cell of the plan is run", "command": "a kind of trial has its own code",
    ]
    private static let unsupportedKeys = ["files", "serve"]

    let path: String
    let kinds: [any TrialKind]
    /// See `GridBuilder`.
    var fullCheckLimit = GridBuilder.fullCheckLimit
    private let files: FileReader
    private var run = RunReader(overrides: [])
    private var notes: [SweepFileError] = []

    init(path: String, kinds: [any TrialKind], files: any AttachmentSource) {
        self.path = path
        self.kinds = kinds
        self.files = FileReader(files)
    }

    /// - Returns: nil where the problems left too little.
    mutating func read(
        _ text: [UInt8], overrides: [String], _ problems: inout Problems
    ) -> SweepFile? {
        run = RunReader(overrides: Override.read(overrides, &problems))
        guard let root = YAMLReader.read(text, problems: &problems) else { return nil }
        let file = Section(
            root, "the sweep file", keys: Self.keys, unsupported: Self.unsupportedKeys,
            ignored: Array(Self.foreignKeys.keys), &problems)
        guard case .mapping = root.content else { return nil }
        noteForeignKeys(file)
        let name = readName(file["name"], &problems)
        let settings = run.run(file["run"], &problems)
        let plan = readPlan(file, name: name ?? "sweep", &problems)
        var vocabulary = Vocabulary(plan: plan)
        let theory = file["theory"].map { Self.readTheory($0, &vocabulary, &problems) } ?? []
        let notify = file["notify"].map { RunReader.notify($0, &problems) } ?? []
        var tables = TableReader(vocabulary: vocabulary)
        if let element = file["tables"] { tables.read(element, &problems) }
        var figures = FigureReader(vocabulary: tables.vocabulary)
        if let element = file["figures"] { figures.read(element, &problems) }
        guard let plan else { return nil }
        noteCheckpoint(file, settings, plan.kind)
        let hasMain = tables.tables.contains { $0.name == "main" }
        return SweepFile(
            name: plan.name, plan: plan, run: settings,
            tables: (hasMain ? [] : [TableReader.mainTable(of: plan)]) + tables.tables,
            figures: figures.figures, theory: theory, notify: notify,
            attachments: files.attachments, notes: notes)
    }

    /// What is read and checked, and has no effect for this kind, is said: nothing is passed over in
    /// silence.
    private mutating func noteCheckpoint(
        _ file: Section, _ settings: RunSettings, _ kind: any TrialKind
    ) {
        guard case .mapping(let run) = file["run"]?.content, settings.checkpoint != .off,
            !kind.keepsCheckpoints,
            let checkpoint = run.first(where: { $0.key == "checkpoint" })
        else { return }
        notes.append(
            SweepFileError(
                path: path, origin: checkpoint.origin,
                message: "'checkpoint' has no effect: the state of a '\(kind.name)' trial is not "
                    + "kept, an interrupted one begins anew"))
        notes.sort { $0.origin < $1.origin }
    }

    private mutating func noteForeignKeys(_ file: Section) {
        for member in Self.foreignKeys.keys.sorted().compactMap(file.member) {
            let reason = Self.foreignKeys[member.key] ?? ""
            notes.append(
                SweepFileError(
                    path: path, origin: member.origin,
                    message: "'\(member.key)' does nothing here: \(reason)"))
        }
        notes.sort { $0.origin < $1.origin }
    }
}

// MARK: The grid

extension SweepFileReader {
    private mutating func readPlan(
        _ file: Section, name: String, _ problems: inout Problems
    ) -> Plan? {
        let countBefore = problems.count
        let seeds = run.seeds(file["seeds"], &problems)
        let method = readMethod(file["method"], &problems)
        guard let kind = readKind(file["kind"], &problems) else { return nil }
        var axes = AxisReader(kind: kind, method: method, files: files)
        if let parameters = file["parameters"] { axes.read(parameters: parameters, &problems) }
        if let conditional = file["conditional"] { axes.read(conditional: conditional, &problems) }
        for (section, known) in [
            ("log", ["every", "points", "spacing"]), ("init", ["file"]), ("data", ["file"]),
            ("judge", ["classifier"]),
        ] {
            guard let element = file[section] else { continue }
            axes.read(section, element, known: known, &problems)
        }
        let order = readOrder(file, method, root: seeds?.root ?? 0, &axes, &problems)
        for override in run.overrides where isAxis(override, &problems) {
            axes.apply(override, &problems)
        }
        axes.checkNames(&problems)
        let conditions = readConditions(file, axes, &problems)
        guard let seeds, let order, problems.count == countBefore else { return nil }
        var builder = GridBuilder(kind: kind, fixed: axes.fixed, dimensions: axes.dimensions)
        builder.order = order
        builder.fullCheckLimit = fullCheckLimit
        builder.blocks = axes.blocks(conditions.whens)
        builder.excludes = conditions.excludes
        let place = file.member("parameters")?.origin ?? file.member("rows")?.origin ?? .start
        return makePlan(
            name: name, builder, axes, seeds: seeds, file: file, place: place, &problems)
    }

    /// - Returns: nil where there is a problem.
    private mutating func readOrder(
        _ file: Section, _ method: SweepMethod, root: UInt64, _ axes: inout AxisReader,
        _ problems: inout Problems
    ) -> GridBuilder.Order? {
        let owners = ["draws": "random or sobol", "rows": "list"]
        let isDrawn = method.draws != nil
        for (key, isInPlace) in [("draws", isDrawn), ("rows", method == .list)] where !isInPlace {
            guard let member = file.member(key) else { continue }
            problems.add(
                member.origin, "\(key) goes with method: \(owners[key] ?? ""), not with \(method)")
        }
        let origin = file["method"]?.origin ?? .start
        if let draws = method.draws {
            guard
                let count = run.draws(file["draws"], method: draws, at: origin, &problems)
            else { return nil }
            return .drawn(Draws(method: draws, count: count, root: root))
        }
        guard method == .list else { return .grid }
        guard let rows = file["rows"] else {
            problems.add(origin, "method list needs rows; write rows: FILE.csv")
            return nil
        }
        return axes.read(rows: rows, &problems).map { .listed($0) }
    }

    private func readConditions(
        _ file: Section, _ axes: AxisReader, _ problems: inout Problems
    ) -> (whens: [Condition], excludes: [Condition]) {
        let names = axes.conditionNames
        let whens = axes.conditionals.compactMap {
            $0.when.condition("when", names: names, &problems)
        }
        let excludes = (file["exclude"]?.list("exclude", &problems) ?? []).compactMap {
            $0.condition("a condition in exclude", names: names, &problems)
        }
        return (whens, excludes)
    }

    /// Whether an override that is left is for the trial kind; the sections' own have been taken.
    private func isAxis(_ override: Override, _ problems: inout Problems) -> Bool {
        let section = override.key.prefix { $0 != "." }
        guard ["seeds", "run", "draws"].contains(section) else { return true }
        problems.add(
            override.origin,
            override.key == "draws"
                ? "draws goes with method: random or sobol"
                : "\(SweepFileError.quoted(override.key)) cannot be overridden"
                    + suggestion(for: override.key, among: RunReader.keys))
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
        let known = kinds.filter(\.isListed).map(\.name)
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

    private func readMethod(_ element: SourceNode?, _ problems: inout Problems) -> SweepMethod {
        guard let element else { return .grid }
        let words = SweepMethod.allCases.map(\.rawValue)
        if element.value == .text("bayes") {
            problems.add(
                element.origin,
                "method 'bayes' asks for results first, and a plan does not; "
                    + "write one of \(words.joined(separator: ", "))")
            return .grid
        }
        return element.word("method", among: words, &problems).flatMap(SweepMethod.init) ?? .grid
    }

    /// - Returns: The metrics whose prediction is asked for.
    private static func readTheory(
        _ element: SourceNode, _ vocabulary: inout Vocabulary, _ problems: inout Problems
    ) -> [String] {
        let section = Section(element, "theory", keys: ["metrics"], &problems)
        guard let list = section["metrics"]?.list("metrics", &problems) else { return [] }
        return list.compactMap { entry in
            guard let name = entry.text("a metric", &problems) else { return nil }
            _ = vocabulary.shape(of: name, at: entry.origin, &problems)
            return name
        }
    }
}
