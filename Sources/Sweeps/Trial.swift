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
public struct Digest256: Hashable, Sendable, CustomStringConvertible {
    public let bytes: [UInt8]

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
        bytes = Array(digest)
    }

    /// - Returns: nil unless there are 32 bytes.
    public init?(bytes: some Sequence<UInt8>) {
        self.bytes = Array(bytes)
        guard self.bytes.count == 32 else { return nil }
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
