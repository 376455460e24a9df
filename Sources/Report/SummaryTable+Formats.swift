internal import Sweeps

/// How a table is written.
public enum TableFormat: String, Sendable, CaseIterable {
    case text, md, tex, csv, json
}

extension SummaryTable {
    /// - Parameter color: For text alone.
    public func formatted(_ format: TableFormat, color: Bool = false) -> String {
        switch format {
        case .text: text(color: color)
        case .md: markdown
        case .tex: latex
        case .csv: csv
        case .json: json.text + "\n"
        }
    }

    /// A pipe table, with the caption before it and the notes after.
    private var markdown: String {
        func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
        let columns = grid.columns
        let headers = zip(columns, grid.titles).map { column, title in
            Self.markdown(title.isEmpty ? column.header : "\(title): \(column.header)")
        }
        let rules = columns.map { $0.isNumeric ? "---:" : ":---" }
        let lines = (columns.first?.cells ?? []).indices.map { i in
            line(columns.map { Self.markdown($0.cells[i].number + $0.cells[i].rest) })
        }
        let table = [line(headers), line(rules)] + lines
        let caption = caption.map(Self.markdown).joined(separator: "  \n")
        let notes = notes.map(Self.markdown).joined(separator: "  \n")
        return ([caption, table.joined(separator: "\n")] + (notes.isEmpty ? [] : [notes]))
            .joined(separator: "\n\n") + "\n"
    }

    private static func markdown(_ text: String) -> String {
        text.escaped { "\\|`*_<>[]".unicodeScalars.contains($0) ? "\\\($0)" : nil }
    }

    /// A `table` environment; its rules are those of the package booktabs.
    private var latex: String {
        let columns = grid.columns
        let titles = grid.titles
        var lines = [
            "% \\usepackage{booktabs}", "\\begin{table}", "  \\centering",
            "  \\caption{\((caption + notes).map(Self.latex).joined(separator: ". "))}",
            "  \\begin{tabular}{\(columns.map { $0.isNumeric ? "r" : "l" }.joined())}",
            "    \\toprule",
        ]
        if titles.contains(where: { !$0.isEmpty }) {
            var (heads, rules): ([String], [String]) = ([], [])
            var start = 0
            while start < titles.count {
                let end = titles[start...].firstIndex { $0 != titles[start] } ?? titles.count
                if titles[start].isEmpty {
                    heads += Array(repeating: "", count: end - start)
                } else {
                    heads.append(
                        "\\multicolumn{\(end - start)}{c}{\(Self.latex(titles[start]))}")
                    rules.append("\\cmidrule(lr){\(start + 1)-\(end)}")
                }
                start = end
            }
            lines.append("    " + heads.joined(separator: " & ") + " \\\\")
            lines.append("    " + rules.joined(separator: " "))
        }
        func line(_ cells: [String]) -> String { "    " + cells.joined(separator: " & ") + " \\\\" }
        lines.append(line(columns.map { Self.latex($0.header) }))
        lines.append("    \\midrule")
        for i in columns.first?.cells.indices ?? 0..<0 {
            lines.append(
                line(
                    columns.map { column in
                        let text = column.cells[i].number + column.cells[i].rest
                        return column.isNumeric ? Self.latexNumbers(text) : Self.latex(text)
                    }))
        }
        lines += ["    \\bottomrule", "  \\end{tabular}", "\\end{table}"]
        return lines.joined(separator: "\n") + "\n"
    }

    static func latex(_ text: String) -> String {
        text.escaped { scalar in
            switch scalar {
            case "\\": "\\textbackslash{}"
            case "{", "}", "$", "&", "#", "_", "%": "\\\(scalar)"
            case "~": "\\textasciitilde{}"
            case "^": "\\textasciicircum{}"
            case "<": "\\textless{}"
            case ">": "\\textgreater{}"
            case "—": "---"
            // A line that begins with a bracket after \\ would be taken for an option.
            case "[": "{[}"
            case "]": "{]}"
            default: nil
            }
        }
    }

    /// Numbers in text, their minus and exponent as mathematics: `-1.5e-04` as $-1.5\cdot10^{-4}$.
    private static func latexNumbers(_ text: String) -> String {
        var result = ""
        var word = ""
        func flush() {
            let parts = word.split(separator: "e", omittingEmptySubsequences: false)
            if Double(word) == nil {
                result += latex(word)
            } else if parts.count == 2, let exponent = Int(parts[1]) {
                result += "$\(parts[0]) \\cdot 10^{\(exponent)}$"
            } else {
                result += word.hasPrefix("-") ? "$\(word)$" : word
            }
            word = ""
        }
        for character in text {
            if " [],()".contains(character) {
                flush()
                result += latex(String(character))
            } else {
                word.append(character)
            }
        }
        flush()
        return result
    }

    /// A line for each row of the table, whatever it spreads over columns: values of the axes, n,
    /// diverged, and five columns for each cell.
    private var csv: String {
        let header =
            axes + ["n", "diverged"]
            + spec.cells.flatMap { cell in
                ["", " low", " high", " theory", " missing"].map { cell.label + $0 }
            }
        let lines = rows.map { row in
            row.values.map { $0.map(CommaSeparated.field) ?? "" }
                + [String(row.n), String(row.diverged)]
                + row.cells.flatMap { cell in
                    [cell.value, cell.low, cell.high, cell.theory]
                        .map { $0.map(Value.canonicalText) ?? "" } + [String(cell.missing)]
                }
        }
        return ([header.map(CommaSeparated.guarded)] + lines)
            .map { CommaSeparated.line($0) + "\n" }.joined()
    }
}

extension TextGrid {
    /// The title over each column: a column's own title is over those after it too.
    fileprivate var titles: [String] {
        var title = ""
        return columns.map { column in
            if !column.title.isEmpty { title = column.title }
            return title
        }
    }
}

extension TextGrid.Column {
    fileprivate var isNumeric: Bool { cells.contains { !$0.number.isEmpty } }
}

extension String {
    fileprivate func escaped(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var text = ""
        for scalar in unicodeScalars { text += replacement(scalar) ?? String(scalar) }
        return text
    }
}
