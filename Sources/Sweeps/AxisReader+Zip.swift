/// Zips: several keys as one axis.
extension AxisReader {
    func readZip(_ member: SourceNode.Member, _ problems: inout Problems) -> Entry? {
        let name = member.key
        let section = Section(
            member.element, "the zip '\(name.visible)'", keys: ["zip", "labels"], &problems)
        guard let zip = section["zip"], let columns = zip.mapping("zip", &problems) else {
            return nil
        }
        checkAxisName(name, at: member.origin, &problems)
        var keys: [String] = []
        var origins: [Origin] = []
        var lists: [[SourceNode]] = []
        for column in columns where parameter(column.key, at: column.origin, &problems) != nil {
            guard let list = column.element.list(column.key, &problems) else { continue }
            keys.append(column.key)
            origins.append(column.origin)
            lists.append(list)
        }
        let isWhole = lists.count == columns.count
        let rows = isWhole ? readRows(lists, keys: keys, zip: zip, &problems) : nil
        let labels = section["labels"].flatMap {
            readLabels($0, count: isWhole ? lists.first?.count : nil, &problems)
        }
        return Entry(
            name: name, origin: member.origin, keys: keys, origins: origins, rows: rows ?? [],
            labels: labels)
    }

    private func readRows(
        _ lists: [[SourceNode]], keys: [String], zip element: SourceNode, _ problems: inout Problems
    ) -> [[Value]]? {
        guard let count = lists.first?.count, count > 1 else {
            problems.add(
                element.origin,
                "a zip has keys with at least two values each; give a single value outside")
            return nil
        }
        guard lists.allSatisfy({ $0.count == count }) else {
            let counts = Swift.zip(keys, lists).map { "\($0) has \($1.count)" }
            problems.add(
                element.origin,
                "\(counts.joined(separator: ", ")); keys of a zip have as many values")
            return nil
        }
        var columns: [[Value]] = []
        for (key, list) in Swift.zip(keys, lists) {
            if let column = values(row: list, of: key, &problems) { columns.append(column) }
        }
        guard columns.count == keys.count else { return nil }
        let rows = (0..<count).map { row in columns.map { $0[row] } }
        var known: Set<[Value]> = []
        for (index, row) in rows.enumerated() where !known.insert(row).inserted {
            problems.add(lists[0][index].origin, "row \(index + 1) is there twice; keep one")
        }
        return known.count == count ? rows : nil
    }

    /// As `values`, but one value may stand in several rows.
    private func values(
        row elements: [SourceNode], of key: String, _ problems: inout Problems
    ) -> [Value]? {
        let columns = elements.map { values([$0], of: key, &problems) }
        return columns.contains { $0 == nil } ? nil : columns.flatMap { $0 ?? [] }
    }

    private func readLabels(
        _ element: SourceNode, count: Int?, _ problems: inout Problems
    ) -> [String]? {
        guard let list = element.list("labels", &problems) else { return nil }
        if let count, list.count != count {
            problems.add(
                element.origin, "\(list.count) labels for \(count) rows; give each row one")
            return nil
        }
        var labels: [String] = []
        for label in list {
            guard case .scalar(let value) = label.content, !value.description.isEmpty else {
                label.complain("a label must be text, not \(label.phrase)", &problems)
                continue
            }
            let text = value.description
            if labels.contains(text) {
                problems.add(label.origin, "label \(label.phrase) is there twice; tell rows apart")
            } else if parameters[text] != nil {
                problems.add(label.origin, "label \(label.phrase) is a key; choose another")
            }
            labels.append(text)
        }
        return labels.count == list.count ? labels : nil
    }

    private func checkAxisName(_ name: String, at origin: Origin, _ problems: inout Problems) {
        let taken = ["trial", "identity", "seed", "attempt", "outcome", "digest"]
        if parameters[name] != nil {
            problems.add(origin, "\(name) is a key; give the zip a name of its own")
        } else if taken.contains(name) {
            problems.add(origin, "'\(name)' is a column of every export; choose another name")
        } else if ConditionScanner.words.contains(name) {
            problems.add(origin, "'\(name)' is a word of conditions; choose another name")
        } else if let objection = objection(toName: name) {
            problems.add(origin, "\(SweepFileError.quoted(name)) \(objection)")
        }
    }

    /// A zip's label must not read as the name of another axis, and a name stands for one zip.
    func checkNames(_ problems: inout Problems) {
        let all = entries + conditionals.flatMap(\.entries)
        let names = Set(all.map(\.name))
        var zips: Set<String> = []
        for entry in all where parameters[entry.name] == nil {
            if !zips.insert(entry.name).inserted {
                problems.add(
                    entry.origin,
                    "there are two zips \(SweepFileError.quoted(entry.name)); rename one")
            }
            for label in entry.labels ?? [] where names.contains(label) && parameters[label] == nil
            {
                problems.add(
                    entry.origin,
                    "label \(SweepFileError.quoted(label)) is the name of an axis; choose another")
            }
        }
    }
}
