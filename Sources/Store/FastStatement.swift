import GRDB
import GRDBSQLite

/// A value as SQLite has it.
enum SQLValue {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    static func number(_ number: some BinaryInteger) -> SQLValue { .integer(Int64(number)) }

    static func number(_ number: Int?) -> SQLValue {
        number.map { .integer(Int64($0)) } ?? .null
    }
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
    func run(_ values: SQLValue...) throws -> Int {
        try bind(values)
        defer { sqlite3_reset(raw) }
        let code = sqlite3_step(raw)
        guard code == SQLITE_DONE else { throw error(code) }
        return Int(sqlite3_changes(connection))
    }

    /// The columns of the first row, read by `body`; nil where there is none.
    func first<Value>(_ values: SQLValue..., body: (FastRow) throws -> Value) throws -> Value? {
        try bind(values)
        defer { sqlite3_reset(raw) }
        let code = sqlite3_step(raw)
        if code == SQLITE_DONE { return nil }
        guard code == SQLITE_ROW else { throw error(code) }
        return try body(FastRow(raw: raw))
    }

    /// Hands over each row.
    func forEach(_ values: SQLValue..., body: (FastRow) throws -> Void) throws {
        try bind(values)
        defer { sqlite3_reset(raw) }
        while true {
            let code = sqlite3_step(raw)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw error(code) }
            try body(FastRow(raw: raw))
        }
    }

    private func bind(_ values: [SQLValue]) throws {
        // SQLite copies what it is given, since it outlives this call.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        for (index, value) in values.enumerated() {
            let place = Int32(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(raw, place)
                case .integer(let number): sqlite3_bind_int64(raw, place, number)
                case .text(let text): sqlite3_bind_text(raw, place, text, -1, copied)
                case .blob(let bytes):
                    bytes.isEmpty
                        ? sqlite3_bind_zeroblob(raw, place, 0)
                        : sqlite3_bind_blob(raw, place, bytes, Int32(bytes.count), copied)
                }
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
