/// Reads `parameters`, `log` and overrides into axes and fixed values.
struct AxisReader {
    typealias Origin = SweepFileError.Origin

    /// An entry of `parameters`: a key with one value or several, or a zip.
    struct Entry {
        let name: String
        var origin: Origin
        let keys: [String]
        /// One row is a fixed value; none, where there was a problem.
        var rows: [[Value]]
        var labels: [String]?
    }

    let kind: any TrialKind
    let parameters: [String: Parameter]
    /// In file order, overrides of other keys after them.
    var entries: [Entry] = []
    /// The place of each key that is given.
    private(set) var origins: [String: Origin] = [:]

    init(kind: any TrialKind) {
        self.kind = kind
        parameters = Dictionary(kind.parameters.map { ($0.name, $0) }) { first, _ in first }
    }

    /// - Complexity: What is varied, not what that makes of cells.
    var axes: [Axis] {
        entries.filter { $0.rows.count > 1 }
            .map { Axis(name: $0.name, keys: $0.keys, rows: $0.rows, labels: $0.labels) }
    }

    var fixed: Configuration {
        var fixed = Configuration()
        for entry in entries where entry.rows.count == 1 {
            for (key, value) in zip(entry.keys, entry.rows[0]) {
                fixed[key] = value
            }
        }
        return fixed
    }

    mutating func read(parameters element: SourceNode, _ problems: inout Problems) {
        for member in element.mapping("parameters", &problems) ?? [] {
            if case .mapping(let form) = member.element.content,
                form.contains(where: { $0.key == "zip" })
            {
                readZip(member, &problems)
            } else {
                readKey(member, &problems)
            }
        }
        checkNames(&problems)
    }

    /// Reads `log: {every: 20}` as the key `log.every`.
    mutating func read(log element: SourceNode, _ problems: inout Problems) {
        let known = kind.parameters.map(\.name).filter { $0.hasPrefix("log.") }
            .map { String($0.dropFirst(4)) }
        let section = Section(
            element, "log", keys: known,
            unsupported: ["every", "points", "spacing"].filter { !known.contains($0) }, &problems)
        for member in known.compactMap(section.member) {
            add(
                key: "log.\(member.key)", origin: member.origin, values: [member.element],
                &problems)
        }
    }

    /// An override takes the place of what the file says of its key, else comes last.
    mutating func apply(_ override: Override, _ problems: inout Problems) {
        let key = override.key
        if let index = entries.firstIndex(where: { $0.name == key && $0.keys == [key] }) {
            let rows = values(override.values, of: key, &problems)?.map { [$0] }
            entries[index].origin = override.origin
            entries[index].rows = rows ?? []
            origins[key] = override.origin
        } else if let zip = entries.first(where: { $0.name == key || $0.keys.contains(key) }) {
            problems.add(
                override.origin,
                "\(SweepFileError.quoted(key)) "
                    + (zip.name == key ? "is a zip" : "is in the zip '\(zip.name.visible)'")
                    + "; change it in the file")
        } else {
            add(key: key, origin: override.origin, values: override.values, &problems)
        }
    }
}

// MARK: One key

extension AxisReader {
    mutating func readKey(_ member: SourceNode.Member, _ problems: inout Problems) {
        let key = member.key
        guard parameter(key, at: member.origin, &problems) != nil else { return }
        guard case .mapping(let forms) = member.element.content else {
            member.element.complain(
                "\(key) must be a mapping; write {value: …} or {values: […]}", &problems)
            return
        }
        let section = Section(
            member.element, key, keys: ["value", "values", "geomspace"],
            unsupported: ["linspace", "logspace", "range", "min", "max", "scale", "distribution"],
            &problems)
        let given = forms.filter { ["value", "values", "geomspace"].contains($0.key) }
        guard given.count == 1 else {
            if given.count > 1 || forms.isEmpty {
                problems.add(
                    given.dropFirst().first?.origin ?? member.element.origin,
                    "\(key) needs one of value, values and geomspace")
            }
            return
        }
        var elements: [SourceNode]?
        if let value = section["value"] { elements = [value] }
        if let values = section["values"] {
            elements = values.list("values of \(key)", &problems)
            if elements?.isEmpty ?? false {
                problems.add(values.origin, "\(key) has no value; give at least one")
                elements = nil
            }
        }
        if let geomspace = section["geomspace"] {
            elements = readGeomspace(geomspace, of: key, &problems)
        }
        if let elements {
            add(key: key, origin: member.origin, values: elements, &problems)
        }
    }

    mutating func add(
        key: String, origin: Origin, values elements: [SourceNode], _ problems: inout Problems
    ) {
        guard parameter(key, at: origin, &problems) != nil else { return }
        let rows = values(elements, of: key, &problems)?.map { [$0] }
        guard claim(key, origin, &problems) else { return }
        entries.append(Entry(name: key, origin: origin, keys: [key], rows: rows ?? []))
    }

    func parameter(
        _ key: String, at origin: Origin, _ problems: inout Problems
    ) -> Parameter? {
        if let parameter = parameters[key] { return parameter }
        let names = kind.parameters.map(\.name)
        let near = nearest(to: key, among: names).map { "did you mean '\($0)'?" }
        problems.add(
            origin,
            "unknown parameter \(SweepFileError.quoted(key)) of \(kind.name); "
                + (near ?? "swingby plan --keys \(kind.name) shows all"))
        return nil
    }

    /// A key belongs to one entry.
    mutating func claim(
        _ key: String, _ origin: Origin, _ problems: inout Problems
    ) -> Bool {
        guard let first = origins[key] else {
            origins[key] = origin
            return true
        }
        var text = ""
        if case .file(let line, _) = first { text = ", also in line \(line)" }
        problems.add(origin, "\(key) is given twice\(text); keep one")
        return false
    }

    /// - Returns: nil where one of them is not what the key takes, or is there twice.
    func values(
        _ elements: [SourceNode], of key: String, _ problems: inout Problems
    ) -> [Value]? {
        guard let domain = parameters[key]?.domain else { return nil }
        var values: [Value] = []
        var known: Set<Value> = []
        for element in elements {
            guard let value = element.value else {
                element.complain("\(key) is \(element.phrase); it must be \(domain)", &problems)
                continue
            }
            if let objection = domain.objection(to: value) {
                let near = value.text.flatMap { nearest(to: $0, among: domain.words) }
                    .map { "; did you mean '\($0)'?" }
                element.complain(
                    "\(key) is \(element.phrase); it \(objection)\(near ?? "")", &problems)
            } else if !known.insert(value).inserted {
                element.complain("\(key) has \(element.phrase) twice; keep one", &problems)
            } else {
                values.append(value)
            }
        }
        return values.count == elements.count ? values : nil
    }

    private func readGeomspace(
        _ element: SourceNode, of key: String, _ problems: inout Problems
    ) -> [SourceNode]? {
        let section = Section(element, "geomspace", keys: ["start", "stop", "num"], &problems)
        func end(_ name: String, _ problems: inout Problems) -> Double? {
            guard let given = section[name] else { return nil }
            if let number = given.value?.number, number > 0 { return number }
            given.complain("\(name) must be a number over 0, not \(given.phrase)", &problems)
            return nil
        }
        let start = end("start", &problems)
        let stop = end("stop", &problems)
        let count = section["num"]?.integer("num", in: 2...100_000, &problems)
        let missing = ["start", "stop", "num"].filter { section[$0] == nil }
        if !missing.isEmpty, case .mapping = element.content {
            problems.add(
                element.origin,
                "geomspace lacks \(missing.joined(separator: " and ")); "
                    + "write {start: 1e-3, stop: 1e-1, num: 5}")
        }
        guard let start, let stop, let count else { return nil }
        return geomspace(start: start, stop: stop, count: count)
            .map { SourceNode(origin: element.origin, content: .scalar(.number($0))) }
    }
}
