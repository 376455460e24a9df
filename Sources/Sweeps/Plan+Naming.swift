extension Plan {
    /// A plan of every combination of the axes' values.
    ///
    /// - Throws: `ConfigurationError`, where some do not fit together.
    init(
        name: String, kind: any TrialKind, axes: [Axis], seeds: Seeds, fixed: Configuration
    ) throws {
        var builder = GridBuilder(
            kind: kind, fixed: fixed,
            dimensions: axes.map {
                GridBuilder.Dimension(axis: $0, isConditional: false, interval: nil)
            })
        guard let grid = try builder.build() else { throw builder.misfits[0].error }
        self.init(
            name: name, kind: kind, seeds: seeds, fixed: fixed, dimensions: axes, grid: grid)
    }

    /// What a condition or a table means by a name in a cell.
    ///
    /// - Parameter name: An axis, or a key.
    /// - Returns: For a zip its label, or the list of its values where it has none; for a key its
    ///   value as the file writes it, else the default. nil where it does not apply.
    public func value(of name: String, in cell: Cell) -> Value? {
        for (axis, row) in zip(axes, cell.rows) {
            guard let row else { continue }
            if let position = axis.keys.firstIndex(of: name) {
                return cell.configuration[name] == nil ? nil : axis.rows[row][position]
            }
            guard axis.name == name else { continue }
            guard axis.keys.contains(where: { cell.configuration[$0] != nil }) else { return nil }
            return axis.labels.map { .text($0[row]) } ?? .list(axis.rows[row])
        }
        guard let value = cell.configuration[name] else { return nil }
        return fixed[name] ?? value
    }

    /// Whether a condition is true of a cell.
    public func holds(_ condition: Condition, in cell: Cell) -> Bool {
        condition.holds { value(of: $0, in: cell) }
    }

    /// Reads a condition that a person typed.
    ///
    /// - Throws: `ConditionError`, for the first thing that is wrong, unknown names too.
    public func condition(_ text: String) throws(ConditionError) -> Condition {
        let condition = try Condition(text)
        if let wrong = conditionNames.problems(of: condition).first { throw wrong }
        return condition
    }

    /// What conditions on this plan may name.
    var conditionNames: ConditionNames {
        ConditionNames(parameters: kind.parameters, axes: axes)
    }
}
