import Foundation
import GRDB
import Sweeps

extension Database {
    /// Runs a statement that is prepared once for the connection.
    ///
    /// - Returns: How many rows it changed.
    @discardableResult
    func run(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws -> Int {
        try cachedStatement(sql: sql).execute(arguments: StatementArguments(arguments))
        return changesCount
    }

    /// The first row of a statement that is prepared once for the connection.
    func first(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws -> Row? {
        try Row.fetchOne(cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    /// All rows of a statement that is prepared once for the connection.
    func all(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws -> [Row] {
        try Row.fetchAll(cachedStatement(sql: sql), arguments: StatementArguments(arguments))
    }

    /// One number, 0 where the query yields null or nothing.
    func count(_ sql: String, _ arguments: (any DatabaseValueConvertible)?...) throws -> Int {
        try Int.fetchOne(cachedStatement(sql: sql), arguments: StatementArguments(arguments)) ?? 0
    }
}

extension Digest256 {
    var data: Data { Data(bytes) }

    /// A digest that the store keeps.
    init(stored bytes: [UInt8]) throws {
        try self.init(stored: Data(bytes))
    }

    init(stored data: Data) throws {
        guard let digest = Digest256(bytes: data) else {
            throw StoredValueError(detail: "a digest of \(data.count) bytes")
        }
        self = digest
    }
}

extension TrialState {
    /// A state that the store keeps.
    init(stored number: UInt8) throws {
        guard let state = TrialState(rawValue: number) else {
            throw StoredValueError(detail: "trial state \(number)")
        }
        self = state
    }
}

extension WorkerID {
    /// A worker's name that the store keeps.
    init(stored name: String) throws {
        guard let id = WorkerID(name) else {
            throw StoredValueError(detail: "worker name '\(name)'")
        }
        self = id
    }
}

/// A value that this program never writes; `StoreError.corrupt` once its file is known.
struct StoredValueError: Error {
    let detail: String
}
