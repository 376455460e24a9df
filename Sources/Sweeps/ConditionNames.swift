/// What a condition may name, and what values each name can have.
struct ConditionNames {
    private var types: [String: Set<ValueType>] = [:]
    private var words: [String: [String]] = [:]
    /// In the order of declaration, for suggestions.
    private var names: [String] = []

    /// - Parameter axes: Each that is a zip is known by its name, besides all keys.
    init(parameters: [Parameter], axes: [Axis]) {
        for parameter in parameters {
            add(parameter.name, parameter.domain.types)
            let domainWords = parameter.domain.words
            words[parameter.name] = domainWords.isEmpty ? nil : domainWords
        }
        for axis in axes where types[axis.name] == nil {
            if let labels = axis.labels {
                add(axis.name, [.text])
                words[axis.name] = labels
            } else {
                add(axis.name, [.list])
            }
        }
    }

    private mutating func add(_ name: String, _ types: Set<ValueType>) {
        self.types[name] = types
        names.append(name)
    }
}

/// What sort of value something is.
enum ValueType: String, CaseIterable {
    case number = "a number"
    case text = "text"
    case flag = "true or false"
    case list = "a list"

    init(_ value: Value) {
        switch value {
        case .number: self = .number
        case .text: self = .text
        case .flag: self = .flag
        case .list: self = .list
        }
    }

    static func phrase(_ types: Set<ValueType>) -> String {
        allCases.filter(types.contains).map(\.rawValue).joined(separator: " or ")
    }
}

extension Parameter.Domain {
    fileprivate var types: Set<ValueType> {
        switch self {
        case .integer, .number: [.number]
        case .choice, .file: [.text]
        case .integerOr: [.number, .text]
        case .flag: [.flag]
        case .numbers(_, _, let broadcast): broadcast ? [.list, .number] : [.list]
        }
    }
}

// MARK: Checking

extension ConditionNames {
    /// - Returns: Unknown names, and comparisons that can never be meant, in order.
    func problems(of condition: Condition) -> [ConditionError] {
        condition.root.comparisons.flatMap { comparison in
            let unknown = [
                (comparison.left, comparison.right), (comparison.right, comparison.left),
            ]
            .compactMap { problem(ofName: $0, comparedWith: $1) }
            guard unknown.isEmpty else { return unknown }
            return [problem(of: comparison)].compactMap { $0 }
        }
    }

    private func problem(
        ofName operand: Condition.Operand, comparedWith other: Condition.Operand
    ) -> ConditionError? {
        guard case .name(let name) = operand.content, types[name] == nil else { return nil }
        if case .name(let key) = other.content, words[key]?.contains(name) ?? false {
            return ConditionError(operand.offset, "text stands in quotes; write \"\(name)\"")
        }
        let near = nearest(to: name, among: names).map { "did you mean '\($0)'?" }
        return ConditionError(
            operand.offset,
            "no key or axis \(SweepFileError.quoted(name)); "
                + (near ?? "text stands in quotes: \"\(name.visible)\""))
    }

    private func problem(of comparison: Condition.Comparison) -> ConditionError? {
        let left = types(of: comparison.left)
        let right = types(of: comparison.right)
        switch comparison.symbol {
        case .equal, .unequal:
            if left.isDisjoint(with: right) {
                return ConditionError(
                    comparison.offset,
                    "\(phrase(comparison.left, left)), but \(phrase(comparison.right, right)); "
                        + "these are never equal")
            }
            return problem(ofWord: comparison.right, comparedWith: comparison.left)
                ?? problem(ofWord: comparison.left, comparedWith: comparison.right)
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            for (operand, types) in [(comparison.left, left), (comparison.right, right)]
            where !types.contains(.number) {
                return ConditionError(
                    operand.offset,
                    "\(phrase(operand, types)); only numbers go with \(comparison.symbol.rawValue)")
            }
            return nil
        case .isIn, .isNotIn: return problem(ofMember: comparison, left, right)
        }
    }

    private func problem(
        ofMember comparison: Condition.Comparison, _ left: Set<ValueType>, _ right: Set<ValueType>
    ) -> ConditionError? {
        guard right.contains(.list) else {
            return ConditionError(
                comparison.right.offset,
                "\(phrase(comparison.right, right)); in wants a list: [1, 2]")
        }
        guard case .literal(.list(let values)) = comparison.right.content else { return nil }
        for value in values where !left.contains(ValueType(value)) {
            return ConditionError(
                comparison.right.offset,
                "\(phrase(comparison.left, left)), but \(value.canonicalText) in the list is "
                    + "\(ValueType(value).rawValue)")
        }
        return values.lazy.compactMap {
            problem(ofWord: $0, at: comparison.right.offset, comparedWith: comparison.left)
        }.first
    }

    private func problem(
        ofWord operand: Condition.Operand, comparedWith other: Condition.Operand
    ) -> ConditionError? {
        guard case .literal(let value) = operand.content else { return nil }
        return problem(ofWord: value, at: operand.offset, comparedWith: other)
    }

    /// A word that a key cannot have.
    private func problem(
        ofWord value: Value, at offset: Int, comparedWith other: Condition.Operand
    ) -> ConditionError? {
        guard case .name(let name) = other.content, let word = value.text, let known = words[name],
            !known.contains(word)
        else { return nil }
        return ConditionError(
            offset,
            "\(name) is never \(SweepFileError.quoted(word))" + suggestion(for: word, among: known))
    }

    private func types(of operand: Condition.Operand) -> Set<ValueType> {
        switch operand.content {
        case .name(let name): types[name] ?? []
        case .literal(let value): [ValueType(value)]
        }
    }

    private func phrase(_ operand: Condition.Operand, _ types: Set<ValueType>) -> String {
        switch operand.content {
        case .name(let name): "\(name) is \(ValueType.phrase(types))"
        case .literal(let value):
            "\(String(value.canonicalText.prefix(80)).visible) is \(ValueType.phrase(types))"
        }
    }
}

extension SourceNode {
    /// Reads a condition, each problem at its place in the file.
    ///
    /// - Parameter names: nil where it is not known what can be named; only the syntax is checked.
    func condition(
        _ what: String, names: ConditionNames?, _ problems: inout Problems
    ) -> Condition? {
        guard let text = text(what, &problems) else { return nil }
        do {
            let condition = try Condition(text)
            let wrong = names?.problems(of: condition) ?? []
            for error in wrong { problems.add(place(at: error.offset), error.description) }
            return wrong.isEmpty ? condition : nil
        } catch {
            problems.add(place(at: error.offset), error.description)
            return nil
        }
    }
}
