extension String {
    /// The text with whatever a terminal or a plotter could act on, or hide text with, written out
    /// as `\u{1b}`: control and format characters, line and paragraph separators.
    public var visible: String {
        var text = ""
        for scalar in unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse:
                text += "\\u{\(String(scalar.value, radix: 16))}"
            default:
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
