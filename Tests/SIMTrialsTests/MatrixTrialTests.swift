import NumericCore
import Sweeps
import Synchronization
import Testing

@testable import SIMTrials

@Suite("A matrix trial")
struct MatrixTrialTests {
    static let levels = KernelLevel.allCases.filter(\.isSupported)

    /// Settings that differ in every way that could reach the bits.
    static let settings: [[String: Value]] = [
        ["flow.steps": 300],
        ["flow.steps": 300, "flow.stepper": "descent", "flow.width": 5],
        [
            "flow.steps": 100, "flow.stepper": "rk4", "measure.entries": "terms",
            "measure.spectrum": true,
        ],
        [
            "flow.steps": 200, "flow.signal": [1, 1.5, 2.2, 2.7], "flow.dimension": 5,
            "flow.initialization": "nonnegative", "measure.centers": true,
        ],
        ["flow.steps": 90, "flow.initialization": "fixture", "flow.moment": "squared"],
        [
            "flow.steps": 90, "flow.initialization": "explicit", "log.every": 7,
            "flow.start": [0.01, 0.002, 0.002, 0.02], "measure.lemmas": true, "lemma.log_growth": 2,
        ],
    ]

    @Test(
        "has the same digest at every CPU level, alone or beside others", arguments: settings)
    func sameBits(values: [String: Value]) throws {
        let seeds: [UInt64] = [4, 1, 9, 1, 7]
        let alone = try seeds.map { try runMatrix(values, seed: $0) }
        for level in Self.levels {
            #expect(try runMatrix([values], seeds: seeds, level: level) == alone)
        }
    }

    @Test("is not moved by other signals, spreads, starts and step sizes beside it")
    func mixedLanes() throws {
        let cells: [[String: Value]] = [
            ["flow.steps": 300], ["flow.steps": 300, "flow.signal": [2, 3]],
            ["flow.steps": 300, "flow.step_size": 0.02, "flow.scale": 0.3],
            [
                "flow.steps": 300, "flow.initialization": "nonnegative",
                "measure.entries": "weights",
            ],
            ["flow.steps": 300, "flow.step_size": 100],
            ["flow.steps": 300, "flow.deviation": 1, "flow.sign_bias": 0.5],
        ]
        let alone = try cells.map { try runMatrix($0, seed: 3) }
        #expect(try runMatrix(cells, seeds: [3]) == alone)
        guard case .diverged = alone[4].outcome else {
            Issue.record("a step size of 100 did not diverge")
            return
        }
    }

    @Test("measures what it declares, in the order of its results", arguments: settings)
    func declaration(values: [String: Value]) throws {
        let kind = MatrixKind()
        let configuration = try kind.complete(Configuration(values))
        #expect(try kind.complete(configuration) == configuration)
        let metrics = kind.metrics(of: configuration)
        let result = try runMatrix(values)
        #expect(metrics.map(\.name) == result.curves.map(\.name) + result.scalars.map(\.name))
        #expect(
            metrics.filter { $0.shape == .curve }.map(\.name) == result.curves.map(\.name))
        for curve in result.curves { #expect(curve.values.count == curve.steps.count) }
        let theory = try #require(kind.theory(of: configuration))
        let names = Set(metrics.map(\.name))
        for name in theory.curves.map(\.name) + theory.scalars.map(\.name) {
            #expect(names.contains(name), "\(name)")
        }
    }

    @Test("logs the start, every n-th step and the last one")
    func loggedSteps() throws {
        let result = try runMatrix(["flow.steps": 11, "log.every": 4])
        for curve in result.curves { #expect(curve.steps == [0, 4, 8, 11]) }
        let rare = try runMatrix(["flow.steps": 11, "log.every": 1_000_000_000])
        #expect(rare.curves[0].steps == [0, 11])
        // The rise is that of every step, however rarely it is logged.
        #expect(rare.scalar("rho") == result.scalar("rho"))
        let few = try runMatrix(["flow.steps": 100, "log.points": 3, "log.spacing": "log"])
        #expect(few.curves[0].steps == [0, 1, 10, 100])
    }

    @Test("says at which step it diverged, and keeps what was finite until then")
    func divergence() throws {
        let result = try runMatrix([
            "flow.step_size": 50, "log.every": 1, "measure.spectrum": true, "flow.scale": 0.1,
        ])
        guard case .diverged(let step) = result.outcome else {
            Issue.record("\(result.outcome)")
            return
        }
        for curve in result.curves {
            #expect(curve.values.allSatisfy { $0.isFinite })
            #expect(curve.steps.last == UInt32(step - 1))
        }
        #expect(result.scalar("rho") == .some(nil))
        #expect(result.scalar("learning_time/1") == .some(nil))
        #expect((result.scalar("psd_exit") ?? nil) != nil)
    }

    @Test(
        "runs at the edges of what it takes",
        arguments: [
            ["flow.signal": [2]], ["flow.deviation": 0], ["flow.scale": 0],
            ["flow.dimension": 9], ["flow.width": 1], ["flow.steps": 1],
            ["flow.deviation": [0.1, 0.2, 3]], ["flow.concepts": 7],
            ["flow.signal": [1, 1, 1, 1, 1, 1, 1, 1]], ["flow.sign_bias": 1],
            ["flow.stepper": "descent", "flow.width": 1], ["flow.step_size": 1e-300],
            ["flow.scale": .number(.leastNonzeroMagnitude)],
            ["flow.signal": [1e-6, 1e6], "flow.step_size": 1e-14],
            ["flow.deviation": 0, "flow.stepper": "rk4", "flow.dimension": 3],
        ] as [[String: Value]])
    func edges(values: [String: Value]) throws {
        let result = try runMatrix(["flow.steps": 50].merging(values) { $1 })
        #expect(result.outcome == .finished)
        let losses = result.values("train_loss")
        let (first, last) = (try #require(losses.first), try #require(losses.last))
        #expect(last <= first)
    }

    @Test(
        "refuses what does not fit together, and says what would",
        arguments: [
            (
                ["flow.dimension": 1],
                "flow.dimension is 1 for signals or deviations along 2 coordinates; it must be at "
                    + "least 2"
            ),
            (
                ["flow.initialization": "explicit"],
                "flow.start is missing; flow.initialization explicit needs W(0), row by row"
            ),
            (
                ["flow.initialization": "explicit", "flow.start": [1, 2, 3]],
                "flow.start has 3 numbers; W(0) in 2 dimensions has 4"
            ),
            (
                ["flow.initialization": "explicit", "flow.start": [1, 2, 3, 4]],
                "flow.start is not symmetric: row 2, column 1 is 3.0, its mirror image 2.0"
            ),
            (
                [
                    "flow.initialization": "explicit", "flow.start": [1, 0, 0, 1],
                    "flow.stepper": "descent",
                ],
                "flow.stepper is descent, which moves U, where flow.start gives W; take euler or rk4"
            ),
            (
                ["flow.steps": 100_000_000, "log.every": 1],
                "log.every leads to 100000002 logged points; at most 1048576 are kept"
            ),
            (
                ["flow.signal": [1, 0]],
                "flow.signal is [1,0]; it must be a list of 1 to 64 numbers from 1e-06 to 1000000"
            ),
            (
                ["log.points": 5, "log.every": 5],
                "log.points is given beside log.every; keep the one that is meant"
            ),
            (["flow.signl": 1], "flow.signl is no key of this kind of trial; leave it out"),
        ] as [([String: Value], String)])
    func refusal(values: [String: Value], message: String) {
        #expect {
            try MatrixConfiguration(Configuration(values))
        } throws: {
            "\($0)" == message
        }
    }

    @Test("leaves out keys that do not apply, so that equal cells are one")
    func completion() throws {
        let kind = MatrixKind()
        let plain = try kind.complete(Configuration(["flow.initialization": "nonnegative"]))
        let moved = try kind.complete(
            Configuration([
                "flow.initialization": "nonnegative", "flow.sign_bias": 0.5,
                "flow.fixture_seed": 7, "flow.start": [1], "lemma.k": 30, "flow.width": 2,
                "flow.deviation": [0.05, 0.05],
            ]))
        #expect(plain == moved)
    }

    @Test("gives the final matrices to whoever wants them")
    func weights() async throws {
        let kept = Mutex<[Tensor]>([])
        let kind = MatrixKind()
        let spec = TrialSpec(
            kind: kind.name, version: kind.version,
            configuration: try kind.complete(
                Configuration(["flow.steps": 40, "flow.stepper": "descent", "flow.width": 3])),
            seed: 1)
        let context = TrialContext(keepWeights: { tensors in kept.withLock { $0 = tensors } })
        _ = try await kind.run(spec, context: context)
        let tensors = kept.withLock { $0 }
        #expect(tensors.map(\.name) == ["w", "u"])
        #expect(tensors.map(\.shape) == [[2, 2], [2, 3]])
    }

    @Test("goes side by side with those that it says it fits")
    func bundle() async throws {
        let kind = MatrixKind()
        let cells = try [0.01, 0.02].map {
            try kind.complete(Configuration(["flow.scale": .number($0), "flow.steps": 60]))
        }
        #expect(kind.bundleShape(of: cells[0]) == kind.bundleShape(of: cells[1]))
        let longer = try kind.complete(Configuration(["flow.steps": 61]))
        #expect(kind.bundleShape(of: longer) != kind.bundleShape(of: cells[0]))
        let specs = cells.flatMap { cell in
            (1...2).map {
                TrialSpec(kind: kind.name, version: kind.version, configuration: cell, seed: $0)
            }
        }
        let cancelled = TrialContext(isCancelled: { true })
        let contexts = [TrialContext(), cancelled, TrialContext(), TrialContext()]
        let ends = await kind.run(specs, contexts: contexts)
        for (index, end) in ends.enumerated() where index != 1 {
            let alone = try await kind.run(specs[index], context: TrialContext())
            #expect(try end.get() == alone)
        }
        #expect(throws: CancellationError.self) { try ends[1].get() }
    }

    @Test("stops soon after it is cancelled")
    func cancellation() async throws {
        let questions = Mutex(0)
        let kind = MatrixKind()
        let spec = TrialSpec(
            kind: kind.name, version: kind.version,
            configuration: try kind.complete(
                Configuration(["flow.steps": 100_000_000, "log.every": 100_000_000])),
            seed: 1)
        let context = TrialContext(isCancelled: {
            questions.withLock { count in
                count += 1
                return count >= 10
            }
        })
        await #expect(throws: CancellationError.self) {
            try await kind.run(spec, context: context)
        }
        #expect(questions.withLock { $0 } < 20)
    }
}
