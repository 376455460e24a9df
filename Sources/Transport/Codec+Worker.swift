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
            var body = WireResults()
            body.results = try MessageType.result.list(ended).map {
                try WireResult($0.lease, $0.end)
            }
            return try MessageType.result.with(body)
        case .renew(let credit, let held):
            var body = WireRenew()
            body.credit = UInt32(credit)
            body.held = try MessageType.renew.wireHeld(held)
            return try MessageType.renew.with(body)
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
            let wire: WireResults = try type.parse(body)
            self = .results(
                try type.list(wire.results).map {
                    EndedAttempt(try type.lease($0.lease), try AttemptEnd($0.end))
                })
        case .renew:
            let wire: WireRenew = try type.parse(body)
            self = .renew(credit: try type.credit(wire.credit), held: try type.held(wire.held))
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
            program: try type.label(wire.program), inventory: try type.held(wire.inventory))
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

extension WireResult {
    fileprivate init(_ lease: Lease, _ end: AttemptEnd) throws {
        self.init()
        self.lease = WireLease(lease)
        switch end {
        case .result(let result): self.result = try WireTrialResult(result)
        case .error(let text): error = MessageType.cutText(text)
        case .crash(let text): crash = MessageType.cutText(text)
        }
    }
}

extension WireTrialResult {
    fileprivate init(_ result: TrialResult) throws {
        self.init()
        if case .diverged(let step) = result.outcome { divergedStep = UInt64(step) }
        digest = Data(result.digest.bytes)
        curves = try MessageType.result.list(result.curves).map(MessageType.result.wireCurve)
        scalars = try MessageType.result.wireScalars(result.scalars)
    }
}

extension AttemptEnd {
    fileprivate init(_ wire: WireResult.OneOf_End?) throws {
        let type = MessageType.result
        switch wire {
        case .error(let text):
            self = .error(try type.text(text))
        case .crash(let text):
            self = .crash(try type.text(text))
        case .result(let wire):
            let outcome: Outcome =
                wire.hasDivergedStep
                ? .diverged(step: try type.number(wire.divergedStep, "diverged_step")) : .finished
            self = .result(
                TrialResult(
                    outcome: outcome, digest: try type.digest(wire.digest),
                    curves: try type.list(wire.curves).map(type.curve),
                    scalars: try type.scalars(wire.scalars)))
        case nil:
            throw CodecError.body(type, "neither a result nor an error nor a crash")
        }
    }
}
