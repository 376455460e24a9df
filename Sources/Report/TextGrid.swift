/// Columns of text side by side, as wide as their widest cell.
struct TextGrid {
    struct Cell {
        /// Flush right, so that numbers stand below each other.
        var number = ""
        /// Flush left, after the number.
        var rest = ""
        var isWarning = false

        init(number: String, rest: String = "", isWarning: Bool = false) {
            (self.number, self.rest, self.isWarning) = (number, rest, isWarning)
        }

        init(_ text: String) { rest = text }
    }

    struct Column {
        /// Stands above the header, over this column and those to the right of it.
        var title = ""
        let header: String
        let cells: [Cell]
    }

    var columns: [Column] = []

    /// - Returns: The titles where there are any, the headers, and a line for each cell.
    func lines(color: Bool) -> [String] {
        var lines = [String](repeating: "", count: columns.map(\.cells.count).max() ?? 0)
        var (titles, headers) = ("", "")
        for (i, column) in columns.enumerated() {
            let gap = i == 0 ? "" : column.title.isEmpty ? "  " : "    "
            let numberWidth = column.cells.map(\.number.count).max() ?? 0
            let restWidth = column.cells.map(\.rest.count).max() ?? 0
            // What is left of the header's width goes before numbers and after text.
            let spare = max(0, column.header.count - numberWidth - restWidth)
            let before = restWidth == 0 ? spare : 0
            let after = spare - before
            if !column.title.isEmpty {
                titles = titles.padded(to: headers.count) + gap + column.title
            }
            headers += gap + column.header.padded(to: numberWidth + restWidth)
            for (line, cell) in column.cells.enumerated() {
                let shown = cell.number.indented(to: before + numberWidth) + cell.rest
                let padded = shown.padded(to: before + numberWidth + restWidth + after)
                lines[line] += gap + (color && cell.isWarning ? padded.styled("33") : padded)
            }
        }
        let heads = (titles.isEmpty ? [] : [titles]) + [headers]
        return heads.map { color ? $0.trimmedEnd.styled("1") : $0.trimmedEnd }
            + lines.map(\.trimmedEnd)
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    fileprivate func indented(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }

    fileprivate var trimmedEnd: String {
        var text = self
        while text.last == " " {
            text.removeLast()
        }
        return text
    }

    /// Between an ANSI escape and its end.
    fileprivate func styled(_ code: String) -> String { "\u{1B}[\(code)m\(self)\u{1B}[0m" }
}
