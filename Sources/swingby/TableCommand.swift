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
            swingby table fig2a main --format json
            """)

    @Argument(help: "The sweep.")
    var sweep = "last"

    @Argument(help: "The table, as the sweep file names it.")
    var name = "main"

    @Option(help: "text or json.")
    var format = "text"

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard ["text", "json"].contains(format) else {
            throw ValidationError("--format is text or json, not '\(format)'")
        }
    }

    func run() async throws {
        let reader = try store.reader()
        let table = try summaryTable(name, of: OpenedSweep(sweep, in: reader), in: reader)
        if output.json || format == "json" {
            Terminal.printJSON(table.json)
        } else {
            print(table.text(color: Terminal.usesColor), terminator: "")
        }
    }
}

/// A table of what the store has by now.
func summaryTable(
    _ name: String, of opened: OpenedSweep, in reader: StoreReader
) throws -> SummaryTable {
    guard let spec = opened.file.tables.first(where: { $0.name == name }) else {
        let known = opened.file.tables.map(\.name).joined(separator: ", ")
        throw CommandFailure(.usage, "\(opened.sweep.name) has no table '\(name)'; it has \(known)")
    }
    var builder = try TableBuilder(spec, plan: opened.file.plan)
    let curves = spec.cells.filter { $0.metric.reducer != nil }.map(\.metric.name)
    try reader.forEachRow(of: opened.sweep, curves: .named(Set(curves))) { builder.add($0) }
    return builder.table
}
