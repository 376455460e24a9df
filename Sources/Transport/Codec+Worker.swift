internal import Coordination
internal import Sweeps
internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

extension WorkerMessage: WireMessage {
    func encoded() throws -> (type: MessageType, body: [UInt8]) {
        switch self {
        case .hello(let hello):
            return try MessageType.hello.with(WireHello(hello))
        case .credit(let credit):
            return try MessageType.credit.with(WireCredit.with { $0.credit = UInt32(credit) })
        case .started(let token):
            return try MessageType.started.with(WireStarted.with { $0.token = token.rawValue })
        case .metrics(let token, let progress):
            return try MessageType.metrics.with(WireMetrics(token, progress))
        case .results(let ended):
            return (.result, try MessageType.result.resultsBody(ended))
        case .checkpoint(let token, let checkpoint):
            var body = WireKeepCheckpoint()
            body.token = token.rawValue
            body.checkpoint.digest = Data(checkpoint.digest.bytes)
            body.checkpoint.step = UInt64(checkpoint.step)
            body.checkpoint.size = UInt64(checkpoint.sizeInBytes)
            return try MessageType.checkpoint.with(body)
        case .renew(let credit, let held):
            var body = WireRenew()
            body.credit = UInt32(credit)
            body.held = try MessageType.renew.wireHeld(held)
            body.worker = held.first?.lease.worker.rawValue ?? ""
            return try MessageType.renew.with(body)
        case .returned(let credit, let tokens):
            var body = WireReturn()
            body.credit = UInt32(credit)
            body.returned = try MessageType.returned.wireTokens(tokens)
            return try MessageType.returned.with(body)
        case .goodbye(let returned):
            var body = WireLeave()
            body.returned = try MessageType.leave.wireTokens(returned)
            return try MessageType.leave.with(body)
        }
    }

    init(type: MessageType, body: UnsafeRawBufferPointer) throws {
        switch type {
        case .hello:
            self = .hello(try Hello(type.parse(body)))
        case .credit:
            self = .credit(try type.credit(type.parse(body, as: WireCredit.self).credit))
        case .started:
            self = .started(try type.token(type.parse(body, as: WireStarted.self).token))
        case .metrics:
            let wire: WireMetrics = try type.parse(body)
            let progress = TrialProgress(
                step: try type.number(wire.step, "step"),
                stepCount: try type.number(wire.stepCount, "step_count"),
                values: try type.scalars(wire.values))
            self = .metrics(try type.token(wire.token), progress)
        case .result:
            self = .results(try type.results(body))
        case .checkpoint:
            let wire: WireKeepCheckpoint = try type.parse(body)
            let checkpoint = Checkpoint(
                digest: try type.digest(wire.checkpoint.digest),
                step: try type.number(wire.checkpoint.step, "step"),
                sizeInBytes: try type.number(wire.checkpoint.size, "size"))
            self = .checkpoint(try type.token(wire.token), checkpoint)
        case .renew:
            let wire: WireRenew = try type.parse(body)
            self = .renew(
                credit: try type.credit(wire.credit),
                held: try type.held(wire.held, of: wire.worker))
        case .returned:
            let wire: WireReturn = try type.parse(body)
            self = .returned(credit: try type.credit(wire.credit), try type.tokens(wire.returned))
        case .leave:
            let wire: WireLeave = try type.parse(body)
            self = .goodbye(returned: try type.tokens(wire.returned))
        default:
            throw CodecError.type(type.rawValue)
        }
    }
}

extension MessageType {
    fileprivate func credit(_ number: UInt32) throws -> Int {
        try self.number(number, "credit", in: 0...1 << 20)
    }
}

extension WireHello {
    fileprivate init(_ hello: Hello) throws {
        self.init()
        worker = hello.worker.rawValue
        generation = hello.generation
        host = MessageType.cutLabel(hello.host)
        process = UInt32(hello.processID)
        slots = UInt32(hello.slots)
        credit = UInt32(hello.credit)
        job = MessageType.cutLabel(hello.job)
        program = MessageType.cutLabel(hello.program)
        kinds = try MessageType.hello.list(hello.kinds).map { kind in
            var wire = WireKind()
            wire.name = MessageType.cutLabel(kind.name)
            wire.version = UInt32(kind.version)
            return wire
        }
        if let bytes = hello.memory { memory = UInt64(bytes) }
        inventory = try MessageType.hello.wireHeld(hello.inventory)
    }
}

extension Hello {
    fileprivate init(_ wire: WireHello) throws {
        let type = MessageType.hello
        self.init(
            worker: try type.worker(wire.worker), generation: wire.generation,
            host: try type.label(wire.host), processID: Int(wire.process),
            slots: try type.number(wire.slots, "slots", in: 0...1 << 16),
            credit: try type.credit(wire.credit), job: try type.label(wire.job),
            program: try type.label(wire.program),
            kinds: try type.list(wire.kinds).map {
                KindVersion(try type.label($0.name), version: Int($0.version))
            },
            memory: wire.hasMemory ? try type.number(wire.memory, "memory") : nil,
            inventory: try type.held(wire.inventory, of: wire.worker))
    }
}

extension WireMetrics {
    fileprivate init(_ token: LeaseToken, _ progress: TrialProgress) throws {
        self.init()
        self.token = token.rawValue
        step = UInt64(progress.step)
        stepCount = UInt64(progress.stepCount)
        values = try MessageType.metrics.wireScalars(progress.values)
    }
}
