import Sweeps
import Testing

@Suite("A plan")
struct PlanTests {
    private static let text = """
        name: order
        parameters:
          task.dimension: {values: [8, 4]}
          train.learning_rate: {values: [0.2, 0.1, 0.3]}
        seeds: {count: 2, root: 5}
        """

    @Test("varies the last axis fastest, and seeds fastest of all")
    func order() throws {
        let plan = try readSweep(Self.text).plan
        let trials = (1...plan.trialCount).map(plan.trial)
        #expect(trials.map(\.number) == Array(1...12))
        #expect(trials.map(\.replicate) == [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
        #expect(
            trials.map { $0.spec.configuration["train.learning_rate"]?.number }
                == [0.2, 0.2, 0.1, 0.1, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1, 0.3, 0.3])
        #expect(
            trials.map { $0.spec.configuration["task.dimension"]?.integer }
                == [8, 8, 8, 8, 8, 8, 4, 4, 4, 4, 4, 4])
    }

    @Test("gives a replicate the same seed in every cell, and every replicate its own")
    func seeds() throws {
        let plan = try readSweep(Self.text).plan
        let seeds = (1...12).map { plan.trial($0).spec.seed }
        #expect(Set(seeds).count == 2)
        #expect(seeds.enumerated().allSatisfy { $1 == seeds[$0 % 2] })
        #expect(plan.trial(1).spec.seed == plan.seeds.seed(replicate: 1))
    }

    @Test("has an n-th trial that depends on n alone")
    func pureTrials() throws {
        let plan = try readSweep(Self.text).plan
        let again = try readSweep(Self.text).plan
        let forwards = (1...12).map(plan.trial)
        let backwards = (1...12).reversed().map(again.trial)
        #expect(forwards == backwards.reversed())
    }

    @Test("keeps its old trials where a wider file adds values and seeds")
    func widening() throws {
        let plan = try readSweep(Self.text).plan
        let wider = try readSweep(
            Self.text, ["seeds.count=3", "train.learning_rate=0.05,0.2,0.1,0.3"]
        ).plan
        let known = Set((1...wider.trialCount).map { wider.trial($0).spec.identity })
        #expect((1...plan.trialCount).allSatisfy { known.contains(plan.trial($0).spec.identity) })
    }

    @Test("counts cells that are equal once complete as one, the first")
    func equalCells() throws {
        let plan = try readSweep(
            """
            name: depth
            parameters:
              model.hidden: {values: [4, 64]}
              model.layers: {values: [1, 2]}
              task.variance: {values: [0.05, [0.05, 0.05], 1]}
            seeds: {count: 2}
            """
        ).plan
        #expect(plan.cellCount == 6)
        #expect(plan.trialCount == 12)
        #expect(
            (0..<6).map { plan.cell(at: $0).rows }
                == [[0, 0, 0], [0, 0, 2], [0, 1, 0], [0, 1, 2], [1, 1, 0], [1, 1, 2]])
        #expect(plan.cell(at: 0).configuration["model.hidden"] == nil)
        #expect(plan.cell(at: 4).configuration["model.hidden"] == .number(64))
    }

    @Test("knows what a condition means by a name")
    func names() throws {
        let plan = try readSweep(
            """
            name: names
            parameters:
              pair: {zip: {task.dimension: [2, 64], model.hidden: [4, 32]}, labels: [low, high]}
              bare: {zip: {model.bias: [true, false], log.every: [1, 2]}}
              model.layers: {values: [1, 2]}
              task.variance: {value: 0.05}
            """
        ).plan
        func count(_ condition: String) throws -> Int {
            let condition = try Condition(condition)
            return (0..<plan.cellCount).count { plan.holds(condition, in: plan.cell(at: $0)) }
        }
        #expect(plan.cellCount == 8)
        #expect(try count(#"pair == "low" and model.hidden == 4"#) == 2)
        #expect(try count("model.hidden != 4") == 6)
        #expect(try count("bare == [true, 1]") == 4)
        #expect(try count("task.variance == 0.05") == 8)
        #expect(try count("train.learning_rate == 0.1 and seeds == 1") == 0)
    }
}

@Suite("A plan's identity")
struct PlanIdentityTests {
    private static let text = """
        name: one
        parameters:
          task.signal: {value: [1, 2]}
          model.layers: {value: 1}
          task.dimension: {values: [8, 4]}
          p: {zip: {log.every: [1, 2], model.bias: [true, false]}, labels: [a, b]}
        seeds: {count: 2, root: 5}
        """

    @Test("does not depend on the order of keys, the spelling of numbers, names or tables")
    func sameTrials() throws {
        let other = """
            run: {threads: 3}
            seeds: {root: 5.0, count: 2e0}
            tables: {main: {cells: [{metric: bend}]}}
            parameters:
              model.layers: {values: [1e0]}
              task.dimension: {values: [8.0, 0x4]}
              q: {zip: {log.every: [1.0, 0o2], model.bias: [True, FALSE]}, labels: [c, d]}
              task.signal: {value: [1.00, +2]}
            name: another
            """
        #expect(try readSweep(Self.text).plan.identity == readSweep(other).plan.identity)
    }

    @Test(
        "changes with whatever changes a trial or its number",
        arguments: [
            ["seeds.count=3"], ["seeds.root=6"], ["task.dimension=4,8"], ["task.dimension=8"],
            ["task.dimension=8,4,2"], ["model.layers=2"], ["train.learning_rate=0.2"],
        ])
    func otherTrials(overrides: [String]) throws {
        #expect(
            try readSweep(Self.text).plan.identity
                != readSweep(Self.text, overrides).plan.identity)
    }

    @Test("changes with the kind's version, and with the order of axes")
    func versionAndOrder() throws {
        let plan = try readSweep(Self.text).plan
        let newer = try SweepFile(
            text: Array(Self.text.utf8), path: "f.yaml", kinds: [ToyKind(version: 2)]
        ).plan
        #expect(plan.identity != newer.identity)
        let fast = try readSweep(
            "name: a\nparameters: {task.dimension: {values: [8, 4]}, log.every: {values: [1, 2]}}")
        let slow = try readSweep(
            "name: a\nparameters: {log.every: {values: [1, 2]}, task.dimension: {values: [8, 4]}}")
        #expect(fast.plan.identity != slow.plan.identity)
    }
}

@Suite("A random plan")
struct RandomPlanTests {
    @Test("has the cells and trials that its axes make, all distinct", arguments: UInt64(0)..<300)
    func distinctCells(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let pool: [(key: String, values: [String])] = [
            ("task.dimension", ["8", "9", "64"]), ("model.layers", ["1", "2", "3"]),
            ("model.hidden", ["4", "64"]), ("model.activation", ["none", "relu"]),
            ("model.bias", ["true", "false"]), ("train.batch_size", ["full", "1", "128"]),
            ("task.signal", ["[1, 2]", "[2, 2]", "[1, 2, 3]"]),
            ("task.variance", ["0.05", "1", "2"]),
        ]
        let chosen = pool.shuffled(using: &generator).prefix(
            Int.random(in: 0...4, using: &generator))
        let seedCount = Int.random(in: 1...3, using: &generator)
        var text =
            "name: random\nseeds: {count: \(seedCount)}\nparameters:\n  log.every: {value: 3}\n"
        var expected: Set<[String: String]> = [[:]]
        for (key, values) in chosen {
            let count = Int.random(in: 1...values.count, using: &generator)
            let taken = values.shuffled(using: &generator).prefix(count)
            text += "  \(key): {values: [\(taken.joined(separator: ", "))]}\n"
            expected = Set(
                expected.flatMap { cell in taken.map { cell.merging([key: $0]) { $1 } } })
        }
        // With one layer, the width and the activation do not matter.
        expected = Set(
            expected.map { cell in
                let isDeep = cell["model.layers"].map { $0 != "1" } ?? false
                return isDeep
                    ? cell
                    : cell.filter { $0.key != "model.hidden" && $0.key != "model.activation" }
            })

        let plan = try readSweep(text).plan
        #expect(plan.cellCount == expected.count)
        #expect(plan.trialCount == expected.count * seedCount)
        let cells = (0..<plan.cellCount).map(plan.cell)
        #expect(Set(cells.map(\.configuration)).count == plan.cellCount)
        let trials = (1...plan.trialCount).map(plan.trial)
        #expect(Set(trials.map(\.spec.identity)).count == plan.trialCount)
        #expect(plan.axes.allSatisfy { $0.rows.count > 1 })
    }
}
