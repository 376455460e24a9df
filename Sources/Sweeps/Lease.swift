/// A trial's number in the store, from 1 without gaps; another than its number in a plan, since
/// sweeps share trials.
public struct TrialID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }
    public var description: String { "trial \(rawValue)" }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Proves that a lease was issued. Drawn from one counter in the store, from 1 without gaps, never
/// used again.
public struct LeaseToken: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: UInt32
    public init(_ rawValue: UInt32) { self.rawValue = rawValue }
    public var description: String { "lease \(rawValue)" }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// Who trains: the same name over reconnections and restarts, kept in the worker's spool folder.
public struct WorkerID: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let rawValue: String

    /// - Returns: nil unless `rawValue` has 1 to 64 letters, digits, dots, dashes and underscores,
    ///   so that it is safe in a file name and on a terminal.
    public init?(_ rawValue: String) {
        let isPlain = rawValue.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard isPlain, (1...64).contains(rawValue.utf8.count) else { return nil }
        self.rawValue = rawValue
    }

    public var description: String { rawValue }
    public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
}

/// A worker's claim on a trial.
public struct Lease: Hashable, Sendable {
    public let token: LeaseToken
    public let trial: TrialID
    /// The try at the trial that this is, from 1.
    public let attempt: Int
    public let worker: WorkerID

    public init(token: LeaseToken, trial: TrialID, attempt: Int, worker: WorkerID) {
        self.token = token
        self.trial = trial
        self.attempt = attempt
        self.worker = worker
    }
}
