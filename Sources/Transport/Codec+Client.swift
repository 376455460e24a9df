internal import Coordination
internal import SwiftProtobuf

extension ClientRequest: WireMessage {
    func encoded() throws -> (type: MessageType, body: [UInt8]) {
        switch self {
        case .submit(let source):
            var body = WireSubmit()
            body.path = source.path
            body.text = source.text
            body.overrides = try MessageType.submit.list(source.overrides)
            body.rerun = source.isRerun
            return try MessageType.submit.with(body)
        case .info: return MessageType.info.alone
        case .stop: return MessageType.stop.alone
        }
    }

    init(type: MessageType, body: UnsafeRawBufferPointer) throws {
        switch type {
        case .submit:
            let wire: WireSubmit = try type.parse(body)
            var source = SweepSource(
                path: wire.path, text: wire.text, overrides: try type.list(wire.overrides))
            source.isRerun = wire.rerun
            self = .submit(source)
        case .info:
            try type.parseNothing(body)
            self = .info
        case .stop:
            try type.parseNothing(body)
            self = .stop
        default:
            throw CodecError.type(type.rawValue)
        }
    }
}

extension ClientReply: WireMessage {
    func encoded() throws -> (type: MessageType, body: [UInt8]) {
        switch self {
        case .submitted(let sweep, let name, let planned, let known):
            var body = WireSubmitted()
            body.sweep = UInt64(sweep)
            body.name = name
            body.planned = UInt64(planned)
            body.known = UInt64(known)
            return try MessageType.submitted.with(body)
        case .info(let info):
            return try MessageType.coordinatorInfo.with(WireCoordinatorInfo(info))
        case .stopping: return MessageType.stopping.alone
        case .rejected(let text):
            return try MessageType.rejected.with(
                WireRejected.with { $0.text = MessageType.cutText(text) })
        }
    }

    init(type: MessageType, body: UnsafeRawBufferPointer) throws {
        switch type {
        case .submitted:
            let wire: WireSubmitted = try type.parse(body)
            self = .submitted(
                sweep: try type.number(wire.sweep, "sweep"), name: wire.name,
                planned: try type.number(wire.planned, "planned"),
                known: try type.number(wire.known, "known"))
        case .coordinatorInfo:
            let wire: WireCoordinatorInfo = try type.parse(body)
            self = .info(
                CoordinatorInfo(
                    endpoint: wire.endpoint, store: wire.store, epoch: wire.epoch,
                    processID: Int(wire.process), workers: Int(wire.workers),
                    sweeps: Int(wire.sweeps)))
        case .stopping:
            try type.parseNothing(body)
            self = .stopping
        case .rejected:
            self = .rejected(try type.text(type.parse(body, as: WireRejected.self).text))
        default:
            throw CodecError.type(type.rawValue)
        }
    }
}

extension WireCoordinatorInfo {
    fileprivate init(_ info: CoordinatorInfo) {
        self.init()
        endpoint = info.endpoint
        store = info.store
        epoch = info.epoch
        process = UInt32(info.processID)
        workers = UInt32(info.workers)
        sweeps = UInt32(info.sweeps)
    }
}
