/// A word or sign of a condition.
struct ConditionToken {
    enum Content: Equatable {
        case name(String)
        case literal(Value)
        /// One of `== != < <= > >= ( ) [ ] ,` or a word of the language: `and`, `or`, `not`, `in`.
        case sign(String)
        case end
    }

    let content: Content
    /// In Unicode scalars, from 0.
    let offset: Int
    /// As it is written.
    let text: String
}

/// Cuts a condition into tokens.
struct ConditionScanner {
    /// Words of the language, which no axis may be called by.
    static let words = ["and", "or", "not", "in", "true", "false"]
    /// What other languages write, and what is written here.
    private static let foreign = [
        "=": "==", "===": "==", "<>": "!=", "=>": ">=", "=<": "<=", "!": "not", "&": "and",
        "&&": "and", "|": "or", "||": "or",
    ]

    private let scalars: [Unicode.Scalar]
    private var index = 0

    static func tokens(of text: String) throws(ConditionError) -> [ConditionToken] {
        var scanner = ConditionScanner(scalars: Array(text.unicodeScalars))
        var tokens: [ConditionToken] = []
        repeat {
            tokens.append(try scanner.next())
        } while tokens.last?.content != .end
        return tokens
    }

    private init(scalars: [Unicode.Scalar]) {
        self.scalars = scalars
    }

    private mutating func next() throws(ConditionError) -> ConditionToken {
        while index < scalars.count, scalars[index].properties.isWhitespace { index += 1 }
        let start = index
        guard index < scalars.count else {
            return ConditionToken(content: .end, offset: start, text: "")
        }
        let content: ConditionToken.Content
        switch scalars[index] {
        case "(", ")", "[", "]", ",":
            content = .sign(String(scalars[index]))
            index += 1
        case "\"", "'": content = .literal(.text(try quoted()))
        case "=", "!", "<", ">", "&", "|": content = .sign(try comparisonSign())
        case "+", "-", ".", "0"..."9": content = .literal(try number())
        case let scalar where Self.isLetter(scalar): content = word()
        default:
            throw ConditionError(
                start,
                "'\(String(scalars[index]).visible)' is no part of a condition; known are keys, "
                    + "numbers, \"text\", lists, == != < <= > >= in and or not ( )")
        }
        return ConditionToken(content: content, offset: start, text: text(from: start))
    }

    private func text(from start: Int) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[start..<index])
        return String(text)
    }

    private mutating func quoted() throws(ConditionError) -> String {
        let start = index
        let quote = scalars[index]
        var text = String.UnicodeScalarView()
        index += 1
        while index < scalars.count, scalars[index] != quote {
            if scalars[index] == "\\" { index += 1 }
            if index < scalars.count { text.append(scalars[index]) }
            index += 1
        }
        guard index < scalars.count else {
            throw ConditionError(start, "the text that begins here has no end; close its quote")
        }
        index += 1
        return String(text)
    }

    private mutating func comparisonSign() throws(ConditionError) -> String {
        let start = index
        while index < scalars.count, "=!<>&|".unicodeScalars.contains(scalars[index]) { index += 1 }
        let sign = text(from: start)
        if Condition.Operator(rawValue: sign) != nil { return sign }
        let right = Self.foreign[sign].map { "write \($0)" }
        throw ConditionError(
            start,
            "'\(sign)' is no operator; " + (right ?? "known are == != < <= > >= in and or not"))
    }

    private mutating func number() throws(ConditionError) -> Value {
        let start = index
        index += 1
        while index < scalars.count {
            let isSign = scalars[index] == "+" || scalars[index] == "-"
            let followsExponent = scalars[index - 1] == "e" || scalars[index - 1] == "E"
            guard Self.isPartOfName(scalars[index]) && !isSign || isSign && followsExponent else {
                break
            }
            index += 1
        }
        switch PlainScalar(text(from: start)) {
        case .value(.number(let number)): return .number(number)
        case .unusable(let reason):
            throw ConditionError(start, "'\(text(from: start))' \(reason); write a finite number")
        case .value, .null:
            throw ConditionError(
                start,
                "\(SweepFileError.quoted(text(from: start))) is no number; "
                    + "there is no arithmetic here, and text stands in quotes")
        }
    }

    private mutating func word() -> ConditionToken.Content {
        let start = index
        while index < scalars.count, Self.isPartOfName(scalars[index]) { index += 1 }
        let word = text(from: start)
        switch word {
        case "and", "or", "not", "in": return .sign(word)
        case "true", "True", "TRUE": return .literal(.flag(true))
        case "false", "False", "FALSE": return .literal(.flag(false))
        default: return .name(word)
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && scalar.properties.isAlphabetic
    }

    private static func isPartOfName(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || ("0"..."9").contains(scalar) || "._-".unicodeScalars.contains(scalar)
    }
}
