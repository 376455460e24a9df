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
            return (.assign, try MessageType.assign.assignBody(assignments))
        case .acknowledge(let results):
            var body = WireResultAck()
            body.committed = try MessageType.resultAck.wireTokens(results.committed)
            body.duplicate = try MessageType.resultAck.wireTokens(results.duplicate)
            body.stale = try MessageType.resultAck.wireTokens(results.stale)
            body.refused = try MessageType.resultAck.wireTokens(results.refused)
            return try MessageType.resultAck.with(body)
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
            self = .assign(try type.assignments(body))
        case .resultAck:
            let wire: WireResultAck = try type.parse(body)
            self = .acknowledge(
                Acknowledgements(
                    committed: try type.tokens(wire.committed),
                    duplicate: try type.tokens(wire.duplicate),
                    stale: try type.tokens(wire.stale), refused: try type.tokens(wire.refused)))
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

extension MessageType {
    /// What is said of each lease; no lease twice.
    fileprivate func verdicts(_ items: [WireWelcome.Item]) throws -> [LeaseToken: Verdict] {
        var verdicts: [LeaseToken: Verdict] = [:]
        verdicts.reserveCapacity(try list(items).count)
        for item in items {
            let token = try self.token(item.token)
            guard let verdict = UInt8(exactly: item.verdict.rawValue).flatMap(Verdict.init) else {
                throw CodecError.body(self, "\(token) has an unknown verdict")
            }
            try require(verdicts.updateValue(verdict, forKey: token) == nil, "\(token) comes twice")
        }
        return verdicts
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
            verdicts: try type.verdicts(wire.verdicts))
    }
}
