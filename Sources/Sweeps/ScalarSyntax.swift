/// What a plain scalar of YAML stands for, by the core schema of YAML 1.2: `1e-5` is a number, and
/// `yes` is text.
///
/// - SeeAlso: YAML 1.2.2, section 10.3.2.
enum PlainScalar: Equatable {
    case null
    case value(Value)
    /// A number that no `Double` stands for, and why.
    case unusable(String)

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .value(.flag(true))
        case "false", "False", "FALSE": self = .value(.flag(false))
        default: self = Self.number(text) ?? .value(.text(text))
        }
    }

    /// - Returns: nil where the text is not spelled as a number.
    private static func number(_ text: String) -> PlainScalar? {
        let bytes = Array(text.utf8)
        guard bytes.count <= 400 else { return nil }
        if text.hasPrefix("0x") { return whole(text.dropFirst(2), radix: 16) }
        if text.hasPrefix("0o") { return whole(text.dropFirst(2), radix: 8) }
        let sign = bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") ? 1 : 0
        let unsigned = String(decoding: bytes.dropFirst(sign), as: UTF8.self)
        if [".inf", ".Inf", ".INF"].contains(unsigned)
            || [".nan", ".NaN", ".NAN"].contains(text)
        {
            return .unusable("is not a finite number")
        }
        guard isDecimal(bytes.dropFirst(sign)), let number = Double(text) else { return nil }
        if !number.isFinite { return .unusable("is too large for a number") }
        let mantissa = bytes.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        if number == 0, mantissa.contains(where: { (UInt8(ascii: "1")...UInt8(ascii: "9")) ~= $0 })
        {
            return .unusable("is too small for a number")
        }
        if bytes.dropFirst(sign).allSatisfy(isDigit), UInt64(unsigned) ?? .max > 1 << 53 {
            return .unusable("has too many digits to be held exactly")
        }
        return .value(.number(number == 0 ? 0 : number))
    }

    private static func whole(_ digits: Substring, radix: Int) -> PlainScalar? {
        guard !digits.isEmpty, digits.utf8.first != UInt8(ascii: "+"),
            digits.utf8.first != UInt8(ascii: "-"),
            digits.allSatisfy({ $0.isASCII && ($0.hexDigitValue ?? radix) < radix })
        else { return nil }
        guard let number = UInt64(digits, radix: radix), number <= 1 << 53 else {
            return .unusable("has too many digits to be held exactly")
        }
        return .value(.number(Double(number)))
    }

    /// Whether the text is digits with at most one point, then perhaps an exponent.
    private static func isDecimal(_ unsigned: ArraySlice<UInt8>) -> Bool {
        let mantissa = unsigned.prefix { $0 | 0x20 != UInt8(ascii: "e") }
        let parts = mantissa.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ $0.allSatisfy(isDigit) }), parts.contains(where: { !$0.isEmpty })
        else { return false }
        guard mantissa.count < unsigned.count else { return true }
        var exponent = unsigned.dropFirst(mantissa.count + 1)
        if exponent.first == UInt8(ascii: "-") || exponent.first == UInt8(ascii: "+") {
            exponent = exponent.dropFirst()
        }
        return !exponent.isEmpty && exponent.allSatisfy(isDigit)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte
    }
}
