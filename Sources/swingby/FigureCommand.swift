import ArgumentParser
import Figures
import Foundation
import Report
import Store
import Sweeps

struct FigureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "figure",
        abstract: "Draws a figure of a sweep with gnuplot.",
        discussion: """
            swingby figure last --out path.svg
            swingby figure fig2a path --out DIR      the gnuplot script and its data
            """)

    @Argument(help: "The sweep.")
    var sweep = "last"

    @Argument(help: "The figure, as the sweep file names it; may be left out where there is one.")
    var name: String?

    @Option(help: "FILE.svg, FILE.png, FILE.pdf, or a folder for the gnuplot script and its data.")
    var out: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let reader = try store.reader()
        let opened = try OpenedSweep(sweep, in: reader)
        let spec = try chosen(of: opened)
        try await drawing(spec, of: opened, in: reader).write(to: out)
        if output.json {
            Terminal.printJSON([
                "schema": 1, "name": .string(opened.sweep.name), "figure": .string(spec.name),
                "out": .string(out),
            ])
        }
    }

    private func chosen(of opened: OpenedSweep) throws -> FigureSpec {
        let figures = opened.file.figures
        guard let first = figures.first else {
            throw CommandFailure(.usage, "\(opened.sweep.name) has no figures: in its file")
        }
        guard let name else {
            if figures.count == 1 { return first }
            let known = figures.map(\.name).joined(separator: ", ")
            throw CommandFailure(.usage, "which figure of \(opened.sweep.name)? It has \(known)")
        }
        guard let figure = figures.first(where: { $0.name == name }) else {
            let known = figures.map(\.name).joined(separator: ", ")
            throw CommandFailure(
                .usage, "\(opened.sweep.name) has no figure '\(name)'; it has \(known)")
        }
        return figure
    }
}

/// A figure of what the store has by now.
func drawing(
    _ spec: FigureSpec, of opened: OpenedSweep, in reader: StoreReader
) throws -> any Drawing {
    let plan = opened.file.plan
    if case .heat(let spec) = spec {
        let table = try summaryTable(spec.table, of: opened, in: reader)
        let cells = table.rows.map { HeatCell(values: $0.values, number: $0.cells[0].value) }
        return try Picture(spec, title: plan.name, cells: cells)
    }
    if case .images(let spec) = spec {
        // Most rows' images are not shown, and need not stay in memory.
        var images = try ImageSheet(spec, plan: plan)
        try reader.forEachRow(of: opened.sweep, curves: .named(Set(spec.arrays))) { images.add($0) }
        return try images.sheet()
    }
    var rows: [TrialRow] = []
    try reader.forEachRow(of: opened.sweep, curves: .named(spec.curves)) { rows.append($0) }
    switch spec {
    case .plane(let spec): return try Picture(spec, plan: plan, rows: rows)
    case .curve(let spec): return try Picture(spec, plan: plan, rows: rows)
    case .entries(let spec): return try Picture(spec, plan: plan, rows: rows)
    case .cube(let spec): return try Picture(spec, plan: plan, rows: rows)
    case .heat, .images: preconditionFailure("made above")
    }
}
