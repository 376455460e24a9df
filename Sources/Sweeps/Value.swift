/// A value of a parameter, as a sweep file writes it.
public enum Value: Hashable, Sendable {
    case number(Double)
    case text(String)
    case flag(Bool)
    case list([Value])

    /// The one spelling of this value, as JSON: equal values have equal text.
    ///
    /// Numbers have the fewest digits that read back as the same `Double`, whole ones no point; a
    /// number is finite, which whoever makes the value has checked.
    public var canonicalText: String {
        switch self {
        case .number(let number): return Self.canonicalText(of: number)
        case .text(let text): return Self.quoted(text)
        case .flag(let flag): return flag ? "true" : "false"
        case .list(let values):
            return "[" + values.map(\.canonicalText).joined(separator: ",") + "]"
        }
    }

    /// The shortest text that reads back as `number`: `1`, `0.05`, `1e-05`.
    public static func canonicalText(of number: Double) -> String {
        if number.magnitude < 0x1p53, number == number.rounded(.towardZero) {
            return String(Int64(number))
        }
        return number.description
    }

    /// `text` as a JSON string.
    public static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension Value: CustomStringConvertible {
    /// As a table shows it: text without quotes, else the canonical text.
    public var description: String {
        if case .text(let text) = self { return text }
        return canonicalText
    }
}

extension Value {
    public var number: Double? {
        if case .number(let number) = self { number } else { nil }
    }
    public var integer: Int? { number.flatMap(Int.init(exactly:)) }
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }
    public var flag: Bool? {
        if case .flag(let flag) = self { flag } else { nil }
    }
    public var list: [Value]? {
        if case .list(let values) = self { values } else { nil }
    }
    /// The numbers of a list of numbers.
    public var numbers: [Double]? {
        guard let list else { return nil }
        let numbers = list.compactMap(\.number)
        return numbers.count == list.count ? numbers : nil
    }
}

/// For the values that code writes: defaults of keys, tests.
extension Value: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByStringLiteral,
    ExpressibleByArrayLiteral
{
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(integerLiteral value: Int) { self = .number(Double(value)) }
    public init(booleanLiteral value: Bool) { self = .flag(value) }
    public init(stringLiteral value: String) { self = .text(value) }
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
}
