import ArgumentParser
import Report
import Store
import Sweeps

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a sweep's trials for other programs.",
        discussion: """
            swingby export fig2a rows --out fig2a.csv
            swingby export fig2a metrics --out curves.jsonl
            swingby export fig2a weights --out fig2a-weights
            swingby export fig2a bundle --out fig2a.bundle

            Weights are not stored: trials are trained again, and their digests compared. A bundle is
            the sweep with all that is known of it in one file, a SQLite database as a store's, which
            others check with 'swingby sweep verify --bundle'.
            """)

    @Argument(help: "The sweep.")
    var sweep: String

    @Argument(
        help: """
            What to write: rows, a line a trial; metrics, a line a point; weights, a safetensors file \
            a trial; bundle, the sweep to give away.
            """)
    var what: String

    @Option(
        help: "FILE.csv or FILE.jsonl, - for CSV on standard output; the folder of the weights.")
    var out: String

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if out == "-", output.json {
            throw ValidationError("--json and --out - both print; keep one")
        }
        guard ["rows", "metrics", "weights", "bundle"].contains(what) else {
            throw ValidationError(
                "'\(what)' cannot be exported; rows, metrics, weights and a bundle can")
        }
        if out == "-", what == "bundle" {
            throw ValidationError("a bundle is a file; name one with --out")
        }
    }

    func run() async throws {
        let reader = try store.reader()
        let opened = try OpenedSweep(sweep, in: reader)
        if what == "weights" {
            try await WeightsExport(opened: opened, reader: reader, store: store, folder: out).run()
        } else if what == "bundle" {
            try OutputFile.move(to: out) { draft in
                try reader.writeBundle(of: opened.sweep, to: draft)
            }
        } else {
            try write(opened, reader)
        }
        if output.json {
            Terminal.printJSON([
                "schema": 1, "name": .string(opened.sweep.name), "what": .string(what),
                "out": .string(out),
            ])
        }
    }

    private func write(_ opened: OpenedSweep, _ reader: StoreReader) throws {
        let isJSON = out.hasSuffix(".jsonl") || out.hasSuffix(".json")
        try OutputFile.write(to: out) { write in
            if what == "rows" {
                let rows = RowsCSV(plan: opened.file.plan)
                if !isJSON { try write(rows.header) }
                try reader.forEachRow(of: opened.sweep, curves: .all) {
                    try write(isJSON ? rows.json($0).text : rows.line($0))
                }
            } else {
                let metrics = MetricLines(isJSON: isJSON)
                try metrics.header.map(write)
                try reader.forEachRow(of: opened.sweep, curves: .all) {
                    for line in metrics.lines($0) { try write(line) }
                }
            }
        }
    }
}
