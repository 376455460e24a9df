import ArgumentParser
import Foundation
import Report
import Store
import Sweeps

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a sweep's trials for other programs.",
        discussion: "swingby export fig2a rows --out fig2a.csv")

    @Argument(help: "The sweep.")
    var sweep: String

    @Argument(help: "What to write: rows, a line a trial.")
    var what: String

    @Option(help: "The CSV file; - is standard output.")
    var out: String

    @OptionGroup var store: StoreOptions

    func validate() throws {
        guard what == "rows" else {
            throw ValidationError("'\(what)' cannot be exported; rows can")
        }
    }

    func run() async throws {
        let reader = try store.reader()
        let opened = try OpenedSweep(sweep, in: reader)
        let csv = RowsCSV(plan: opened.file.plan)
        var lines = [csv.header]
        try reader.forEachRow(of: opened.sweep, curves: .all) { lines.append(csv.line($0)) }
        let text = lines.joined(separator: "\n") + "\n"
        if out == "-" {
            print(text, terminator: "")
            return
        }
        do {
            // Atomically, so that a reader never finds half a file.
            try Data(text.utf8).write(to: URL(filePath: out), options: .atomic)
        } catch {
            throw CommandFailure(.failed, "\(out): \(error.localizedDescription)")
        }
    }
}
