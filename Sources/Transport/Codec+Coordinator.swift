internal import Coordination
internal import Sweeps
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension CoordinatorMessage: WireMessage {
    func encoded() throws -> (type: MessageType, body: [UInt8]) {
        switch self {
        case .welcome(let welcome):
            return try MessageType.welcome.with(WireWelcome(welcome))
        case .assign(let assignments):
            var body = WireAssign()
            body.assignments = try MessageType.assign.list(assignments).map(WireAssign.Item.init)
            return try MessageType.assign.with(body)
        case .acknowledge(let results):
            return try MessageType.resultAck.with(WireResultAck(results))
        case .renewed(let cancelled):
            var body = WireRenewed()
            body.cancelled = try MessageType.renewed.wireTokens(cancelled)
            return try MessageType.renewed.with(body)
        case .cancel(let tokens):
            var body = WireCancel()
            body.tokens = try MessageType.cancel.wireTokens(tokens)
            return try MessageType.cancel.with(body)
        case .stale: return MessageType.stale.alone
        case .drain: return MessageType.drain.alone
        case .goodbye: return MessageType.goodbye.alone
        case .error(let text):
            return try MessageType.error.with(
                WireError.with { $0.text = MessageType.cutText(text) })
        }
    }

    init(type: MessageType, body: UnsafeRawBufferPointer) throws {
        switch type {
        case .welcome:
            self = .welcome(try Welcome(type.parse(body)))
        case .assign:
            let wire: WireAssign = try type.parse(body)
            self = .assign(try type.list(wire.assignments).map(Assignment.init))
        case .resultAck:
            let wire: WireResultAck = try type.parse(body)
            self = .acknowledge(
                try type.dictionary(wire.results, token: \.token) {
                    $0.acknowledgement.value(of: Acknowledgement.self)
                })
        case .renewed:
            let wire: WireRenewed = try type.parse(body)
            self = .renewed(cancelled: try type.tokens(wire.cancelled))
        case .cancel:
            self = .cancel(try type.tokens(type.parse(body, as: WireCancel.self).tokens))
        case .stale:
            try type.parseNothing(body)
            self = .stale
        case .drain:
            try type.parseNothing(body)
            self = .drain
        case .goodbye:
            try type.parseNothing(body)
            self = .goodbye
        case .error:
            self = .error(try type.text(type.parse(body, as: WireError.self).text))
        default:
            throw CodecError.type(type.rawValue)
        }
    }
}

extension RawRepresentable<Int> {
    /// The case of `Value` that has the same number.
    fileprivate func value<Value: RawRepresentable<UInt8>>(of _: Value.Type) -> Value? {
        UInt8(exactly: rawValue).flatMap(Value.init)
    }
}

extension MessageType {
    /// What an item says of each lease; no lease twice.
    fileprivate func dictionary<Item, Value>(
        _ items: [Item], token: (Item) -> UInt32, value: (Item) -> Value?
    ) throws -> [LeaseToken: Value] {
        var values: [LeaseToken: Value] = [:]
        values.reserveCapacity(try list(items).count)
        for item in items {
            guard let value = value(item) else {
                throw CodecError.body(self, "lease \(token(item)) has an unknown verdict")
            }
            let token = try self.token(token(item))
            try require(values.updateValue(value, forKey: token) == nil, "\(token) comes twice")
        }
        return values
    }

    fileprivate func duration(_ nanoseconds: UInt64) throws -> Duration {
        let nanoseconds = try number(nanoseconds, "a duration")
        try require(nanoseconds > 0, "a duration is 0")
        return .nanoseconds(nanoseconds)
    }
}

extension WireWelcome {
    fileprivate init(_ welcome: Welcome) throws {
        self.init()
        cluster = MessageType.cutLabel(welcome.cluster)
        heartbeatNanoseconds = Self.nanoseconds(welcome.heartbeat)
        leaseNanoseconds = Self.nanoseconds(welcome.leaseDuration)
        let sorted = welcome.verdicts.sorted { $0.key < $1.key }
        verdicts = try MessageType.welcome.list(sorted).map { token, verdict in
            var item = Item()
            item.token = token.rawValue
            item.verdict = WireVerdict(rawValue: Int(verdict.rawValue)) ?? .keep
            return item
        }
    }

    private static func nanoseconds(_ duration: Duration) -> UInt64 {
        let (seconds, attoseconds) = duration.components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds) / 1_000_000_000
    }
}

extension Welcome {
    fileprivate init(_ wire: WireWelcome) throws {
        let type = MessageType.welcome
        self.init(
            cluster: try type.label(wire.cluster),
            heartbeat: try type.duration(wire.heartbeatNanoseconds),
            leaseDuration: try type.duration(wire.leaseNanoseconds),
            verdicts: try type.dictionary(wire.verdicts, token: \.token) {
                $0.verdict.value(of: Verdict.self)
            })
    }
}

extension WireAssign.Item {
    fileprivate init(_ assignment: Assignment) {
        self.init()
        lease = WireLease(assignment.lease)
        threads = UInt32(assignment.threads)
        spec = Data(assignment.spec)
    }
}

extension Assignment {
    fileprivate init(_ wire: WireAssign.Item) throws {
        let type = MessageType.assign
        self.init(
            lease: try type.lease(wire.lease),
            threads: try type.number(wire.threads, "threads", in: 1...1 << 16),
            spec: Array(wire.spec))
    }
}

extension WireResultAck {
    fileprivate init(_ results: [LeaseToken: Acknowledgement]) throws {
        self.init()
        let sorted = results.sorted { $0.key < $1.key }
        self.results = try MessageType.resultAck.list(sorted).map { token, acknowledgement in
            var item = Item()
            item.token = token.rawValue
            item.acknowledgement =
                WireAcknowledgement(rawValue: Int(acknowledgement.rawValue)) ?? .committed
            return item
        }
    }
}
