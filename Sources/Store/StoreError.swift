import GRDB
import Sweeps

/// What can be wrong with a store; each case carries what is needed to mend it.
public enum StoreError: Error, Hashable, Sendable {
    /// There is no store in this directory.
    case missing(directory: String)
    /// There is no bundle in this place.
    case missingBundle(path: String)
    /// Another coordinator holds the store; `owner` is what its lock file says of it.
    case ownedByAnother(directory: String, owner: String)
    /// The directory is on a network file system, named by `kind`.
    case networkFileSystem(directory: String, kind: String)
    /// A file or directory can not be made, opened or written.
    case unwritable(path: String, reason: String)
    /// The disk, or the space allotted on it, is used up.
    case full(path: String)
    /// Not a SQLite file.
    case notADatabase(path: String)
    /// A SQLite file that another program made.
    case foreign(path: String)
    /// Written by a newer program.
    case newerSchema(path: String, found: Int, known: Int)
    /// Written by an older program, and not brought up to date: only a coordinator may do that.
    case olderSchema(path: String, found: Int, known: Int)
    /// Pages or values that can not be.
    case corrupt(path: String, detail: String)
    /// A coordinator opened the store while it was read without locks.
    case changedWhileRead(path: String)
    /// A sweep got a larger plan between the look at it and that at its trials.
    case extendedWhileRead(name: String)
    /// The name is another sweep's: its plan differs.
    case sweepExists(name: String, id: Int)
    /// The plan that is to be the sweep's has not all trials that the sweep has.
    case lacksTrials(name: String, count: Int, planned: Int)
    /// The sweep of this name began with another version of its kind than the program has.
    case otherVersion(name: String, kind: String, began: Int, here: Int)
    /// No such sweep; `known` are the newest names.
    case unknownSweep(String, known: [String])
    /// More than one sweep where one is meant.
    case severalSweeps(String, names: [String])
    /// The sweep has no trial of this number.
    case unknownTrial(number: Int, sweep: String, planned: Int)
    /// No worker and no host of this name.
    case unknownWorker(String, known: [String])
    /// Facts that contradict what is stored: a bug, of which nothing was written.
    case invariant(String)
    /// Whatever else SQLite reports.
    case failed(path: String, detail: String)

    /// Any error of a database call, in the terms above.
    init(_ error: any Error, path: String) {
        if let error = error as? StoredValueError {
            self = .corrupt(path: path, detail: error.detail)
            return
        }
        guard let error = error as? DatabaseError else {
            self = error as? StoreError ?? .failed(path: path, detail: "\(error)")
            return
        }
        let code = error.extendedResultCode.rawValue
        let detail = "\(error.message ?? "no message"), SQLite code \(code)"
        switch error.resultCode {
        case .SQLITE_FULL: self = .full(path: path)
        case .SQLITE_NOTADB: self = .notADatabase(path: path)
        case .SQLITE_CORRUPT: self = .corrupt(path: path, detail: detail)
        case .SQLITE_CONSTRAINT: self = .invariant(detail)
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self = .unwritable(path: path, reason: detail)
        default: self = .failed(path: path, detail: detail)
        }
    }
}

extension StoreError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let directory):
            "\(directory): there is no store; start a coordinator, or name another with --store"
        case .missingBundle(let path):
            "\(path): there is no bundle; 'swingby export SEL bundle --out FILE' writes one"
        case .ownedByAnother(let directory, let owner):
            "\(directory): \(owner) is the coordinator of this store; stop it, or choose another"
                + " directory with --store"
        case .networkFileSystem(let directory, let kind):
            "\(directory): is on \(kind), where the store's write-ahead log can not be shared;"
                + " choose a directory on a local disk with --store"
        case .unwritable(let path, let reason):
            "\(path): \(reason); the store needs a directory in which it may read and write"
        case .full(let path):
            "\(path): the disk is full; nothing of this change was stored, make room and go on"
        case .notADatabase(let path):
            "\(path): is not a SQLite file; move it away, or choose another directory with --store"
        case .foreign(let path):
            "\(path): is another program's SQLite file; choose another directory with --store"
        case .newerSchema(let path, let found, let known):
            "\(path): has schema \(found), this program knows schemas up to \(known); use the"
                + " program that wrote it, or a newer one"
        case .olderSchema(let path, let found, let known):
            "\(path): has schema \(found), this program reads schema \(known); starting its"
                + " coordinator once brings it up to date"
        case .corrupt(let path, let detail):
            "\(path): is damaged (\(detail)); restore a copy, or save what is left with"
                + " sqlite3 \(path) .recover"
        case .changedWhileRead(let path):
            "\(path): a coordinator opened the store while it was read; try again"
        case .extendedWhileRead(let name):
            "sweep '\(name)' was extended while it was read; try again"
        case .sweepExists(let name, let id):
            "sweep '\(name)' is in the store already (sweep \(id)) with another plan;"
                + " 'swingby sweep extend \(name) FILE' (or 'swingby run FILE --extend') adds what is"
                + " new, another name keeps the two apart"
        case .lacksTrials(let name, let count, let planned):
            "the file lacks \(count) of the \(planned) trials of '\(name)', and a sweep is only"
                + " ever extended; 'swingby plan FILE --diff \(name)' lists them, another name keeps"
                + " the two apart"
        case .otherVersion(let name, let kind, let began, let here):
            "sweep '\(name)' began with version \(began) of '\(kind)' and this program has version"
                + " \(here), whose bits differ; go on with the program that began it, or run it anew"
                + " with --rerun: the old results stay in the store as '\(name)@\(began)'"
        case .unknownSweep(let selector, let known):
            "there is no sweep '\(selector)'; "
                + (known.isEmpty
                    ? "the store has none yet" : "there are \(known.joined(separator: ", "))")
        case .severalSweeps(let selector, let names):
            "'\(selector)' names \(names.count) sweeps; name one of them, as \(names[0])"
        case .unknownTrial(let number, let sweep, let planned):
            "sweep '\(sweep)' has no trial \(number); it has trials 1 to \(planned)"
        case .unknownWorker(let selector, let known):
            "there is no worker or host '\(selector)'; "
                + (nearest(to: selector, among: known).map { "did you mean '\($0)'?" }
                    ?? (known.isEmpty
                        ? "the store has heard of none yet"
                        : "'swingby worker list' shows those that there are"))
        case .invariant(let detail):
            "a fact contradicts the store: \(detail); nothing of the turn was stored"
        case .failed(let path, let detail):
            "\(path): \(detail)"
        }
    }
}

/// Runs `body` and turns whatever it throws into a `StoreError`.
func reporting<Value>(
    _ path: String, _ body: () throws -> Value
) throws(StoreError) -> Value {
    do {
        return try body()
    } catch {
        throw StoreError(error, path: path)
    }
}
