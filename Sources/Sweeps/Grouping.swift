/// The cells of a plan told apart by the values of some axes; the other axes are pooled, as seeds
/// always are.
public struct Grouping: Sendable {
    /// Cells that have the same value for each name.
    public struct Group: Hashable, Sendable {
        /// A value for each name: a row's label where the axis has labels, a list where it is a zip
        /// without; nil where the key does not apply.
        public let values: [Value?]
        /// Their places in the plan, in its order; never empty.
        public fileprivate(set) var cells: [Int]
    }

    public let names: [String]
    /// The axes whose rows are not all told apart.
    public let pooled: [String]
    /// Every combination that occurs in the plan, in the order of first occurrence.
    public let groups: [Group]
    /// The index in `groups` of each cell of the plan; nil where the condition is false.
    public let groupOfCell: [Int?]

    /// Takes time in proportion to the cells of the plan.
    ///
    /// - Parameters:
    ///   - names: Axes, keys of zipped axes, or keys that are the same everywhere (an axis
    ///     that was overridden by one value); nil: all axes.
    ///   - condition: Cells of which it is false are in no group.
    /// - Throws: `GroupingError`, when a name is none of these.
    public init(
        by names: [String]?, plan: Plan, where condition: Condition? = nil
    ) throws(GroupingError) {
        let names = names ?? plan.axes.map(\.name)
        var columns: [Column] = []
        for name in names {
            columns.append(try Column(name, plan: plan))
        }
        let needsConfiguration = columns.contains(where: \.needsConfiguration)
        var groups: [Group] = []
        var groupOfCell: [Int?] = []
        var known: [[Value?]: Int] = [:]
        groupOfCell.reserveCapacity(plan.cellCount)
        for index in 0..<plan.cellCount {
            if let condition, !plan.holds(condition, in: plan.cell(at: index)) {
                groupOfCell.append(nil)
                continue
            }
            let configuration = needsConfiguration ? plan.cell(at: index).configuration : nil
            let rows = plan.rows(ofCell: index)
            let values = columns.map { $0.value(rows: rows, configuration: configuration) }
            let group = known[values] ?? groups.count
            if group == groups.count {
                known[values] = group
                groups.append(Group(values: values, cells: []))
            }
            groups[group].cells.append(index)
            groupOfCell.append(group)
        }
        self.names = names
        self.groups = groups
        self.groupOfCell = groupOfCell
        pooled = plan.axes.indices.filter { place in
            let valuesOfRow = plan.axes[place].rows.indices.map { row in
                columns.filter { $0.axis == place }.map { $0.valueOfRow[row] }
            }
            return Set(valuesOfRow).count < valuesOfRow.count
        }.map { plan.axes[$0].name }
    }
}

/// A name that no axis and no parameter has.
public enum GroupingError: Error, Hashable, Sendable, CustomStringConvertible {
    case unknownAxis(String, known: [String])

    public var description: String {
        switch self {
        case .unknownAxis(let name, let known):
            let right = known.isEmpty ? "the sweep has no axis" : "the sweep's axes are "
            return "no axis or key '\(name.visible)'; \(right)"
                + known.map { "'\($0.visible)'" }.joined(separator: ", ")
        }
    }
}

extension Grouping {
    /// Where the values of one name come from.
    private struct Column {
        /// The place of the axis; nil for a key that is on no axis.
        let axis: Int?
        /// The value of each row of the axis.
        let valueOfRow: [Value]
        /// The keys of which one must apply, else the value is nil; empty where they always do.
        let conditionalKeys: [String]
        let key: String

        var needsConfiguration: Bool { axis == nil || !conditionalKeys.isEmpty }

        init(_ name: String, plan: Plan) throws(GroupingError) {
            let conditional = plan.kind.parameters.filter(\.isConditional).map(\.name)
            key = name
            if let place = plan.axes.firstIndex(where: { $0.name == name }) {
                let found = plan.axes[place]
                axis = place
                valueOfRow = found.rows.indices.map { found.value(ofRow: $0) }
                let areAll = found.keys.allSatisfy(conditional.contains)
                conditionalKeys = areAll ? found.keys : []
            } else if let place = plan.axes.firstIndex(where: { $0.keys.contains(name) }),
                let position = plan.axes[place].keys.firstIndex(of: name)
            {
                axis = place
                valueOfRow = plan.axes[place].rows.map { $0[position] }
                conditionalKeys = conditional.contains(name) ? [name] : []
            } else if plan.kind.parameters.contains(where: { $0.name == name })
                || plan.fixed[name] != nil
            {
                axis = nil
                valueOfRow = []
                conditionalKeys = []
            } else {
                throw .unknownAxis(name, known: plan.axes.map(\.name))
            }
        }

        func value(rows: [Int?], configuration: Configuration?) -> Value? {
            guard let axis else { return configuration?[key] }
            guard let row = rows[axis] else { return nil }
            guard let configuration, !conditionalKeys.isEmpty else { return valueOfRow[row] }
            let applies = conditionalKeys.contains { configuration[$0] != nil }
            return applies ? valueOfRow[row] : nil
        }
    }
}

extension Plan {
    /// Says what is wrong with pairs by an axis; nil where nothing is.
    public func objection(to pairing: TableSpec.Pairing) -> String? {
        guard let axis = axes.first(where: { $0.name == pairing.axis }) else {
            return "\(SweepFileError.quoted(pairing.axis)) is no axis of this sweep"
                + suggestion(for: pairing.axis, among: axes.map(\.name))
        }
        let values = axis.rows.indices.map { axis.value(ofRow: $0) }
        guard !values.contains(pairing.base) else { return nil }
        return "\(axis.name.visible) is never \(pairing.base.description.visible)"
            + "; known are " + values.map(\.description.visible).joined(separator: ", ")
    }
}

extension Plan {
    /// The value of an axis that a person wrote as a table shows it; as text where there is none.
    public func value(written text: String, ofAxis name: String) -> Value {
        let axis = axes.first { $0.name == name }
        let values = axis.map { axis in axis.rows.indices.map { axis.value(ofRow: $0) } } ?? []
        return values.first { $0.description == text } ?? .text(text)
    }
}

extension Axis {
    /// What groups are told apart by: a row's label, its one value, or the list of its values.
    func value(ofRow row: Int) -> Value {
        if let labels { return .text(labels[row]) }
        return keys.count == 1 ? rows[row][0] : .list(rows[row])
    }
}
