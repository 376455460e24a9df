import GRDB
import GRDBSQLite
import Sweeps

/// A value that SQLite takes.
protocol SQLBindable {
    /// - Returns: SQLite's result code.
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32
}

/// A statement that is prepared once for the connection and run without boxing its values: for what
/// is done for each of a hundred thousand trials. Valid within the call that has the database.
struct FastStatement {
    /// Keeps `raw` alive.
    private let statement: Statement
    private let raw: OpaquePointer
    private let connection: OpaquePointer?

    init(_ sql: String, _ db: Database) throws {
        statement = try db.cachedStatement(sql: sql)
        raw = statement.sqliteStatement
        connection = db.sqliteConnection
    }

    /// Runs a statement that yields no rows.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    func run<each Value: SQLBindable>(_ values: repeat each Value) throws -> Int {
        try bind(repeat each values)
        defer { sqlite3_reset(raw) }
        let code = sqlite3_step(raw)
        guard code == SQLITE_DONE else { throw error(code) }
        return Int(sqlite3_changes(connection))
    }

    /// The columns of the first row, read by `body`; nil where there is none.
    func first<each Value: SQLBindable, Result>(
        _ values: repeat each Value, body: (FastRow) throws -> Result
    ) throws -> Result? {
        try bind(repeat each values)
        defer { sqlite3_reset(raw) }
        let code = sqlite3_step(raw)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw error(code) }
        return try body(FastRow(raw: raw))
    }

    /// Hands over each row.
    func forEachRow<each Value: SQLBindable>(
        _ values: repeat each Value, body: (FastRow) throws -> Void
    ) throws {
        try bind(repeat each values)
        defer { sqlite3_reset(raw) }
        while true {
            let code = sqlite3_step(raw)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            try body(FastRow(raw: raw))
        }
    }

    private func bind<each Value: SQLBindable>(_ values: repeat each Value) throws {
        var place: Int32 = 0
        for value in repeat each values {
            place += 1
            let code = value.bind(to: raw, at: place)
            guard code == SQLITE_OK else { throw error(code) }
        }
    }

    private func error(_ code: Int32) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code),
            message: String(cString: sqlite3_errmsg(connection)), sql: statement.sql)
    }
}

/// The row that a statement stands at.
struct FastRow {
    fileprivate let raw: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(raw, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(raw, column) }

    /// nil for null.
    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func text(_ column: Int32) -> String {
        sqlite3_column_text(raw, column).map { String(cString: $0) } ?? ""
    }

    /// Calls `body` with the bytes, which SQLite takes back when it returns.
    func withBytes<Value>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        let start = sqlite3_column_blob(raw, column)
        return try body(
            UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(raw, column))))
    }

    func bytes(_ column: Int32) -> [UInt8] { withBytes(column) { Array($0) } }
}

/// SQLite copies what it is given, since it outlives the call.
private let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension SQLBindable where Self: BinaryInteger {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        sqlite3_bind_int64(statement, place, Int64(self))
    }
}

extension Int: SQLBindable {}
extension Int64: SQLBindable {}
extension UInt8: SQLBindable {}
extension UInt32: SQLBindable {}

extension SQLBindable where Self: RawRepresentable, RawValue: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        rawValue.bind(to: statement, at: place)
    }
}

extension TrialState: SQLBindable {}
extension LeaseEnding: SQLBindable {}

extension TrialID: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        rawValue.bind(to: statement, at: place)
    }
}

extension LeaseToken: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        rawValue.bind(to: statement, at: place)
    }
}

extension WorkerID: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        rawValue.bind(to: statement, at: place)
    }
}

extension String: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { characters in
                sqlite3_bind_text(
                    statement, place, characters.baseAddress ?? emptyText, Int32(utf8.count),
                    copied)
            }
        }
    }
}

/// A null pointer would be NULL.
private nonisolated(unsafe) let emptyText = UnsafePointer(  // never written
    UnsafeMutablePointer<CChar>.allocate(capacity: 1))

extension [UInt8]: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        withUnsafeBytes { SQLBlob(bytes: $0).bind(to: statement, at: place) }
    }
}

extension Digest256: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        withBytes { SQLBlob(bytes: $0).bind(to: statement, at: place) }
    }
}

/// Bytes that stay where they are until the statement has run, so that SQLite need not copy them.
struct LentBytes: SQLBindable {
    let bytes: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        SQLBlob(bytes: bytes, destructor: nil).bind(to: statement, at: place)
    }
}

private struct SQLBlob: SQLBindable {
    let bytes: UnsafeRawBufferPointer
    var destructor: sqlite3_destructor_type? = copied

    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        // A null pointer would be NULL.
        bytes.isEmpty
            ? sqlite3_bind_zeroblob(statement, place, 0)
            : sqlite3_bind_blob(
                statement, place, bytes.baseAddress, Int32(bytes.count), destructor)
    }
}

extension Optional: SQLBindable where Wrapped: SQLBindable {
    func bind(to statement: OpaquePointer, at place: Int32) -> Int32 {
        self?.bind(to: statement, at: place) ?? sqlite3_bind_null(statement, place)
    }
}
