/// A condition on a cell, as `when`, `exclude` and `where` write it:
/// `model.layers >= 2 and pair in ["low", "high"] and not (train.learning_rate > 0.03)`.
///
/// Names are keys and axes; literals are numbers, texts in quotes, `true`, `false` and lists. A key
/// that does not apply equals nothing: `==`, `in` and the orders are false of it, `!=` and `not in`
/// are true. Only numbers have an order.
public struct Condition: Hashable, Sendable, CustomStringConvertible {
    /// A name in the text, with its place there.
    public struct Name: Hashable, Sendable {
        public let text: String
        /// In Unicode scalars, from 0.
        public let offset: Int
    }

    public let description: String
    let root: Node

    /// - Throws: `ConditionError` at the first thing that is no part of the language. Whether names
    ///   exist and types fit is for `problems(names:)`.
    public init(_ text: String) throws(ConditionError) {
        var parser = ConditionParser(tokens: try ConditionScanner.tokens(of: text))
        root = try parser.condition()
        description = text
    }

    /// Every name, as often as it occurs, in order.
    public var names: [Name] {
        root.operands.compactMap {
            if case .name(let text) = $0.content {
                Name(text: text, offset: $0.offset)
            } else {
                nil
            }
        }
    }

    /// - Parameter value: The value of a key, or a zip's label; nil where it does not apply.
    public func holds(_ value: (String) -> Value?) -> Bool { root.holds(value) }
}

/// What is wrong with a condition.
public struct ConditionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Its place in the text, in Unicode scalars from 0.
    public let offset: Int
    /// What is wrong; what would be right.
    public let description: String

    init(_ offset: Int, _ description: String) {
        self.offset = offset
        self.description = description
    }
}

extension Condition {
    enum Operator: String, CaseIterable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case lessOrEqual = "<="
        case greater = ">"
        case greaterOrEqual = ">="
        case isIn = "in"
        case isNotIn = "not in"
    }

    struct Operand: Hashable, Sendable {
        enum Content: Hashable, Sendable {
            case name(String)
            case literal(Value)
        }

        let offset: Int
        let content: Content

        func value(_ value: (String) -> Value?) -> Value? {
            switch content {
            case .name(let name): value(name)
            case .literal(let literal): literal
            }
        }
    }

    struct Comparison: Hashable, Sendable {
        let left: Operand
        let symbol: Operator
        /// The place of the operator.
        let offset: Int
        let right: Operand
    }

    indirect enum Node: Hashable, Sendable {
        case comparison(Comparison)
        case negation(Node)
        /// True where all are.
        case all([Node])
        /// True where one is.
        case any([Node])
    }
}

extension Condition.Node {
    func holds(_ value: (String) -> Value?) -> Bool {
        switch self {
        case .comparison(let comparison): comparison.holds(value)
        case .negation(let node): !node.holds(value)
        case .all(let nodes): nodes.allSatisfy { $0.holds(value) }
        case .any(let nodes): nodes.contains { $0.holds(value) }
        }
    }

    var comparisons: [Condition.Comparison] {
        switch self {
        case .comparison(let comparison): [comparison]
        case .negation(let node): node.comparisons
        case .all(let nodes), .any(let nodes): nodes.flatMap(\.comparisons)
        }
    }

    var operands: [Condition.Operand] { comparisons.flatMap { [$0.left, $0.right] } }
}

extension Condition.Comparison {
    func holds(_ value: (String) -> Value?) -> Bool {
        let left = left.value(value)
        let right = right.value(value)
        switch symbol {
        case .equal: return areEqual(left, right)
        case .unequal: return !areEqual(left, right)
        case .isIn: return isMember(left, of: right)
        case .isNotIn: return !isMember(left, of: right)
        case .less: return areOrdered(left, right) { $0 < $1 }
        case .lessOrEqual: return areOrdered(left, right) { $0 <= $1 }
        case .greater: return areOrdered(left, right) { $0 > $1 }
        case .greaterOrEqual: return areOrdered(left, right) { $0 >= $1 }
        }
    }

    private func areEqual(_ a: Value?, _ b: Value?) -> Bool { a != nil && a == b }

    private func isMember(_ element: Value?, of list: Value?) -> Bool {
        guard let element, let values = list?.list else { return false }
        return values.contains(element)
    }

    private func areOrdered(_ a: Value?, _ b: Value?, _ order: (Double, Double) -> Bool) -> Bool {
        guard let a = a?.number, let b = b?.number else { return false }
        return order(a, b)
    }
}
