/// A JSON text in the making: the one shape behind every `--json`.
///
/// Members keep the order in which they are given and numbers have the fewest digits that read back
/// as the same `Double`, so that equal values have equal bytes on every host.
public enum JSONValue: Hashable, Sendable {
    /// A member of an object.
    public struct Member: Hashable, Sendable {
        public let key: String
        public let value: JSONValue

        public init(_ key: String, _ value: JSONValue) {
            self.key = key
            self.value = value
        }
    }

    case null
    case bool(Bool)
    /// What is not finite is written as null, since JSON has no word for it.
    case number(Double)
    case integer(Int)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// On one line, without spaces.
    public var text: String {
        switch self {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .number(let number):
            return number.isFinite ? Sweeps.Value.canonicalText(of: number) : "null"
        case .integer(let integer): return String(integer)
        case .string(let string): return Sweeps.Value.quoted(string)
        case .array(let values): return "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            let texts = members.map { "\(Sweeps.Value.quoted($0.key)):\($0.value.text)" }
            return "{" + texts.joined(separator: ",") + "}"
        }
    }
}

extension JSONValue {
    /// `value`, or null where there is none.
    public static func optional(_ value: Double?) -> JSONValue { value.map(number) ?? .null }

    /// A parameter's value.
    public init(_ value: Sweeps.Value) {
        switch value {
        case .number(let number): self = .number(number)
        case .text(let text): self = .string(text)
        case .flag(let flag): self = .bool(flag)
        case .list(let values): self = .array(values.map(JSONValue.init))
        }
    }
}

extension JSONValue: ExpressibleByDictionaryLiteral, ExpressibleByStringLiteral,
    ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
    ExpressibleByFloatLiteral
{
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { Member($0.0, $0.1) })
    }

    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int) { self = .integer(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(floatLiteral value: Double) { self = .number(value) }
}

extension JSONValue {
    /// A cell's parameters, keys in order.
    public init(_ configuration: Configuration) {
        self = .object(
            configuration.keys.map { key in
                Member(key, configuration[key].map { JSONValue($0) } ?? .null)
            })
    }
}
