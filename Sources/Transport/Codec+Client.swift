internal import Coordination
internal import Sweeps
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension ClientRequest: WireMessage {
    func encoded() throws -> (type: MessageType, body: [UInt8]) {
        switch self {
        case .submit(let source):
            var body = WireSubmit()
            body.path = source.path
            body.text = source.text
            body.overrides = try MessageType.submit.list(source.overrides)
            body.attachments = try MessageType.submit.list(source.attachments)
                .map(WireAttachment.init)
            body.rerun = source.isRerun
            if let extended = source.extended { body.extended = MessageType.cutLabel(extended) }
            return try MessageType.submit.with(body)
        case .steer(let sweeps, let wish):
            var body = WireSteer(wish)
            body.sweeps = MessageType.cutLabel(sweeps)
            return try MessageType.steer.with(body)
        case .steerWorkers(let workers, let wish):
            var body = WireSteerWorkers()
            body.workers = MessageType.cutLabel(workers)
            // All are there.
            body.wish = WireSteerWorkers.Wish(rawValue: Int(wish.rawValue)) ?? .drainWorkers
            return try MessageType.steerWorkers.with(body)
        case .info: return MessageType.info.alone
        case .stop: return MessageType.stop.alone
        }
    }

    init(type: MessageType, body: UnsafeRawBufferPointer) throws {
        switch type {
        case .submit:
            let wire: WireSubmit = try type.parse(body)
            var source = SweepSource(
                path: wire.path, text: wire.text, overrides: try type.list(wire.overrides),
                attachments: try type.list(wire.attachments).map(type.attachment))
            source.isRerun = wire.rerun
            source.extended = wire.hasExtended ? try type.label(wire.extended) : nil
            self = .submit(source)
        case .steer:
            let wire: WireSteer = try type.parse(body)
            self = .steer(sweeps: try type.label(wire.sweeps), try type.wish(wire))
        case .steerWorkers:
            let wire: WireSteerWorkers = try type.parse(body)
            guard let wish = WorkerWish(rawValue: UInt8(clamping: wire.wish.rawValue)) else {
                throw CodecError.body(type, "wish is \(wire.wish.rawValue)")
            }
            self = .steerWorkers(try type.label(wire.workers), wish)
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
        case .working(let trials):
            return try MessageType.working.with(WireWorking.with { $0.trials = UInt64(trials) })
        case .info(let info):
            return try MessageType.coordinatorInfo.with(WireCoordinatorInfo(info))
        case .steered(let sweeps):
            var body = WireSteered()
            body.sweeps = try MessageType.steered.list(sweeps).map { sweep in
                WireSteered.Sweep.with {
                    $0.name = sweep.name
                    $0.trials = UInt64(sweep.trials)
                }
            }
            return try MessageType.steered.with(body)
        case .steeredWorkers(let workers):
            var body = WireSteeredWorkers()
            body.workers = try MessageType.steeredWorkers.list(workers).map(\.rawValue)
            return try MessageType.steeredWorkers.with(body)
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
        case .working:
            let wire: WireWorking = try type.parse(body)
            self = .working(trials: try type.number(wire.trials, "trials"))
        case .coordinatorInfo:
            let wire: WireCoordinatorInfo = try type.parse(body)
            self = .info(
                CoordinatorInfo(
                    endpoint: wire.endpoint, store: wire.store, epoch: wire.epoch,
                    processID: Int(wire.process), workers: Int(wire.workers),
                    sweeps: Int(wire.sweeps)))
        case .steered:
            let wire: WireSteered = try type.parse(body)
            self = .steered(
                try type.list(wire.sweeps).map {
                    SteeredSweep(name: $0.name, trials: try type.number($0.trials, "trials"))
                })
        case .steeredWorkers:
            let wire: WireSteeredWorkers = try type.parse(body)
            self = .steeredWorkers(try type.list(wire.workers).map(type.worker))
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

extension WireSteer {
    fileprivate init(_ wish: SweepWish) {
        self.init()
        switch wish {
        case .pause: self.wish = .pause
        case .resume: self.wish = .resume
        case .stop: self.wish = .stopSweep
        case .cancel: self.wish = .cancelSweep
        case .retry(let endings, let condition):
            self.wish = .retry
            self.endings = endings.map(\.rawValue).sorted().map { .init($0) }
            if let condition { self.where = condition }
        case .priority(let priority):
            self.wish = .priority
            self.priority = Int32(clamping: priority)
        }
    }
}

extension WireSteer.Ending {
    /// Both have the same numbers.
    fileprivate init(_ number: UInt8) {
        self = Self(rawValue: Int(number)) ?? .failed
    }
}

extension WireAttachment {
    fileprivate init(_ attachment: Attachment) {
        self.init()
        name = attachment.name
        digest = Data(attachment.digest.bytes)
        if let bytes = attachment.bytes { content = Data(bytes) }
    }
}

extension MessageType {
    fileprivate func wish(_ wire: WireSteer) throws -> SweepWish {
        switch wire.wish {
        case .pause: return .pause
        case .resume: return .resume
        case .stopSweep: return .stop
        case .cancelSweep: return .cancel
        case .retry:
            let endings = try list(wire.endings).map { ending in
                guard let known = RetriedEnding(rawValue: UInt8(clamping: ending.rawValue)) else {
                    throw CodecError.body(self, "ending is \(ending.rawValue)")
                }
                return known
            }
            return .retry(Set(endings), where: wire.hasWhere ? try text(wire.where) : nil)
        case .priority: return .priority(Int(wire.priority))
        case .UNRECOGNIZED(let number): throw CodecError.body(self, "wish is \(number)")
        }
    }

    fileprivate func attachment(_ wire: WireAttachment) throws -> Attachment {
        Attachment(
            name: wire.name, digest: try digest(wire.digest),
            bytes: wire.hasContent ? Array(wire.content) : nil)
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
