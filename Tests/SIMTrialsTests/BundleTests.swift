import NumericCore
import Sweeps
import Synchronization
import Testing

@testable import SIMTrials

@Suite("SIM trials that train together")
struct BundleTests {
    private static let narrow: [String: Value] = [
        "task.dimension": 3, "task.samples": 100, "train.batch_size": 32, "train.epochs": 4,
        "log.every": 2,
    ]

    /// Trials of one shape that differ in all else.
    private func trials(
        _ values: [String: Value], count: Int, level: KernelLevel? = nil
    ) throws -> [SIMTrial] {
        let kernels = try level.map { try Kernels($0) } ?? Kernels.chosen()
        return try (0..<count).map { index in
            var own = Self.narrow.merging(values) { $1 }
            own["train.learning_rate"] = .number(index == 2 ? 1e5 : 0.05 * Double(index + 1))
            own["log.every"] = .number(Double(index % 3 + 1))
            own["measure.full_loss"] = .flag(index % 4 == 1)
            own["measure.jacobian"] = .flag(index % 4 == 2)
            return SIMTrial(
                configuration: try SIMConfiguration(Configuration(own)), seed: UInt64(index),
                kernels: kernels)
        }
    }

    @Test(
        "have the results that each has alone, one of them diverging",
        arguments: [
            [:],
            ["model.bias": false, "task.kind": "truncated"],
            ["model.layers": 3, "model.hidden": 5, "model.activation": "relu"],
            [
                "model.layers": 2, "model.hidden": 8, "task.dimension": 8, "train.batch_size": 300,
                "task.samples": 200,
            ],
            ["train.batch_size": "full", "train.epochs": 60],
            [
                "train.batch_size": "full", "model.bias": false, "task.dimension": 16,
                "train.epochs": 60,
            ],
        ] as [[String: Value]], KernelLevel.allCases.filter(\.isSupported))
    func alone(values: [String: Value], level: KernelLevel) throws {
        for count in [1, 3, 16] {
            let trials = try trials(values, count: count, level: level)
            let names = Set(trials.map(\.configuration.bundleName))
            #expect(names.count == 1 && names != [nil])
            let context = TrialContext()
            var bundle = SIMBundle(trials, trials.map { _ in context })
            let together = try bundle.run().map { try $0.get() }
            #expect(together == (try trials.map { try $0.run(context) }))
            #expect(together.count < 3 || together[2].outcome != .finished)
        }
    }

    @Test("go on without one that is cancelled or lacks its file")
    func cancelled() throws {
        var trials = try trials([:], count: 4)
        let missing = Self.narrow.merging(
            ["init.file": .text("sha256:" + String(repeating: "0", count: 64))]) { $1 }
        trials[3] = SIMTrial(
            configuration: try SIMConfiguration(Configuration(missing)), seed: 3,
            kernels: trials[0].kernels)
        let contexts = (0..<4).map { index in TrialContext(isCancelled: { index == 1 }) }
        var bundle = SIMBundle(trials, contexts)
        let ends = bundle.run()
        #expect(try ends[0].get() == trials[0].run(TrialContext()))
        #expect(throws: CancellationError.self) { try ends[1].get() }
        #expect(try ends[2].get().outcome != .finished)
        #expect(throws: MissingFile.self) { try ends[3].get() }
    }

    @Test("are narrow, and none that a shorter way trains")
    func shapes() throws {
        func name(_ values: [String: Value]) throws -> String? {
            try SIMConfiguration(Configuration(Self.narrow.merging(values) { $1 })).bundleName
        }
        #expect(try name([:]) == name(["train.learning_rate": 0.5, "task.signal": [2, 3]]))
        #expect(try name([:]) != name(["model.bias": false]))
        #expect(try name([:]) != name(["train.epochs": 5]))
        #expect(try name(["task.dimension": 16]) == nil)
        #expect(try name(["train.optimizer": "adam"]) == nil)
        let full: [String: Value] = ["train.batch_size": "full"]
        #expect(try name(full) == name(full.merging(["task.samples": 50]) { $1 }))
        #expect(try name(full) != name(full.merging(["model.bias": false]) { $1 }))
        #expect(try name(full.merging(["model.layers": 2]) { $1 }) == nil)
        #expect(try name(full.merging(["task.dimension": 17]) { $1 }) == nil)
    }
}
