internal import Sweeps

extension SummaryTable {
    /// The table for people: a caption, aligned columns, and notes where a cell needs one.
    ///
    /// - Parameter color: Whether headers are bold and diverged trials stand out, by ANSI escapes.
    public func text(color: Bool = false) -> String {
        let paragraphs = [caption, grid.lines(color: color), notes]
        return paragraphs.filter { !$0.isEmpty }.joined(separator: [""])
            .map { $0 + "\n" }.joined()
    }

    var caption: [String] {
        let spread = spec.columns.isEmpty ? "" : "; spread over \(Self.list(spec.columns))"
        let rowNames = axes.prefix(axes.count - spec.columns.count)
        let pooled = pooled.isEmpty ? "" : "; pooled: \(Self.list(pooled))"
        let grouped = rowNames.isEmpty ? "all cells" : "by \(Self.list(rowNames))"
        var lines = ["\(sweep.visible)/\(spec.name.visible): \(grouped)\(spread)\(pooled)"]
        if let condition = spec.condition {
            lines.append("where \(condition.description.visible)")
        }
        if let pairing = spec.pairing {
            lines.append(
                "differences to \(pairing.axis.visible) \(pairing.base.description.visible), seed by "
                    + "seed; n: pairs of which both finished")
        }
        if over < planned {
            let lost = withoutResult > 0 ? ", \(withoutResult) of them without a result" : ""
            lines.append("so far \(over) of \(planned) trials\(lost)")
        } else if withoutResult > 0 {
            lines.append("\(withoutResult) of \(planned) trials ended without a result")
        }
        let seeds = seedCount == 1 ? "1 seed" : "\(seedCount) seeds"
        let whose = spec.pairing == nil ? "n: finished trials (\(seeds) a cell)" : "\(seeds) a cell"
        lines.append("\(whose); diverged ones are in no statistic")
        let withInterval = spec.cells.filter { $0.interval != nil && $0.theory != .value }
        for interval in Interval.allCases {
            let labels = withInterval.filter { $0.interval == interval }.map(\.label)
            guard !labels.isEmpty else { continue }
            let whose = labels.count < withInterval.count ? " of \(Self.list(labels))" : ""
            lines.append("[low, high]: 95 % interval\(whose), \(interval.caption)")
        }
        return lines
    }

    var notes: [String] {
        var notes: [String] = []
        if rows.contains(where: { $0.cells.contains { $0.missing > 0 } }) {
            notes.append(
                spec.pairing == nil
                    ? "(k never): in k trials the event never came; a quantile counts these as "
                        + "later than all others, a mean leaves them out"
                    : "(k never): in k pairs an event never came; these are left out")
        }
        if rows.contains(where: { $0.n < spec.minimumSeeds }), spec.minimumSeeds > 1 {
            notes.append("—: fewer than \(spec.minimumSeeds) finished trials")
        }
        return notes
    }

    /// A line for each combination of the row axes; beside each other, n, diverged and the cells of
    /// each combination of the column axes. Combinations that the plan has not stay blank.
    var grid: TextGrid {
        let rowNames = Array(axes.prefix(axes.count - spec.columns.count))
        let lines = Self.distinct(rows.map { Array($0.values.prefix(rowNames.count)) })
        let spreads = Self.distinct(rows.map { Array($0.values.dropFirst(rowNames.count)) })
        let rowOfValues = Dictionary(rows.map { ($0.values, $0) }) { first, _ in first }
        var grid = TextGrid()
        for (i, name) in rowNames.enumerated() {
            grid.columns.append(
                .init(header: name.visible, cells: lines.map { .init(Self.text($0[i])) }))
        }
        for spread in spreads {
            let found = lines.map { rowOfValues[$0 + spread] }
            let title = zip(spec.columns, spread).map { "\($0.visible) \(Self.text($1))" }
            grid.columns += columns(of: found, title: title.joined(separator: ", "))
        }
        return grid
    }

    private func columns(of rows: [Row?], title: String) -> [TextGrid.Column] {
        let n = rows.map { TextGrid.Cell(number: $0.map { String($0.n) } ?? "") }
        let diverged = rows.map { row in
            TextGrid.Cell(
                number: row.map { String($0.diverged) } ?? "", isWarning: row?.diverged ?? 0 > 0)
        }
        let cells = spec.cells.enumerated().map { i, column in
            TextGrid.Column(
                header: Self.header(column),
                cells: rows.map { $0.map { Self.text($0.cells[i]) } ?? .init("") })
        }
        return [
            .init(title: title, header: "n", cells: n),
            .init(header: "diverged", cells: diverged),
        ] + cells
    }

    /// The label, with the unit where it does not name that already.
    private static func header(_ column: ColumnSpec) -> String {
        guard let unit = column.unit, !column.label.contains(unit) else {
            return column.label.visible
        }
        return "\(column.label) (\(unit))".visible
    }

    /// `33.8 [33.1, 34.6] (2 never)`.
    private static func text(_ cell: Cell) -> TextGrid.Cell {
        let never = cell.missing > 0 ? " (\(cell.missing) never)" : ""
        guard let value = cell.value else { return .init(number: "—", rest: never) }
        guard cell.low != nil || cell.high != nil else {
            return .init(number: NumberText(for: [value]).text(value), rest: never)
        }
        let ends = [cell.low, cell.high]
        let shown = [value] + ends.compactMap(\.self)
        // An interval that is open above is rounded by the part of it that is known.
        let width = (cell.high ?? value) - (cell.low ?? value)
        let format = NumberText(for: shown, width: width)
        let bounds = ends.map { $0.map(format.text) ?? "—" }.joined(separator: ", ")
        return .init(number: format.text(value), rest: " [\(bounds)]" + never)
    }

    private static func text(_ value: Value?) -> String { value?.description.visible ?? "—" }

    private static func list(_ names: some Sequence<String>) -> String {
        names.map(\.visible).joined(separator: ", ")
    }

    private static func distinct(_ keys: [[Value?]]) -> [[Value?]] {
        var known: Set<[Value?]> = []
        return keys.filter { known.insert($0).inserted }
    }
}
