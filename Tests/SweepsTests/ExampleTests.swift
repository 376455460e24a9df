import Testing

@testable import Sweeps

@Suite("The example of a sweep file")
struct ExampleTests {
    private static let text = """
        name: signal-depth
        kind: sim
        method: grid
        parameters:
          model.layers:  {values: [1, 2]}
          train.learning_rate: {geomspace: {start: 1e-3, stop: 1e-1, num: 5}}
          task.signal:   {values: [[1, 2], [2, 2], [3, 2]]}
          task.variance: {value: 0.05}
          pair:
            zip: {task.dimension: [2, 64], model.hidden: [4, 64]}
            labels: [low, high]
        conditional:
          - when: model.layers >= 2
            parameters: {model.activation: {values: [none, relu]}}
        exclude: ["model.layers == 1 and train.learning_rate > 0.03"]
        seeds: {count: 10, root: 2410}
        log: {every: 20}
        run: {threads: 1, memory: 256MiB, time_limit: 20m, checkpoint: 30s,
              retry: {crash: 3, host_lost: 20}, max_fails: 5%, order: seeds_outer, priority: 0}
        theory: {metrics: [ood_loss, learning_time/1]}
        notify: {on: [finished, "failed > 5%", "stalled 15m"]}
        """

    private static let table =
        #"pair == "low" and train.learning_rate == 0.01 "#
        + #"and model.activation != "relu""#
    private static let figure =
        #"model.layers == 1 and pair == "low" and train.learning_rate == 0.01"#

    @Test("has 78 cells and 780 trials, the first and the last as they should be")
    func counts() throws {
        let plan = try readSweep(Self.text).plan
        #expect(plan.cellCount == 78)
        #expect(plan.trialCount == 780)
        let first = plan.trial(1)
        #expect(first.replicate == 1)
        #expect(
            first.spec.configuration.canonicalText == """
                {"log.every":20,"model.bias":true,"model.layers":1,"model.scale":1,\
                "task.dimension":2,"task.signal":[1,2],"task.variance":[0.05,0.05],\
                "train.batch_size":128,"train.learning_rate":0.001}
                """)
        let last = plan.trial(780)
        #expect(last.replicate == 10)
        #expect(
            last.spec.configuration.canonicalText == """
                {"log.every":20,"model.activation":"relu","model.bias":true,"model.hidden":64,\
                "model.layers":2,"model.scale":1,"task.dimension":64,"task.signal":[3,2],\
                "task.variance":[0.05,0.05],"train.batch_size":128,"train.learning_rate":0.1}
                """)
        #expect(
            plan.axes.map(\.name) == [
                "model.layers", "train.learning_rate", "task.signal", "pair", "model.activation",
            ])
        let cells = (0..<78).map(plan.cell)
        #expect(Set(cells.map(\.configuration)).count == 78)
        #expect(cells.filter { $0.rows[4] == nil }.count == 18)
        #expect(cells.map(\.rows) == (0..<78).map(plan.rows(ofCell:)))
    }

    @Test("has a table of 60 trials, and a figure of 30", arguments: [(table, 60), (figure, 30)])
    func conditions(text: String, trials: Int) throws {
        let plan = try readSweep(Self.text).plan
        let condition = try Condition(text)
        let cells = (0..<plan.cellCount).count { plan.holds(condition, in: plan.cell(at: $0)) }
        #expect(cells * plan.seeds.count == trials)
    }

    @Test("says how it is run")
    func settings() throws {
        let file = try readSweep(Self.text)
        var run = RunSettings()
        run.memory = 256 << 20
        run.timeLimit = .seconds(1200)
        run.checkpoint = .every(.seconds(30))
        run.failureLimit = .share(0.05)
        run.order = .seedsOuter
        #expect(file.run == run)
        #expect(file.theory == ["ood_loss", "learning_time/1"])
        #expect(file.notify == [.finished, .failed(.share(0.05)), .stalled(.seconds(900))])
        #expect(file.notes.count == 1)
        #expect(file.notes.allSatisfy { $0.description.contains("an interrupted one begins anew") })
    }

    @Test("is overridden in all its sections")
    func overrides() throws {
        let file = try readSweep(
            Self.text,
            [
                "seeds.count=2", "log.points=50", "log.spacing=log", "run.threads=2",
                "run.memory=1GB", "run.time_limit=4:00:00", "run.retry.crash=1",
                "run.max_fails=3", "run.priority=7", "run.order=seeds_inner", "model.layers=2",
                "model.activation=relu",
            ])
        #expect(file.plan.cellCount == 30)
        #expect(file.plan.seeds == Seeds(count: 2, root: 2410))
        let configuration = file.plan.cell(at: 0).configuration
        #expect(configuration["log.every"] == nil)
        #expect(configuration["log.points"] == .number(50))
        #expect(configuration["log.spacing"] == .text("log"))
        #expect(configuration["model.activation"] == .text("relu"))
        #expect(
            file.plan.axes.map(\.name) == ["train.learning_rate", "task.signal", "pair"])
        #expect(file.run.threads == 2)
        #expect(file.run.memory == 1_000_000_000)
        #expect(file.run.timeLimit == .seconds(14400))
        #expect(file.run.crashLimit == 1)
        #expect(file.run.failureLimit == .count(3))
        #expect(file.run.priority == 7)
        #expect(file.run.order == .seedsInner)
    }
}

@Suite("A large plan")
struct LargePlanTests {
    @Test("of a million points keeps no list of them")
    func million() throws {
        let plan = try readSweep(
            """
            name: large
            parameters:
              train.learning_rate: {geomspace: {start: 1e-4, stop: 1, num: 1000}}
              model.layers: {values: [1, 2, 3, 4, 5]}
              model.scale: {linspace: {start: 0.01, stop: 2, num: 200}}
            """
        ).plan
        #expect(plan.cellCount == 1_000_000)
        #expect(plan.grid.components.allSatisfy { $0.points == nil })
        #expect(plan.rows(ofCell: 0) == [0, 0, 0])
        #expect(plan.rows(ofCell: 654_321) == [654, 1, 121])
        #expect(plan.rows(ofCell: 999_999) == [999, 4, 199])
    }

    @Test("that is coupled keeps a list of what depends on each other, no more")
    func coupled() throws {
        let plan = try readSweep(
            """
            name: large
            parameters:
              train.learning_rate: {geomspace: {start: 1e-4, stop: 1, num: 100}}
              model.scale: {linspace: {start: 0.01, stop: 2, num: 200}}
              model.layers: {values: [1, 2]}
              seedlike: {zip: {train.batch_size: [1, 2, 3], task.dimension: [4, 5, 6]}}
            conditional:
              - when: train.learning_rate > 0.5
                parameters: {log.every: {values: [10, 20]}}
            exclude: ["model.layers == 2 and train.batch_size == 3"]
            """
        ).plan
        // Of 100 rates 8 are over 0.5.
        #expect(plan.cellCount == 200 * (92 + 8 * 2) * 5)
        let listed = plan.grid.components.filter { $0.points != nil }
        #expect(listed.allSatisfy { !$0.dimensions.contains(1) })
        #expect(listed.reduce(0) { $0 + $1.count } <= (92 + 8 * 2) * 5)
    }

    @Test("finds a misfit that one point in a million has")
    func misfit() {
        #expect(
            complaints(
                about: Array(
                    """
                    name: large
                    parameters:
                      train.learning_rate: {geomspace: {start: 1e-4, stop: 1, num: 1000}}
                      task.dimension: {values: [2, 3, 4, 5]}
                      task.signal: {values: [[1], [2], [1, 2], [1, 2, 3]]}
                      model.scale: {linspace: {start: 0.01, stop: 2, num: 100}}
                    """.utf8)) == [
                    "f.yaml:5:3: task.signal has 3 concepts; task.dimension must be at least 3 "
                        + "(where task.dimension = 2, task.signal = [1,2,3])"
                ])
    }

    @Test("counts equal cells once, and keeps to what is excluded")
    func equalCells() throws {
        let text = """
            name: large
            parameters:
              model.scale: {linspace: {start: 0.01, stop: 2, num: 100}}
              model.hidden: {values: [4, 8, 16]}
              train.learning_rate: {geomspace: {start: 1e-4, stop: 1, num: 100}}
              model.layers: {values: [1, 2]}
            """
        let plan = try readSweep(text).plan
        #expect(plan.cellCount == 4 * 10_000)
        #expect(plan.rows(ofCell: 0) == [0, 0, 0, 0])
        #expect(plan.rows(ofCell: 2) == [0, 0, 1, 0])
        #expect(plan.rows(ofCell: 200) == [0, 1, 0, 1])
        let narrower = try readSweep(
            text + "\nexclude: [\"train.learning_rate > 0.5 and model.hidden == 4\"]"
        ).plan
        // Of 100 rates 8 are over 0.5; of one layer hidden does not apply.
        #expect(narrower.cellCount == 40_000 - 8 * 100)
    }
}
