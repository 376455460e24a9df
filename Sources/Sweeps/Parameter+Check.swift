extension Parameter.Domain {
    /// - Returns: What would be right, as the end of a sentence on the value; nil where it is right.
    public func objection(to value: Value) -> String? {
        allows(value) ? nil : "must be \(description)"
    }

    private func allows(_ value: Value) -> Bool {
        switch self {
        case .integer(let range): value.integer.map(range.contains) ?? false
        case .number(let range, let openBelow):
            value.number.map { range.contains($0) && !(openBelow && $0 == range.lowerBound) }
                ?? false
        case .choice(let words): value.text.map(words.contains) ?? false
        case .integerOr(let range, let words):
            value.integer.map(range.contains) ?? value.text.map(words.contains) ?? false
        case .flag: value.flag != nil
        case .numbers(let range, let count, let broadcast):
            if let number = value.number {
                broadcast && range.contains(number)
            } else if let numbers = value.numbers {
                count.contains(numbers.count) && numbers.allSatisfy(range.contains)
            } else {
                false
            }
        case .file: value.text.map(Self.isDigest) ?? false
        }
    }

    private static func isDigest(_ text: String) -> Bool {
        text.hasPrefix("sha256:") && text.utf8.count == 71
            && text.utf8.dropFirst(7).allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }

    /// Whether a number drawn from an interval must be whole.
    var isWhole: Bool {
        switch self {
        case .integer, .integerOr: true
        default: false
        }
    }

    /// The words that a value may be.
    var words: [String] {
        switch self {
        case .choice(let words), .integerOr(_, let words): words
        default: []
        }
    }
}

extension Parameter.Domain: CustomStringConvertible {
    /// What is allowed: `a whole number from 1 to 32`, `over 0 and at most 10`.
    public var description: String {
        switch self {
        case .integer(let range): "a whole number \(Self.text(range))"
        case .number(let range, openBelow: false): "a number \(Self.text(range))"
        case .number(let range, openBelow: true):
            "over \(Value.canonicalText(of: range.lowerBound)) and at most "
                + Value.canonicalText(of: range.upperBound)
        case .choice(let words): words.count == 1 ? words[0] : Self.either(words)
        case .integerOr(let range, let words):
            "a whole number \(Self.text(range)), or " + words.joined(separator: " or ")
        case .flag: "true or false"
        case .numbers(let range, let count, let broadcast):
            "a list of "
                + (count.lowerBound == count.upperBound ? "" : "\(count.lowerBound) to ")
                + (count.upperBound == 1 ? "1 number" : "\(count.upperBound) numbers")
                + " \(Self.text(range))\(broadcast ? ", or one such number for all" : "")"
        case .file: "a file: sha256: and 64 hexadecimal digits"
        }
    }

    private static func either(_ words: [String]) -> String {
        words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }

    private static func text(_ range: ClosedRange<Int>) -> String {
        "from \(range.lowerBound) to \(range.upperBound)"
    }

    private static func text(_ range: ClosedRange<Double>) -> String {
        "from \(Value.canonicalText(of: range.lowerBound)) to "
            + Value.canonicalText(of: range.upperBound)
    }
}
