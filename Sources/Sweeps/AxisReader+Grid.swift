/// From what has been read to the grid.
extension AxisReader {
    /// Values of the keys that do not vary.
    var fixed: Configuration {
        var fixed = Configuration()
        for entry in entries where entry.rows.count == 1 {
            for (key, value) in zip(entry.keys, entry.rows[0]) {
                fixed[key] = value
            }
        }
        return fixed
    }

    /// - Complexity: What is varied, not what that makes of cells.
    var dimensions: [GridBuilder.Dimension] {
        let always = entries.filter { $0.rows.count > 1 || $0.interval != nil }.map { entry in
            GridBuilder.Dimension(
                axis: Self.axis(entry), isConditional: false, interval: entry.interval)
        }
        return always
            + conditionalEntries.map {
                GridBuilder.Dimension(axis: Self.axis($0), isConditional: true, interval: nil)
            }
    }

    /// The conditionals with their conditions, in terms of `dimensions`.
    func blocks(_ conditions: [Condition]) -> [GridBuilder.Block] {
        let dimensions = dimensions
        return zip(conditionals, conditions).map { conditional, when in
            let entries = conditional.entries.map { entry -> GridBuilder.Block.Entry in
                let place = dimensions.firstIndex { $0.isConditional && $0.axis.name == entry.name }
                let rows = place.map { dimensions[$0].axis.rows } ?? []
                return GridBuilder.Block.Entry(
                    dimension: place ?? 0, rows: entry.rows.compactMap(rows.firstIndex(of:)),
                    interval: entry.interval)
            }
            return GridBuilder.Block(when: when, entries: entries)
        }
    }

    /// What conditions may name.
    var conditionNames: ConditionNames {
        ConditionNames(
            parameters: kind.parameters,
            axes: (entries + conditionalEntries).filter { parameters[$0.name] == nil }
                .map(Self.axis))
    }

    /// The place of a key, wherever it is given.
    func origin(of key: String) -> Origin? {
        let given = conditionals.flatMap(\.entries).flatMap { zip($0.keys, $0.origins) }
        return origins[key] ?? given.first { $0.0 == key }?.1
    }

    /// One entry a name: a key that several conditionals give has the values of all.
    private var conditionalEntries: [Entry] {
        var all: [Entry] = []
        for entry in conditionals.flatMap(\.entries) {
            guard let index = all.firstIndex(where: { $0.name == entry.name }) else {
                all.append(entry)
                continue
            }
            // The dimension's rows are told apart by their values; files have labels besides.
            all[index].labels = nil
            for row in entry.rows where !all[index].rows.contains(row) {
                all[index].rows.append(row)
            }
        }
        return all
    }

    private static func axis(_ entry: Entry) -> Axis {
        Axis(name: entry.name, keys: entry.keys, rows: entry.rows, labels: entry.labels)
    }
}

// MARK: Overrides

extension AxisReader {
    /// An override takes the place of what the file says of its key, else comes last.
    mutating func apply(_ override: Override, _ problems: inout Problems) {
        let key = override.key
        replaceLog(for: key)
        let all = entries + conditionals.flatMap(\.entries)
        if let zip = all.first(where: {
            $0.keys != [$0.name] && ($0.name == key || $0.keys.contains(key))
        }) {
            problems.add(
                override.origin,
                "\(SweepFileError.quoted(key)) "
                    + (zip.name == key ? "is a zip" : "is in the zip '\(zip.name.visible)'")
                    + "; change it in the file")
            return
        }
        if let index = entries.firstIndex(where: { $0.name == key }) {
            entries[index] = entry(of: override, &problems)
            origins[key] = override.origin
            return
        }
        let holders = conditionals.indices.filter { index in
            conditionals[index].entries.contains { $0.name == key }
        }
        if holders.count > 1 {
            problems.add(
                override.origin,
                "\(SweepFileError.quoted(key)) is in \(holders.count) conditionals; "
                    + "change it in the file")
        } else if let holder = holders.first {
            let new = entry(of: override, &problems)
            conditionals[holder].entries = conditionals[holder].entries.map {
                $0.name == key ? new : $0
            }
        } else {
            add(key: key, origin: override.origin, values: override.values, &problems)
        }
    }

    private func entry(of override: Override, _ problems: inout Problems) -> Entry {
        Entry(
            name: override.key, origin: override.origin, keys: [override.key],
            origins: [override.origin],
            rows: values(override.values, of: override.key, &problems)?.map { [$0] } ?? [],
            labels: labels(override.values, of: override.key))
    }

    /// Steps and points between logs are two ways to say one thing: an override with the one takes
    /// the place of the other.
    private mutating func replaceLog(for key: String) {
        let others: [String] =
            switch key {
            case "log.every": ["log.points", "log.spacing"]
            case "log.points", "log.spacing": ["log.every"]
            default: []
            }
        entries.removeAll { others.contains($0.name) }
        for other in others { origins[other] = nil }
    }
}

// MARK: Rows of a file

extension AxisReader {
    /// Reads the cells of `rows: FILE.csv` into entries.
    ///
    /// - Returns: The rows of `dimensions`, a line each; nil where there are problems.
    mutating func read(rows element: SourceNode, _ problems: inout Problems) -> [[Int32]]? {
        guard let name = element.text("rows", &problems),
            let bytes = files.bytes(of: name, at: element.origin, &problems),
            let file = RowsFile(bytes, name: name, problems: &problems)
        else { return nil }
        let countBefore = problems.count
        for entry in entries where entry.rows.count > 1 {
            problems.add(
                entry.origin,
                "\(entry.name.visible) has several values beside a list of cells; "
                    + "give it one, or a column of \(name.visible)")
        }
        var columns: [[Int32]] = []
        for (index, field) in file.header.enumerated() {
            guard let parameter = parameter(field.text, at: field.origin, &problems) else {
                continue
            }
            var entry = Entry(
                name: parameter.name, origin: field.origin, keys: [parameter.name],
                origins: [field.origin], rows: [])
            var rowOfValue: [Value: Int32] = [:]
            let problemsBefore = problems.count
            let column = file.lines.map { line -> Int32 in
                guard let value = self.value(line[index], of: parameter.name, &problems) else {
                    return -1
                }
                if let row = rowOfValue[value] { return row }
                rowOfValue[value] = Int32(entry.rows.count)
                entry.rows.append([value])
                return Int32(entry.rows.count - 1)
            }
            guard claim(entry, &problems) else { continue }
            let isReadable = problems.count == problemsBefore
            if isReadable, entry.rows.count == 1, column.contains(-1) {
                problems.add(
                    field.origin,
                    "\(entry.name) is given in some lines only, always as "
                        + "\(entry.rows[0][0]); give it in every line, or in none")
            }
            entries.append(entry)
            if entry.rows.count > 1 { columns.append(column) }
        }
        guard problems.count == countBefore else { return nil }
        let lines = file.lines.indices.map { line in columns.map { $0[line] } }
        var known: [[Int32]: Int] = [:]
        for (index, line) in lines.enumerated() {
            if let first = known[line], case .beside(_, let place, _) = file.lines[first][0].origin
            {
                problems.add(
                    file.lines[index][0].origin, "the same cell as in line \(place); keep one")
            }
            known[line] = known[line] ?? index
        }
        return problems.count == countBefore ? lines : nil
    }

    /// - Returns: nil for an empty field, and where there is a problem.
    private func value(
        _ field: RowsFile.Field, of key: String, _ problems: inout Problems
    ) -> Value? {
        guard !field.text.isEmpty else { return nil }
        guard
            let nodes = YAMLReader.read(
                values: field.text, origin: field.origin, problems: &problems)
        else { return nil }
        guard nodes.count == 1 else {
            problems.add(field.origin, "several values; write a list as \"[1, 2]\"")
            return nil
        }
        return values(nodes, of: key, &problems)?.first
    }
}
