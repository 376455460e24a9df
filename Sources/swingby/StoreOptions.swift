import ArgumentParser
import Foundation
import Store
import Sweeps

/// Which store a command is about.
struct StoreOptions: ParsableArguments {
    @Option(
        name: .customLong("store"),
        help: "The store's folder (default: SWINGBY_STORE, else ./swingby-store).")
    var folder: String?

    /// The folder as an absolute path.
    var path: String {
        let environment = ProcessInfo.processInfo.environment["SWINGBY_STORE"]
        let named = folder ?? environment.flatMap { $0.isEmpty ? nil : $0 } ?? "swingby-store"
        return URL(filePath: named).standardizedFileURL.path
    }

    func reader() throws -> StoreReader {
        try StoreReader(opening: path)
    }

    /// The option as a command to copy needs it: empty where the default is meant.
    var asTyped: String { folder.map { " --store \($0)" } ?? "" }
}

/// Whether a command prints JSON.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON with a documented shape.")
    var json = false
}
