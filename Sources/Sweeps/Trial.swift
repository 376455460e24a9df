public import Crypto

/// A cell with a seed, as workers are told of it: all that a result may depend on.
///
/// Its canonical text is what is stored, sent and hashed; who passes it on need not read it.
public struct TrialSpec: Hashable, Sendable {
    public let kind: String
    /// The version of the kind's code: it changes whenever results change by a bit.
    public let version: Int
    /// Complete: see `TrialKind.complete`.
    public let configuration: Configuration
    public let seed: UInt64

    public init(kind: String, version: Int, configuration: Configuration, seed: UInt64) {
        self.kind = kind
        self.version = version
        self.configuration = configuration
        self.seed = seed
    }

    /// The one spelling of the spec: JSON with sorted keys, the seed as 16 hexadecimal digits.
    public var canonicalText: String {
        let digits = String(seed, radix: 16)
        let padded = String(repeating: "0", count: 16 - digits.count) + digits
        return "{\"config\":\(configuration.canonicalText),\"kind\":\(Value.quoted(kind)),"
            + "\"seed\":\"\(padded)\",\"version\":\(version)}"
    }

    public var identity: Digest256 { Digest256(hashing: canonicalText.utf8) }
}

/// One trial of a plan.
public struct Trial: Sendable, Hashable {
    /// Its place in the plan, from 1.
    public let number: Int
    /// The replicate `k`, from 1: seed `k` is the same data and noise in every cell.
    public let replicate: Int
    public let spec: TrialSpec

    public init(number: Int, replicate: Int, spec: TrialSpec) {
        self.number = number
        self.replicate = replicate
        self.spec = spec
    }
}

/// 256 bits that stand for content: a trial's identity, a result's digest.
public struct Digest256: Hashable, Sendable, Comparable, CustomStringConvertible {
    // Words in place of an array: there are as many of them as trials.
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    public var bytes: [UInt8] { withBytes { Array($0) } }

    public func withBytes<Value>(
        _ body: (UnsafeRawBufferPointer) throws -> Value
    ) rethrows -> Value {
        try withUnsafeBytes(of: (first, second, third, fourth), body)
    }

    /// - Precondition: There are 32 bytes.
    private init(raw bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count == 32, "a digest of \(bytes.count) bytes")
        first = bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)
        second = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        third = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        fourth = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    }

    public init(hashing content: some Sequence<UInt8>) {
        var hash = SHA256()
        hash.update(data: Array(content))
        self.init(hash.finalize())
    }

    /// - Parameter next: Gives the content part by part, and nil at its end.
    public init(hashingParts next: () throws -> [UInt8]?) rethrows {
        var hash = SHA256()
        while let part = try next() { hash.update(data: part) }
        self.init(hash.finalize())
    }

    public init(_ digest: SHA256.Digest) {
        self = digest.withUnsafeBytes { Self(raw: $0) }
    }

    /// - Returns: nil unless there are 32 bytes.
    public init?(bytes: some Sequence<UInt8>) {
        let all = Array(bytes)
        guard all.count == 32 else { return nil }
        self = all.withUnsafeBytes { Self(raw: $0) }
    }

    /// - Returns: nil unless there are 32 bytes.
    public init?(bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        self.init(raw: bytes)
    }

    /// The order of their bytes, which a database has them in.
    public static func < (a: Self, b: Self) -> Bool {
        if a.first != b.first { return a.first.bigEndian < b.first.bigEndian }
        if a.second != b.second { return a.second.bigEndian < b.second.bigEndian }
        if a.third != b.third { return a.third.bigEndian < b.third.bigEndian }
        return a.fourth.bigEndian < b.fourth.bigEndian
    }

    /// 64 hexadecimal digits.
    public var description: String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}

/// Seeds are replicates, not an axis.
public struct Seeds: Sendable, Hashable {
    /// How many replicates each cell has.
    public let count: Int
    public let root: UInt64

    public init(count: Int = 1, root: UInt64 = 0) {
        self.count = count
        self.root = root
    }

    /// The seed of replicate `k`, from 1: a hash of the root and `k` alone, never of a trial's
    /// index, so that a wider sweep keeps its old trials.
    public func seed(replicate: Int) -> UInt64 {
        let digest = Digest256(hashing: "swingby seed \(root) \(replicate)".utf8)
        return digest.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
