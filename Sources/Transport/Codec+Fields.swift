internal import Coordination
internal import Sweeps

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What the fields of a body may hold. Both sides check names and lists, so that what is sent is
/// taken; texts for people are cut to size by the sender, numbers are right unless there is a bug.
extension MessageType {
    private static var nameLimit: Int { 255 }
    private static var textLimit: Int { 1 << 16 }
    private static var listLimit: Int { 1 << 16 }

    /// The name of a metric.
    func name(_ name: String) throws -> String {
        try require(
            (1...Self.nameLimit).contains(name.utf8.count),
            "a metric's name of \(name.utf8.count) bytes; it has 1 to \(Self.nameLimit)")
        return name
    }

    func list<Element>(_ list: [Element]) throws -> [Element] {
        try require(
            list.count <= Self.listLimit, "a list of \(list.count); at most \(Self.listLimit)")
        return list
    }

    /// A word or a path for people: a host, a program.
    func label(_ text: String) throws -> String {
        try require(text.utf8.count <= Self.nameLimit, "a label of \(text.utf8.count) bytes")
        return text
    }

    /// Some lines for people.
    func text(_ text: String) throws -> String {
        try require(text.utf8.count <= Self.textLimit, "a text of \(text.utf8.count) bytes")
        return text
    }

    static func cutLabel(_ text: String) -> String { cut(text, to: nameLimit) }
    static func cutText(_ text: String) -> String { cut(text, to: textLimit) }

    /// The longest beginning of whole characters with at most `limit` bytes.
    private static func cut(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        let bytes = Array(text.utf8.prefix(limit + 1))
        var end = limit
        while bytes[end] & 0b1100_0000 == 0b1000_0000 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }

    func number(_ number: UInt64, _ field: String) throws -> Int {
        guard let number = Int(exactly: number) else {
            throw CodecError.body(self, "\(field) is \(number)")
        }
        return number
    }

    func number(_ number: UInt32, _ field: String, in range: ClosedRange<Int>) throws -> Int {
        try require(range.contains(Int(number)), "\(field) is \(number); it is in \(range)")
        return Int(number)
    }

    func token(_ number: UInt32) throws -> LeaseToken {
        try require(number > 0, "a lease token is 0; they count from 1")
        return LeaseToken(number)
    }

    func tokens(_ numbers: [UInt32]) throws -> [LeaseToken] {
        try list(numbers).map(token)
    }

    func worker(_ text: String) throws -> WorkerID {
        guard let worker = WorkerID(text) else {
            throw CodecError.body(
                self, "a worker's name has 1 to 64 letters, digits, '.', '-' and '_'")
        }
        return worker
    }

    func lease(_ unread: UnreadLease, of worker: WorkerID) throws -> Lease {
        try require(unread.trial > 0 && unread.attempt > 0, "trials and attempts count from 1")
        return Lease(
            token: try token(unread.token), trial: TrialID(unread.trial),
            attempt: Int(unread.attempt), worker: worker)
    }

    /// Reads what is known of a lease within a message.
    func read(_ bytes: UnsafeRawBufferPointer, _ lease: inout UnreadLease) throws {
        try readFields(bytes) { field in
            guard case .varint(let value) = field.value else { return }
            switch field.number {
            case 1: lease.token = UInt32(truncatingIfNeeded: value)
            case 2: lease.trial = UInt32(truncatingIfNeeded: value)
            case 3: lease.attempt = UInt32(truncatingIfNeeded: value)
            default: break
            }
        }
    }

    func held(_ wire: [WireHeld], of worker: String) throws -> [Held] {
        guard !wire.isEmpty else { return [] }
        let worker = try self.worker(worker)
        return try list(wire).map { held in
            guard let raw = UInt8(exactly: held.stage.rawValue),
                let stage = Held.Stage(rawValue: raw)
            else { throw CodecError.body(self, "stage \(held.stage.rawValue) is unknown") }
            let unread = UnreadLease(
                token: held.lease.token, trial: held.lease.trial, attempt: held.lease.attempt)
            return Held(
                lease: try lease(unread, of: worker), stage: stage,
                step: try number(held.step, "step"))
        }
    }

    func digest(_ bytes: Data) throws -> Digest256 {
        guard let digest = Digest256(bytes: bytes) else {
            throw CodecError.body(self, "a digest of \(bytes.count) bytes; it has 32")
        }
        return digest
    }

    func digest(_ bytes: UnsafeRawBufferPointer) throws -> Digest256 {
        guard let digest = Digest256(bytes: bytes) else {
            throw CodecError.body(self, "a digest of \(bytes.count) bytes; it has 32")
        }
        return digest
    }

    func scalars(_ wire: [WireScalar]) throws -> [Scalar] {
        try list(wire).map {
            Scalar(name: try name($0.name), value: $0.hasValue ? $0.value : nil)
        }
    }

    func wireScalars(_ scalars: [Scalar]) throws -> [WireScalar] {
        try list(scalars).map { scalar in
            var wire = WireScalar()
            wire.name = try name(scalar.name)
            if let value = scalar.value { wire.value = value }
            return wire
        }
    }

    func wireHeld(_ held: [Held]) throws -> [WireHeld] {
        try list(held).map { held in
            var wire = WireHeld()
            wire.lease = WireLease(held.lease)
            wire.stage = WireStage(rawValue: Int(held.stage.rawValue)) ?? .queued
            wire.step = UInt64(held.step)
            return wire
        }
    }

    func wireTokens(_ tokens: [LeaseToken]) throws -> [UInt32] {
        try list(tokens).map(\.rawValue)
    }
}

extension WireLease {
    init(_ lease: Lease) {
        self.init()
        token = lease.token.rawValue
        trial = lease.trial.rawValue
        attempt = UInt32(lease.attempt)
    }
}

/// A lease as it comes; whose it is, the message says elsewhere.
struct UnreadLease {
    var token: UInt32 = 0
    var trial: UInt32 = 0
    var attempt: UInt32 = 0
}

extension ProtoWriter {
    mutating func lease(_ field: UInt8, _ lease: Lease) {
        message(field) { writer in
            writer.number(1, lease.token.rawValue)
            writer.number(2, lease.trial.rawValue)
            writer.number(3, UInt32(lease.attempt))
        }
    }
}
