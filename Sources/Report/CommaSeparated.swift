internal import Sweeps

/// Lines of comma-separated values (RFC 4180) that a spreadsheet calculates nothing of.
enum CommaSeparated {
    static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",")
    }

    /// A parameter's value.
    static func field(_ value: Value) -> String { value.text.map(guarded) ?? value.canonicalText }

    /// Text that a spreadsheet would take for a formula, with an apostrophe before it.
    static func guarded(_ text: String) -> String {
        guard let first = text.unicodeScalars.first,
            "=+-@\t\r".unicodeScalars.contains(first)
        else { return text }
        return "'" + text
    }

    private static func quoted(_ field: String) -> String {
        guard field.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else {
            return field
        }
        // By Unicode scalar: a quote under an accent is one character, but still ends a field.
        var quoted = "\""
        for scalar in field.unicodeScalars {
            quoted += scalar == "\"" ? "\"\"" : String(scalar)
        }
        return quoted + "\""
    }
}
