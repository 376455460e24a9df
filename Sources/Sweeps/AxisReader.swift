/// Reads `parameters`, `conditional`, `log` and overrides into what varies and what does not.
struct AxisReader {
    typealias Origin = SweepFileError.Origin

    /// An entry of `parameters`: a key with one value or several, or a zip.
    struct Entry {
        let name: String
        let origin: Origin
        let keys: [String]
        /// The place of each key.
        let origins: [Origin]
        /// One row is a fixed value; none, where values are drawn from the interval, or where there
        /// was a problem.
        var rows: [[Value]]
        var labels: [String]?
        var interval: DrawInterval?
    }

    /// An entry of `conditional`.
    struct Conditional {
        /// A condition; read once all names are known.
        let when: SourceNode
        var entries: [Entry]
    }

    let kind: any TrialKind
    let parameters: [String: Parameter]
    let method: SweepMethod
    /// In file order, overrides of other keys after them.
    var entries: [Entry] = []
    var conditionals: [Conditional] = []
    /// The place of each key that is given outside of `conditional`.
    var origins: [String: Origin] = [:]
    let files: FileReader

    init(kind: any TrialKind, method: SweepMethod, files: FileReader) {
        self.kind = kind
        self.method = method
        self.files = files
        parameters = Dictionary(kind.parameters.map { ($0.name, $0) }) { first, _ in first }
    }

    mutating func read(parameters element: SourceNode, _ problems: inout Problems) {
        for entry in readEntries(element, &problems) {
            if claim(entry, &problems) { entries.append(entry) }
        }
    }

    /// Reads a mapping of keys to forms and of names to zips.
    func readEntries(
        _ element: SourceNode, prefix: String = "", _ problems: inout Problems
    ) -> [Entry] {
        (element.mapping("parameters", &problems) ?? []).flatMap { member -> [Entry] in
            guard case .mapping(let form) = member.element.content else {
                return readKey(prefix + member.key, member, &problems).map { [$0] } ?? []
            }
            if form.contains(where: { $0.key == "zip" }) {
                return readZip(member, &problems).map { [$0] } ?? []
            }
            if let nested = form.first(where: { $0.key == "parameters" }) {
                _ = Section(
                    member.element, prefix + member.key, keys: ["parameters"], &problems)
                return readEntries(
                    nested.element, prefix: prefix + member.key + ".", &problems)
            }
            return readKey(prefix + member.key, member, &problems).map { [$0] } ?? []
        }
    }

    /// Reads `log: {every: 20}` as the key `log.every`; likewise `init` and `data`.
    mutating func read(
        _ section: String, _ element: SourceNode, known: [String], _ problems: inout Problems
    ) {
        let declared = kind.parameters.map(\.name).filter { $0.hasPrefix(section + ".") }
            .map { String($0.dropFirst(section.count + 1)) }
        let members = Section(
            element, section, keys: declared,
            unsupported: known.filter { !declared.contains($0) }, &problems)
        if declared.contains("points"), let every = members.member("every"),
            let other = members.member("points") ?? members.member("spacing")
        {
            problems.add(
                max(every.origin, other.origin),
                "log has every and \(other.key); keep every, or points and spacing")
        }
        for member in declared.compactMap(members.member) {
            add(
                key: "\(section).\(member.key)", origin: member.origin, values: [member.element],
                &problems)
        }
    }

    mutating func read(conditional element: SourceNode, _ problems: inout Problems) {
        for item in element.list("conditional", &problems) ?? [] {
            let section = Section(item, "conditional", keys: ["when", "parameters"], &problems)
            guard case .mapping = item.content else { continue }
            guard let when = section["when"], let parameters = section["parameters"] else {
                let missing = ["when", "parameters"].filter { section[$0] == nil }
                problems.add(
                    item.origin,
                    "a conditional lacks \(missing.joined(separator: " and ")); "
                        + "write {when: model.layers >= 2, parameters: {…}}")
                continue
            }
            var own: [String: Origin] = [:]
            let entries = readEntries(parameters, &problems).filter { entry in
                claim(entry, also: &own, &problems)
            }
            conditionals.append(Conditional(when: when, entries: entries))
        }
    }
}

// MARK: Keys

extension AxisReader {
    mutating func add(
        key: String, origin: Origin, values elements: [SourceNode], _ problems: inout Problems
    ) {
        guard parameter(key, at: origin, &problems) != nil else { return }
        let rows = values(elements, of: key, &problems)
        let entry = Entry(
            name: key, origin: origin, keys: [key], origins: [origin],
            rows: rows?.map { [$0] } ?? [],
            labels: labels(elements, of: key))
        if claim(entry, &problems) { entries.append(entry) }
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
    mutating func claim(_ entry: Entry, _ problems: inout Problems) -> Bool {
        var none: [String: Origin] = [:]
        guard claim(entry, also: &none, &problems) else { return false }
        for key in entry.keys { origins[key] = none[key] }
        return true
    }

    /// - Parameter own: The keys of one conditional, besides those that are always given.
    private func claim(
        _ entry: Entry, also own: inout [String: Origin], _ problems: inout Problems
    ) -> Bool {
        var isNew = true
        for (key, origin) in zip(entry.keys, entry.origins) {
            guard let first = origins[key] ?? own[key] else {
                own[key] = origin
                continue
            }
            var text = ""
            if case .file(let line, _) = first { text = ", also in line \(line)" }
            problems.add(origin, "\(key) is given twice\(text); keep one")
            isNew = false
        }
        return isNew
    }
}
