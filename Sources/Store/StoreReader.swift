import GRDB
import Glibc
import Sweeps

/// Reads a store, beside its coordinator or without one, and changes nothing.
///
/// Each call opens a connection of its own and sees one moment of the store.
public struct StoreReader: Sendable {
    public let directory: String
    let path: String

    /// - Throws: `StoreError.missing` where there is no store, or why it can not be read.
    public init(opening directory: String) throws(StoreError) {
        self.init(directory: directory, path: StoreDirectory.databasePath(directory))
        try read { _ in }
    }

    init(directory: String, path: String) {
        self.directory = directory
        self.path = path
    }

    /// Runs `body` on one moment of the store.
    ///
    /// A connection to a database in WAL mode makes the side files that are not there, read-only or
    /// not. They are not there when no coordinator runs and none was killed; then the file itself
    /// is all there is, and SQLite is told that it does not change. Should a coordinator open it
    /// just then, its side files show it, and what was read is not to be trusted.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        guard FileMark(path) != nil else { throw .missing(directory: directory) }
        let log = path + "-wal"
        let mark = FileMark(log) == nil ? FileMark(path) : nil
        let value = Result { () throws(StoreError) in try readUnguarded(isStill: mark != nil, body)
        }
        if let mark, FileMark(log) != nil || FileMark(path) != mark {
            throw .changedWhileRead(path: path)
        }
        return try value.get()
    }

    private func readUnguarded<Value>(
        isStill: Bool, _ body: (Database) throws -> Value
    ) throws(StoreError) -> Value {
        try reporting(path) {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            let queue = try DatabaseQueue(
                path: isStill ? stillLocation : path, configuration: configuration)
            return try queue.read { db in
                guard try Schema.check(db, path: path) == .store else {
                    throw StoreError.missing(directory: directory)
                }
                return try body(db)
            }
        }
    }

    /// The URI of a file that does not change while it is read.
    private var stillLocation: String {
        let escaped = path.map { character in
            switch character {
            case "%": "%25"
            case "?": "%3f"
            case "#": "%23"
            default: String(character)
            }
        }
        return "file:" + escaped.joined() + "?immutable=1"
    }
}

/// What changes when a file does. The file is never opened for it: closing it again would drop the
/// locks that this process may have on it.
private struct FileMark: Equatable {
    let size: Int
    /// The bytes of the time of its last change.
    let changed: [UInt8]

    /// nil where there is no such file.
    init?(_ path: String) {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        size = Int(facts.st_size)
        changed = withUnsafeBytes(of: facts.st_mtim, Array.init)
    }
}
