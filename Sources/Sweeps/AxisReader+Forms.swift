/// The forms in which a key is given: a value, values, or numbers at regular distances.
extension AxisReader {
    private static let forms = [
        "value", "values", "linspace", "logspace", "geomspace", "range", "min", "max", "scale",
        "distribution",
    ]
    func readKey(
        _ key: String, _ member: SourceNode.Member, _ problems: inout Problems
    ) -> Entry? {
        guard let parameter = parameter(key, at: member.origin, &problems) else { return nil }
        guard case .mapping(let members) = member.element.content else {
            member.element.complain(
                "\(key) must be a mapping; write {value: …} or {values: […]}", &problems)
            return nil
        }
        var entry = Entry(
            name: key, origin: member.origin, keys: [key], origins: [member.origin], rows: [])
        let section = Section(member.element, key, keys: Self.forms, &problems)
        let isDrawn = checkDistribution(section["distribution"], key, &problems)
        let given = members.filter { member in
            Self.forms.contains(member.key)
                && !["max", "scale", "distribution"].contains(member.key)
        }
        guard given.count == 1, let form = given.first else {
            if given.count > 1 || members.allSatisfy({ Self.forms.contains($0.key) }) {
                problems.add(
                    given.dropFirst().first?.origin ?? member.element.origin,
                    "\(key) needs one of value, values, linspace, logspace, geomspace, range, "
                        + "or min and max")
            }
            return entry
        }
        if form.key != "min" {
            for extra in ["max", "scale"].compactMap(section.member) {
                problems.add(extra.origin, "\(extra.key) goes with min, not with \(form.key)")
            }
        }
        if form.key == "min" || isDrawn {
            entry.interval = readInterval(section, of: parameter, at: form, &problems)
            return entry
        }
        guard let elements = readForm(form, of: key, &problems) else { return entry }
        entry.rows = values(elements, of: key, &problems)?.map { [$0] } ?? []
        entry.labels = labels(elements, of: key)
        return entry
    }

    private func readForm(
        _ form: SourceNode.Member, of key: String, _ problems: inout Problems
    ) -> [SourceNode]? {
        let element = form.element
        switch form.key {
        case "value": return [element]
        case "values":
            guard let elements = element.list("values of \(key)", &problems) else { return nil }
            if !elements.isEmpty { return elements }
            problems.add(element.origin, "\(key) has no value; give at least one")
            return nil
        default:
            return readNumbers(form, &problems)?.map {
                SourceNode(origin: element.origin, content: .scalar(.number($0)))
            }
        }
    }

    /// - Returns: nil where one of them is not what the key takes, or is there twice.
    func values(
        _ elements: [SourceNode], of key: String, _ problems: inout Problems
    ) -> [Value]? {
        guard let domain = parameters[key]?.domain else { return nil }
        var values: [Value] = []
        var known: Set<Value> = []
        for element in elements {
            guard var value = element.value else {
                element.complain("\(key) is \(element.phrase); it must be \(domain)", &problems)
                continue
            }
            if domain == .file, let name = value.text, domain.objection(to: value) != nil {
                guard let digest = files.digest(of: name, at: element.origin, &problems) else {
                    continue
                }
                value = .text("sha256:\(digest)")
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

    /// Files are called by their names, not by their digests.
    func labels(_ elements: [SourceNode], of key: String) -> [String]? {
        guard parameters[key]?.domain == .file, elements.count > 1 else { return nil }
        return elements.map { $0.value?.text ?? "" }
    }
}
