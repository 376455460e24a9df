import NumericCore
import Sweeps
import Synchronization
import Testing

@testable import SIMTrials

@Suite("A SIM trial")
struct TrialTests {
    static let levels = KernelLevel.allCases.filter(\.isSupported)

    /// Settings that differ in every way that could reach the bits.
    static let settings: [[String: Value]] = [
        [:],
        ["model.layers": 2, "model.hidden": 9],
        ["model.layers": 3, "model.activation": "relu", "model.hidden": 17],
        ["model.bias": false, "task.origin": false, "train.batch_size": "full"],
        ["task.dimension": 64, "task.samples": 1000, "train.epochs": 2],
        ["task.samples": 400, "train.batch_size": "full", "model.layers": 2, "model.bias": false],
        ["task.samples": 400, "train.optimizer": "adam", "train.batch_size": "full"],
        ["train.optimizer": "adamw", "train.weight_decay": 0.1, "model.layers": 2],
        ["train.momentum": 0.9, "train.weight_decay": 0.1, "train.learning_rate": 0.01],
        ["task.kind": "truncated", "task.variance": 1, "task.samples": 300],
        [
            "task.kind": "concepts", "task.signal": [1, 2, 3], "measure.nodes": true,
            "measure.jacobian": true, "measure.full_loss": true, "model.layers": 3,
            "model.activation": "relu", "model.hidden": 17,
        ],
        // Denormal weights, products and gradients.
        ["model.scale": 1e-38, "model.layers": 3, "model.bias": false],
    ]

    @Test("has the same digest at every CPU level and on 1, 2 and 5 threads", arguments: settings)
    func sameBits(values: [String: Value]) throws {
        var results: Set<TrialResult> = []
        for level in Self.levels {
            for threads in [1, 2, 5] {
                results.insert(
                    try run(small: values, level: level, context: TrialContext(threads: threads)))
            }
        }
        #expect(results.count == 1)
    }

    @Test("has another digest for another seed, weight or value")
    func digests() throws {
        let digests = try [
            run(small: [:]).digest, run(small: [:], seed: 2).digest,
            run(small: ["model.scale": 0.5]).digest, run(small: ["log.every": 3]).digest,
        ]
        #expect(Set(digests).count == 4)
    }

    @Test("logs the start, every n-th step, each epoch's end and the last step")
    func loggedSteps() throws {
        // 90 points in batches of 32 are 3 steps an epoch.
        let result = try run([
            "task.dimension": 5, "task.samples": 30, "train.batch_size": 32, "train.steps": 11,
            "log.every": 2,
        ])
        for curve in result.curves { #expect(curve.steps == [0, 2, 3, 4, 6, 8, 9, 10, 11]) }
    }

    @Test("logs the loss of the batch that led to a step, before its update")
    func trainLoss() throws {
        let values = smallTrial.merging(["log.every": 1]) { $1 }
        let configuration = try SIMConfiguration(Configuration(values))
        let kernels = try Kernels.chosen()
        let task = SIMTask(configuration, seed: 1, threads: 1, kernels: kernels)
        let training = SIMTraining(
            configuration, task: task,
            parameters: SIMTraining.initialParameters(configuration, seed: 1, kernels: kernels),
            kernels: kernels)
        var losses = [training.loss(step: 1) { _ in }]
        for step in 1...12 {
            let before = training.loss(step: step) { _ in }
            let loss = training.step(step) { _ in }
            #expect(loss == before)
            losses.append(before)
        }
        let result = try run(values)
        #expect(result.values("train_loss") == losses)
        #expect(losses[0] == losses[1])
        #expect(training.network.parameters.count == 1)
    }

    @Test("says at which step it diverged, and keeps what was finite until then")
    func divergence() throws {
        let result = try run(small: ["train.learning_rate": 1e5, "train.epochs": 40])
        guard case .diverged(let step) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        #expect(step > 1 && step < 120)
        for curve in result.curves {
            #expect(curve.values.allSatisfy { $0.isFinite })
            #expect(curve.steps.allSatisfy { $0 < step })
            #expect(!curve.steps.isEmpty)
        }
        #expect(result.scalars.allSatisfy { $0.value == nil })
        for level in Self.levels {
            let again = try run(
                small: ["train.learning_rate": 1e5, "train.epochs": 40], level: level)
            #expect(again == result)
        }
    }

    @Test(
        "runs at the edges of what it takes",
        arguments: [
            ["task.samples": 1, "task.origin": false, "task.signal": [1]],
            ["task.dimension": 1, "task.signal": [2]],
            ["task.dimension": 2],
            ["task.dimension": 5, "task.signal": [1, 2, 3, 4, 5]],
            ["task.samples": 2, "train.batch_size": 1000],
            ["task.variance": 0],
            ["task.variance": 0, "task.kind": "truncated"],
            ["task.kind": "concepts", "task.samples": 1],
            ["train.optimizer": "adam", "train.learning_rate": 0.001],
            ["model.scale": 1e-40, "model.layers": 2],
            ["model.initialization": "gaussian", "model.scale": 0],
            ["log.points": 1], ["log.points": 1_000_000], ["log.points": 3, "log.spacing": "log"],
            ["train.batch_size": 1],
            ["model.layers": 4, "model.hidden": 1],
            ["model.scale": 0],
            ["log.every": 1_000_000_000],
        ] as [[String: Value]])
    func edges(values: [String: Value]) throws {
        let result = try run(small: values)
        #expect(result.outcome == .finished)
        for curve in result.curves { #expect(curve.values.count == curve.steps.count) }
        #expect(result.curves[0].steps.first == 0)
        let losses = result.values("train_loss")
        let (first, last) = (try #require(losses.first), try #require(losses.last))
        #expect(last <= first)
    }

    @Test("takes a batch of all points as full, bit for bit")
    func full() throws {
        let all = try run(small: ["train.batch_size": 90])
        let full = try run(small: ["train.batch_size": "full"])
        let more = try run(small: ["train.batch_size": 1000])
        #expect(all == full && more == full)
    }

    @Test("reports its progress at every logged point")
    func progress() throws {
        let reports = Mutex<[TrialProgress]>([])
        let result = try run(
            small: [:],
            context: TrialContext(report: { progress in reports.withLock { $0.append(progress) } }))
        let seen = reports.withLock { $0 }
        #expect(seen.map { UInt32($0.step) } == result.curves[0].steps)
        #expect(seen.allSatisfy { $0.stepCount == 12 })
        #expect(
            seen.last?.values == result.curves.map { Scalar(name: $0.name, value: $0.values.last) })
    }

    @Test("stops soon after it is cancelled")
    func cancellation() throws {
        // Asked for the tenth time, it is cancelled: after some ten milliseconds of work.
        let questions = Mutex(0)
        let steps = Mutex(0)
        #expect(throws: CancellationError.self) {
            try run(
                ["train.epochs": 1000, "log.every": 1000],
                context: TrialContext(
                    report: { progress in steps.withLock { $0 = progress.step } },
                    isCancelled: {
                        questions.withLock { count in
                            count += 1
                            return count >= 10
                        }
                    }))
        }
        #expect(questions.withLock { $0 } == 10)
        #expect(steps.withLock { $0 } < 2000)
    }

    @Test("runs as its kind from its spec")
    func kind() async throws {
        let kind = SIMKind()
        let spec = TrialSpec(
            kind: kind.name, version: kind.version,
            configuration: try kind.complete(Configuration(smallTrial)), seed: 1)
        let result = try await kind.run(spec, context: TrialContext())
        #expect(result == (try run(small: [:])))
    }
}
