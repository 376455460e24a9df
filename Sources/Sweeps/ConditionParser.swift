/// Makes a condition of its tokens.
///
/// `or` binds weakest, then `and`, then `not`, then a comparison.
struct ConditionParser {
    private static let depthLimit = 32

    let tokens: [ConditionToken]
    private var index = 0
    private var depth = 0

    init(tokens: [ConditionToken]) {
        self.tokens = tokens
    }

    private var token: ConditionToken { tokens[index] }

    mutating func condition() throws(ConditionError) -> Condition.Node {
        let node = try disjunction()
        guard token.content == .end else {
            throw ConditionError(
                token.offset, "\(phrase) is left over; join conditions with and, or")
        }
        return node
    }

    private mutating func disjunction() throws(ConditionError) -> Condition.Node {
        var nodes = [try conjunction()]
        while take("or") { nodes.append(try conjunction()) }
        return nodes.count == 1 ? nodes[0] : .any(nodes)
    }

    private mutating func conjunction() throws(ConditionError) -> Condition.Node {
        var nodes = [try term()]
        while take("and") { nodes.append(try term()) }
        return nodes.count == 1 ? nodes[0] : .all(nodes)
    }

    private mutating func term() throws(ConditionError) -> Condition.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw ConditionError(
                token.offset, "nested too deep; at most \(Self.depthLimit) levels")
        }
        if take("not") { return .negation(try term()) }
        guard take("(") else { return .comparison(try comparison()) }
        let inner = try disjunction()
        try expect(")", "a parenthesis is not closed; write )")
        return inner
    }

    private mutating func comparison() throws(ConditionError) -> Condition.Comparison {
        let left = try operand()
        let offset = token.offset
        guard let symbol = takeOperator() else {
            throw ConditionError(
                offset,
                "no comparison after \(tokens[index - 1].text.visible); "
                    + "write one with == != < <= > >= or in")
        }
        let right = try operand()
        let second = token.offset
        if takeOperator() != nil {
            throw ConditionError(
                second, "two comparisons in one; write a < b and b < c")
        }
        return Condition.Comparison(left: left, symbol: symbol, offset: offset, right: right)
    }

    private mutating func operand() throws(ConditionError) -> Condition.Operand {
        let start = token.offset
        switch token.content {
        case .name(let name):
            index += 1
            return Condition.Operand(offset: start, content: .name(name))
        case .literal(let value):
            index += 1
            return Condition.Operand(offset: start, content: .literal(value))
        case .sign("["):
            return Condition.Operand(offset: start, content: .literal(try list()))
        case .sign, .end:
            throw ConditionError(
                start, "\(phrase) where a key or a value should be")
        }
    }

    private mutating func list() throws(ConditionError) -> Value {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw ConditionError(token.offset, "nested too deep; at most \(Self.depthLimit) levels")
        }
        index += 1
        var values: [Value] = []
        while !take("]") {
            if !values.isEmpty { try expect(",", "a list is not closed; write , or ]") }
            switch token.content {
            case .literal(let value):
                values.append(value)
                index += 1
            case .sign("["): values.append(try list())
            case .name(let name):
                throw ConditionError(
                    token.offset, "'\(name)' in a list; a list has values: text stands in quotes")
            case .sign, .end:
                throw ConditionError(token.offset, "\(phrase) where a value should be")
            }
        }
        return .list(values)
    }

    private mutating func takeOperator() -> Condition.Operator? {
        if case .sign("not") = token.content, tokens[index + 1].content == .sign("in") {
            index += 2
            return .isNotIn
        }
        guard case .sign(let sign) = token.content, let symbol = Condition.Operator(rawValue: sign)
        else { return nil }
        index += 1
        return symbol
    }

    private mutating func take(_ sign: String) -> Bool {
        guard token.content == .sign(sign) else { return false }
        index += 1
        return true
    }

    private mutating func expect(_ sign: String, _ message: String) throws(ConditionError) {
        guard take(sign) else { throw ConditionError(token.offset, message) }
    }

    private var phrase: String {
        token.content == .end ? "nothing" : SweepFileError.quoted(token.text)
    }
}
