import Foundation
import GRDB
public import Sweeps

/// A bundle is a store of one sweep in one file, to give away: what it takes to read the sweep and to
/// train its trials again, the files that they start from included.
extension StoreReader {
    /// Opens a bundle, read as a store is.
    ///
    /// - Throws: `StoreError.missingBundle` where there is none, or why it cannot be read.
    public init(bundle path: String) throws(StoreError) {
        self.init(directory: path, path: path)
        do {
            try read { _ in }
        } catch {
            throw error == .missing(directory: path) ? .missingBundle(path: path) : error
        }
    }

    /// A file that trials of a bundle start from.
    ///
    /// - Throws: `StoreError.corrupt`, where it has another digest.
    /// - Returns: nil where the bundle has none of this digest.
    public func bundledFile(_ digest: Digest256) throws(StoreError) -> [UInt8]? {
        let content = try read { db in
            try db.first(
                "SELECT content FROM attachment WHERE digest = ? AND content IS NOT NULL",
                digest.data)
        }.map { row -> [UInt8] in Array(row[0] as Data) }
        if let content, Digest256(hashing: content) != digest {
            throw .corrupt(path: path, detail: "file \(digest) is damaged")
        }
        return content
    }

    /// Writes a sweep, as it is now, to a new file.
    ///
    /// - Parameter path: Of the file; nothing is to be there.
    /// - Throws: `StoreError`, also where a file that trials start from is not here any more.
    public func writeBundle(of sweep: StoredSweep, to path: String) throws(StoreError) {
        let contents = try attachedFiles(of: sweep)
        try read { origin in
            try reporting(path) {
                var configuration = Configuration()
                // Rows come table by table; `sweep verify --bundle` checks what they refer to.
                configuration.foreignKeysEnabled = false
                let queue = try DatabaseQueue(path: path, configuration: configuration)
                try Schema.migrator.migrate(queue)
                try queue.write { bundle in
                    for table in Self.bundledTables {
                        try Self.copyRows(of: table, Int64(sweep.id), from: origin, to: bundle)
                    }
                    for (digest, content) in contents {
                        try bundle.run(
                            "UPDATE attachment SET content = ? WHERE digest = ?",
                            Data(content), digest.data)
                    }
                }
                try queue.close()
            }
        }
    }

    /// Those that the database does not hold.
    private func attachedFiles(
        of sweep: StoredSweep
    ) throws(StoreError) -> [(Digest256, [UInt8])] {
        let files = FileStore(store: directory)
        var contents: [(Digest256, [UInt8])] = []
        for attachment in try attachments(of: sweep) where attachment.bytes == nil {
            contents.append((attachment.digest, try files.bytes(of: attachment.digest)))
        }
        return contents
    }

    /// Which rows of a table concern sweep ?1.
    private struct BundledTable {
        let name: String
        let condition: String
    }

    private static let bundledTables: [BundledTable] = {
        let trials = "IN (SELECT trial FROM sweep_trial WHERE sweep = ?1)"
        let layouts = "SELECT DISTINCT layout FROM result WHERE trial \(trials)"
        func grids(_ part: String) -> String {
            """
            SELECT value ->> '$.grid' FROM layout, json_each(layout.text, '$.\(part)')
            WHERE layout.id IN (\(layouts))
            """
        }
        return [
            BundledTable(name: "sweep", condition: "id = ?1"),
            BundledTable(name: "attachment", condition: "sweep = ?1"),
            BundledTable(name: "sweep_count", condition: "sweep = ?1"),
            BundledTable(name: "sweep_trial", condition: "sweep = ?1"),
            BundledTable(name: "trial", condition: "id \(trials)"),
            BundledTable(name: "spec", condition: "trial \(trials)"),
            BundledTable(
                name: "cell", condition: "id IN (SELECT cell FROM spec WHERE trial \(trials))"),
            BundledTable(name: "lease", condition: "trial \(trials)"),
            BundledTable(name: "result", condition: "trial \(trials)"),
            BundledTable(name: "layout", condition: "id IN (\(layouts))"),
            BundledTable(
                name: "grid", condition: "id IN (\(grids("curves")) UNION \(grids("arrays")))"),
            BundledTable(name: "duplicate", condition: "trial \(trials)"),
            BundledTable(name: "withdrawn", condition: "trial \(trials)"),
            BundledTable(name: "failure", condition: "trial \(trials)"),
        ]
    }()

    private static func copyRows(
        of table: BundledTable, _ sweep: Int64, from origin: Database, to bundle: Database
    ) throws {
        let names = try origin.columns(in: table.name).map(\.name)
        let list = names.joined(separator: ", ")
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let insertion = try bundle.makeStatement(
            sql: "INSERT INTO \(table.name) (\(list)) VALUES (\(marks))")
        let rows = try Row.fetchCursor(
            origin, sql: "SELECT \(list) FROM \(table.name) WHERE \(table.condition)",
            arguments: [sweep])
        while let row = try rows.next() {
            try insertion.execute(arguments: StatementArguments(row.databaseValues))
        }
    }
}
