import Coordination
import Sweeps

/// Draws messages of every type, with values at the edges of what is allowed.
struct MessageGenerator {
    var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    mutating func int(_ range: ClosedRange<Int>) -> Int {
        // The edges often, since mistakes live there.
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: range.lowerBound
        case 1: range.upperBound
        default: Int.random(in: range, using: &generator)
        }
    }

    mutating func text(_ range: ClosedRange<Int>) -> String {
        let alphabet = Array("aZ09._-/ \"\\\u{e9}\u{1F600}\n")
        return String(
            (0..<Int.random(in: range, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            })
    }

    mutating func list<Element>(_ make: (inout Self) -> Element) -> [Element] {
        (0..<Int.random(in: 0...5, using: &generator)).map { _ in make(&self) }
    }

    mutating func token() -> LeaseToken { LeaseToken(UInt32(int(1...Int(UInt32.max)))) }

    mutating func tokens() -> [LeaseToken] { list { $0.token() } }

    mutating func worker() -> WorkerID {
        WorkerID("w-\(generator.next())")!
    }

    /// - Parameter worker: The message's one, since all leases of a message are of one worker.
    mutating func lease(of worker: WorkerID) -> Lease {
        Lease(
            token: token(), trial: TrialID(UInt32(int(1...Int(UInt32.max)))),
            attempt: int(1...Int(UInt32.max)), worker: worker)
    }

    mutating func held(by worker: WorkerID) -> Held {
        Held(
            lease: lease(of: worker), stage: Held.Stage(rawValue: UInt8(int(0...2)))!,
            step: int(0...Int.max))
    }

    /// Any number but those that are not equal to themselves.
    mutating func number() -> Double {
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: .infinity
        case 1: -0.0
        case 2: .leastNonzeroMagnitude
        case 3: Double(Float.leastNonzeroMagnitude)
        case 4: Double(Float.random(in: -10...10, using: &generator))
        case 5: .greatestFiniteMagnitude
        default: Double.random(in: -1...1, using: &generator)
        }
    }

    mutating func scalar() -> Scalar {
        Scalar(name: "s" + text(0...20), value: int(0...3) == 0 ? nil : number())
    }

    mutating func curve() -> Curve {
        let count = int(0...50)
        let single = Bool.random(using: &generator)
        return Curve(
            name: "c" + text(0...20),
            steps: (0..<count).map { _ in UInt32(truncatingIfNeeded: generator.next()) },
            values: (0..<count).map { _ in single ? Double(Float(number())) : number() })
    }

    mutating func array() -> TrialArray {
        let shape = (0..<int(0...3)).map { _ in int(0...3) }
        let steps = (0..<int(0...4)).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
        let count = shape.reduce(steps.count, *)
        return TrialArray(
            name: "a" + text(0...20), steps: steps, shape: shape,
            bytes: (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next()) })
    }

    mutating func digest() -> Digest256 {
        Digest256(bytes: (0..<32).map { _ in UInt8(truncatingIfNeeded: generator.next()) })!
    }

    mutating func end() -> AttemptEnd {
        if int(0...2) == 0 { return .error(text(0...300)) }
        if int(0...5) == 0 { return .crash(text(0...300)) }
        if int(0...5) == 0 { return .file(digest()) }
        return .result(
            TrialResult(
                outcome: Bool.random(using: &generator)
                    ? .finished : .diverged(step: int(0...Int.max)),
                digest: digest(), curves: list { $0.curve() }, scalars: list { $0.scalar() },
                arrays: list { $0.array() }))
    }

    mutating func workerMessage(_ kind: Int) -> WorkerMessage {
        let id = worker()
        return switch kind % 9 {
        case 0:
            .hello(
                Hello(
                    worker: id, generation: generator.next(), host: text(0...60),
                    processID: int(0...Int(Int32.max)), slots: int(0...1 << 16),
                    credit: int(0...1 << 20), job: text(0...60), program: text(0...60),
                    kinds: list { KindVersion($0.text(0...20), version: $0.int(0...1 << 20)) },
                    memory: int(0...1) == 0 ? nil : int(0...Int.max),
                    inventory: list { $0.held(by: id) }))
        case 1: .credit(int(0...1 << 20))
        case 2: .started(token())
        case 3:
            .metrics(
                token(),
                TrialProgress(
                    step: int(0...Int.max), stepCount: int(0...Int.max),
                    values: list { $0.scalar() }))
        case 4: .results(list { EndedAttempt($0.lease(of: id), $0.end()) })
        case 5: .renew(credit: int(0...1 << 20), held: list { $0.held(by: id) })
        case 6: .returned(credit: int(0...1 << 20), tokens())
        case 7: .checkpoint(token(), checkpoint())
        default: .goodbye(returned: tokens())
        }
    }

    mutating func checkpoint() -> Checkpoint {
        Checkpoint(digest: digest(), step: int(0...Int.max), sizeInBytes: int(0...Int.max))
    }

    mutating func rule() -> CheckpointRule {
        switch int(0...3) {
        case 0: .auto
        case 1: .off
        default: .every(.nanoseconds(int(1...Int.max)))
        }
    }

    mutating func cell() -> CellText {
        CellText(
            kind: "k" + text(0...9), version: int(1...9),
            configuration: Configuration(["key": .text(text(0...20))]))
    }

    mutating func coordinatorMessage(_ kind: Int) -> CoordinatorMessage {
        let id = worker()
        let cells = [cell(), cell()]
        return switch kind % 9 {
        case 0:
            .welcome(
                Welcome(
                    cluster: text(0...60), heartbeat: .nanoseconds(int(1...Int.max)),
                    leaseDuration: .nanoseconds(int(1...Int.max)),
                    verdicts: dictionary { Verdict(rawValue: UInt8($0.int(0...1)))! }))
        case 1:
            .assign(
                list {
                    Assignment(
                        lease: $0.lease(of: id), threads: $0.int(1...1 << 16),
                        cell: cells[$0.int(0...1)], seed: $0.generator.next(),
                        isAlone: $0.int(0...1) == 1, checkpointRule: $0.rule(),
                        checkpoint: $0.int(0...1) == 1 ? $0.checkpoint() : nil)
                })
        case 2:
            .acknowledge(
                Acknowledgements(
                    committed: tokens(), duplicate: tokens(), stale: tokens(), refused: tokens()))
        case 3: .renewed(cancelled: tokens())
        case 4: .cancel(tokens())
        case 5: .stale
        case 6: .drain
        case 7: .goodbye
        default: .error(text(0...300))
        }
    }

    mutating func dictionary<Value>(
        _ value: (inout Self) -> Value
    ) -> [LeaseToken: Value] {
        Dictionary(list { ($0.token(), value(&$0)) }, uniquingKeysWith: { $1 })
    }

    mutating func clientRequest(_ kind: Int) -> ClientRequest {
        switch kind % 5 {
        case 0:
            var source = SweepSource(
                path: text(0...60), text: text(0...2000), overrides: list { $0.text(0...30) },
                attachments: list { $0.attachment() })
            source.isRerun = source.text.utf8.count % 2 == 0
            source.extended = source.text.utf8.count % 3 == 0 ? text(1...40) : nil
            return .submit(source)
        case 1: return .info
        case 2: return .stop
        case 3:
            return .steerWorkers(text(1...40), WorkerWish.allCases[int(0...2)])
        default:
            return .steer(sweeps: text(1...40), wish())
        }
    }

    private mutating func wish() -> SweepWish {
        switch int(0...5) {
        case 0: return .pause
        case 1: return .resume
        case 2: return .stop
        case 3: return .cancel
        case 4:
            let endings = RetriedEnding.allCases.filter { _ in int(0...1) == 0 }
            return .retry(Set(endings), where: int(0...1) == 0 ? nil : text(0...60))
        default: return .priority(int(-1000...1000))
        }
    }

    mutating func attachment() -> Attachment {
        Attachment(
            name: text(0...60), digest: Digest256(hashing: text(0...9).utf8),
            bytes: int(0...1) == 0 ? nil : Array(text(0...200).utf8))
    }

    mutating func clientReply(_ kind: Int) -> ClientReply {
        switch kind % 7 {
        case 0:
            .submitted(
                sweep: int(0...Int.max), name: text(0...60), planned: int(0...Int.max),
                known: int(0...Int.max))
        case 1:
            .info(
                CoordinatorInfo(
                    endpoint: text(0...60), store: text(0...60),
                    epoch: UInt32(int(0...Int(UInt32.max))), processID: int(0...Int(Int32.max)),
                    workers: int(0...1 << 30), sweeps: int(0...1 << 30)))
        case 2: .stopping
        case 3: .steeredWorkers(list { $0.worker() })
        case 4:
            .steered(list { SteeredSweep(name: $0.text(0...60), trials: $0.int(0...Int.max)) })
        case 5: .working(trials: int(0...Int.max))
        default: .rejected(text(0...2000))
        }
    }

    mutating func envelope() -> Envelope {
        Envelope(
            epoch: UInt32(truncatingIfNeeded: generator.next()),
            session: UInt32(truncatingIfNeeded: generator.next()), sequence: generator.next())
    }
}
