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
            swingby export fig2a weights --out fig2a-weights

            Weights are not stored: trials are trained again, and their digests compared.
            """)

    @Argument(help: "The sweep.")
    var sweep: String

    @Argument(help: "What to write: rows, a line a trial; weights, a safetensors file a trial.")
    var what: String

    @Option(help: "The CSV file, - for standard output; the folder of the weights.")
    var out: String

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard ["rows", "weights"].contains(what) else {
            throw ValidationError("'\(what)' cannot be exported; rows and weights can")
        }
    }

    func run() async throws {
        let reader = try store.reader()
        let opened = try OpenedSweep(sweep, in: reader)
        if what == "weights" {
            try await WeightsExport(opened: opened, reader: reader, store: store, folder: out).run()
            return
        }
        let csv = RowsCSV(plan: opened.file.plan)
        var lines = [csv.header]
        try reader.forEachRow(of: opened.sweep, curves: .all) { lines.append(csv.line($0)) }
        let text = lines.joined(separator: "\n") + "\n"
        if out == "-" {
            print(text, terminator: "")
            return
        }
        try OutputFile.write(Array(text.utf8), to: out)
    }
}
