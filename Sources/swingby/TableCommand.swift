import ArgumentParser
import Report
import Store
import Sweeps

struct TableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "table",
        abstract: "Prints a summary table of a sweep; its seeds are replicates.",
        discussion: """
            swingby table last
            swingby table fig2a main --format tex > fig2a.tex
            swingby table fig2a --by task.signal --metric ood_loss:rho --stat median
            swingby table fig2a --paired task.signal=[2,2] --where 'model.layers == 1'

            A curve is written with what is taken of it, NAME:REDUCER:
            \(MetricReference.Reducer.examples.map(\.description).joined(separator: " ")).
            """)

    @Argument(help: "The sweep, or several.")
    var sweeps = "last"

    @Argument(help: "The table, as the sweep file names it.")
    var name = "main"

    @Option(help: "\(TableFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
    var format: TableFormat?

    @OptionGroup(title: "Another shape") var shape: TableShape
    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if output.json, let format, format != .json {
            throw ValidationError("--json and --format \(format.rawValue) are both given; keep one")
        }
    }

    func run() async throws {
        let reader = try store.reader()
        for (place, sweep) in try reader.sweeps(sweeps).enumerated() {
            let text = try text(of: OpenedSweep(sweep, in: reader), in: reader)
            print((place > 0 && !output.json ? "\n" : "") + text, terminator: "")
        }
    }

    private func text(of opened: OpenedSweep, in reader: StoreReader) throws -> String {
        let spec = try shape.applied(to: tableSpec(name, of: opened), plan: opened.file.plan)
        let table: SummaryTable
        do {
            table = try summaryTable(spec, of: opened, in: reader)
        } catch {
            // What was asked for on the command line is mended there.
            guard error is ReportError || error is GroupingError else { throw error }
            throw CommandFailure(.usage, "\(error)")
        }
        let format = output.json ? .json : format ?? .text
        return table.formatted(format, color: Terminal.usesColor)
    }
}

/// How the command line changes a table of the sweep file.
struct TableShape: ParsableArguments {
    @Option(help: "Axes or keys that rows are told apart by, separated by commas.")
    var by: String?

    @Option(help: "Axes or keys that are spread over columns.")
    var cols: String?

    @Option(
        help: "A metric instead of the table's own: learning_time/1, ood_loss:last; repeatable.")
    var metric: [String] = []

    @Option(help: "mean, sd, median, q10 …, fraction; repeatable.")
    var stat: [String] = []

    @Option(help: "t95, bootstrap95, wilson95 or none; left out, what fits the statistic.")
    var ci: String?

    @Option(help: "value, ratio or residual of the kind's prediction.")
    var theory: TheoryUse?

    @Option(help: "What steps are told in: step, epoch, time.")
    var unit: String?

    @Option(name: .customLong("where"), help: "Only cells of which this is true.")
    var condition: String?

    @Option(help: "A dash for rows with fewer finished trials.")
    var minSeeds: Int?

    @Option(help: "Differences to one value of an axis, seed by seed: AXIS=VALUE.")
    var paired: String?

    func validate() throws {
        if let minSeeds, minSeeds < 1 { throw ValidationError("--min-seeds is at least 1") }
        let needsMetric = !stat.isEmpty || ci != nil || theory != nil || unit != nil
        if needsMetric, metric.isEmpty {
            throw ValidationError(
                "--stat, --ci, --theory and --unit are of a --metric; name one, such as "
                    + "--metric ood_loss:last")
        }
    }

    /// - Throws: `CommandFailure`, at what is none of the words.
    func applied(to spec: TableSpec, plan: Plan) throws -> TableSpec {
        let columns = cols.map(Self.names) ?? spec.columns
        var rows = by.map(Self.names) ?? spec.rows
        if by == nil, cols != nil {
            rows = (spec.rows ?? plan.axes.map(\.name)).filter { !columns.contains($0) }
        }
        if let both = rows?.first(where: columns.contains) {
            throw CommandFailure(.usage, "'\(both)' is in both rows and columns; keep one")
        }
        return TableSpec(
            name: spec.name, rows: rows, columns: columns,
            cells: metric.isEmpty ? spec.cells : try cells(),
            minimumSeeds: minSeeds ?? spec.minimumSeeds,
            condition: try condition.map { try Self.condition($0, plan) } ?? spec.condition,
            pairing: try paired.map { try Self.pairing($0, plan) } ?? spec.pairing)
    }

    private static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { $0.trimmingPrefix(" ") }.map(String.init)
    }

    private static func condition(_ text: String, _ plan: Plan) throws -> Condition {
        do {
            return try plan.condition(text)
        } catch {
            throw CommandFailure(
                .usage, "--where, at letter \(error.offset + 1): \(error.description)")
        }
    }

    private static func pairing(_ text: String, _ plan: Plan) throws -> TableSpec.Pairing {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else {
            throw CommandFailure(.usage, "--paired is AXIS=VALUE, not '\(text)'")
        }
        let pairing = TableSpec.Pairing(
            axis: String(parts[0]),
            base: plan.value(written: String(parts[1]), ofAxis: String(parts[0])))
        if let objection = plan.objection(to: pairing) {
            throw CommandFailure(.usage, "--paired: \(objection)")
        }
        return pairing
    }

    private func cells() throws -> [ColumnSpec] {
        let statistics = try (stat.isEmpty ? ["mean"] : stat).map { word in
            guard let statistic = Statistic(word) else {
                throw CommandFailure(
                    .usage,
                    "--stat is mean, sd, median, fraction or a quantile as q10, not '\(word)'")
            }
            return statistic
        }
        return try metric.flatMap { text in
            let metric: MetricReference
            do {
                metric = try MetricReference(text)
            } catch {
                throw CommandFailure(.usage, "--metric \(text): \(error)")
            }
            return try statistics.map { statistic in
                ColumnSpec(
                    metric: metric, statistic: statistic, interval: try interval(of: statistic),
                    theory: theory, unit: unit)
            }
        }
    }

    private func interval(of statistic: Statistic) throws -> Interval? {
        guard let ci else {
            switch statistic {
            case .mean: return .t95
            case .fraction: return .wilson95
            case .median, .quantile: return .bootstrap95
            case .sd: return nil
            }
        }
        guard ci != "none" else { return nil }
        guard let interval = Interval(rawValue: ci) else {
            throw CommandFailure(
                .usage, "--ci is t95, bootstrap95, wilson95 or none, not '\(ci)'")
        }
        return interval
    }
}

private func tableSpec(_ name: String, of opened: OpenedSweep) throws -> TableSpec {
    guard let spec = opened.file.tables.first(where: { $0.name == name }) else {
        let known = opened.file.tables.map(\.name).joined(separator: ", ")
        throw CommandFailure(.usage, "\(opened.sweep.name) has no table '\(name)'; it has \(known)")
    }
    return spec
}

/// A table of what the store has by now.
func summaryTable(
    _ spec: TableSpec, of opened: OpenedSweep, in reader: StoreReader
) throws -> SummaryTable {
    var builder = try TableBuilder(spec, plan: opened.file.plan)
    let sources = builder.metrics.compactMap(\.columnSource)
    if sources.count == builder.metrics.count {
        let columns = try reader.columns(of: opened.sweep, sources)
        for (i, state) in columns.states.enumerated() {
            builder.add(i + 1, state: state, values: columns.values.map { $0[i] })
        }
    } else {
        let curves = builder.metrics.filter { $0.reducer != nil }.map(\.name)
        try reader.forEachRow(of: opened.sweep, curves: .named(Set(curves))) { builder.add($0) }
    }
    return builder.table
}

extension MetricReference {
    /// Where the store has the number itself; nil where a curve must be read for it.
    fileprivate var columnSource: ColumnSource? {
        switch reducer {
        case nil: .scalar(name)
        case .last: .last(name)
        default: nil
        }
    }
}
