import Sweeps
import Synchronization
import Testing

@testable import DiffusionTrials

@Suite("A diffusion trial that is interrupted")
struct ResumeTests {
    /// What a host keeps of a trial: files, as they lie on its disk.
    private final class Host: Sendable {
        let files = Mutex<[[UInt8]]>([])
        let refusals = Mutex<[String]>([])
        private let asked = Mutex(0)
        private let spec: TrialSpec
        private let resumed: [UInt8]?

        init(_ spec: TrialSpec, resumed: [UInt8]? = nil) {
            self.spec = spec
            self.resumed = resumed
        }

        /// Keeps the state at every third step.
        func run(threads: Int = 1) async throws -> TrialResult {
            let checkpoints = TrialCheckpoints(
                resume: {
                    do {
                        return try self.resumed.map {
                            try CheckpointFile.state(in: $0, of: self.spec)
                        }
                    } catch {
                        Issue.record(error)
                        return nil
                    }
                },
                isDue: {
                    self.asked.withLock {
                        $0 += 1
                        return $0 % 3 == 0
                    }
                },
                keep: { state in
                    let bytes = CheckpointFile.bytes(of: state(), of: self.spec)
                    self.files.withLock { $0.append(bytes) }
                },
                refuse: { error in self.refusals.withLock { $0.append("\(error)") } })
            return try await DiffusionKind().run(
                spec, context: TrialContext(threads: threads, checkpoints: checkpoints))
        }
    }

    private func spec(_ values: [String: Value]) throws -> TrialSpec {
        let small: [String: Value] = [
            "tier": "T0", "train.steps": 14, "train.batch_size": 12, "data.samples": 16,
            "log.every": 2,
        ]
        let kind = DiffusionKind()
        let complete = try kind.complete(Configuration(small.merging(values) { $1 }))
        return TrialSpec(
            kind: kind.name, version: kind.version, configuration: complete, seed: 3)
    }

    static let cases: [[String: Value]] = [
        [
            "train.schedule": "learned", "train.clip": 0.5, "model.attention": true,
            "sample.images": 2, "sample.ood_images": 3, "sample.keep": 2, "sample.steps": 3,
            "sample.checkpoints": 2, "sample.first_step": 5,
        ],
        ["train.loss": "noise", "train.average": 0, "train.condition_dropout": 0.5],
        ["task.kind": "classifier"],
    ]

    @Test(
        "goes on to the same bits from wherever it was, on any number of threads", arguments: cases)
    func sameBits(values: [String: Value]) async throws {
        let spec = try spec(values)
        let first = Host(spec)
        let result = try await first.run()
        #expect(try await DiffusionKind().run(spec, context: TrialContext()) == result)
        let files = first.files.withLock { $0 }
        #expect(files.count == 4)
        for (file, threads) in zip(files, [2, 5, 1, 2]) {
            let heir = Host(spec, resumed: file)
            #expect(try await heir.run(threads: threads) == result)
            #expect(heir.refusals.withLock { $0 } == [])
            #expect(heir.files.withLock { $0.count } < files.count)
        }
        // Interrupted twice.
        let middle = Host(spec, resumed: files[0])
        _ = try await middle.run(threads: 2)
        let last = try #require(middle.files.withLock { $0.last })
        #expect(try await Host(spec, resumed: last).run() == result)
    }

    @Test("begins anew where the state does not fit, and says why")
    func refused() async throws {
        let spec = try spec(["task.kind": "classifier"])
        let first = Host(spec)
        let result = try await first.run()
        let file = try #require(first.files.withLock { $0.last })
        let state = try CheckpointFile.state(in: file, of: spec)
        func without(_ name: String) -> TrainingState {
            TrainingState(
                step: state.step, layout: state.layout,
                tensors: state.tensors.filter { $0.name != name }, curves: state.curves)
        }
        let otherLayout = TrainingState(
            step: state.step, layout: "other", tensors: state.tensors, curves: state.curves)
        let otherCurve = TrainingState(
            step: state.step, layout: state.layout, tensors: state.tensors,
            curves: [Curve(name: "accuracy", steps: [1], values: [1])])
        let cases = [
            (otherLayout, "another order"), (without("optimizer/memory"), "optimizer/memory"),
            (without("optimizer/counts"), "optimizer/counts"), (otherCurve, "accuracy"),
        ]
        for (wrong, hint) in cases {
            let heir = Host(spec, resumed: CheckpointFile.bytes(of: wrong, of: spec))
            #expect(try await heir.run() == result)
            #expect(heir.refusals.withLock { $0.first?.contains(hint) } == true, "\(hint)")
        }
    }
}
