import Foundation
import Sweeps
import Testing

@Suite("A sweep file")
struct SweepFileTests {
    @Test("of nothing but a kind is one trial with defaults, and a table of the losses")
    func defaults() throws {
        let sweep = try SweepFile(
            text: Array("kind: sim".utf8), path: "some/where/depth.one.yaml", kinds: [ToyKind()])
        #expect(sweep.name == "depth.one")
        #expect(sweep.plan.trialCount == 1)
        #expect(sweep.plan.seeds == Seeds(count: 1, root: 0))
        #expect(sweep.run == RunSettings(threads: 1, hostLostLimit: 20))
        #expect(
            sweep.tables == [
                TableSpec(
                    name: "main", rows: nil,
                    cells: ["train_loss", "ood_loss"].map {
                        ColumnSpec(
                            metric: MetricReference(name: $0, reducer: .last), interval: .t95)
                    })
            ])
        #expect(sweep.figures.isEmpty)
    }

    @Test("has value, values, geomspace, vectors, zips and log")
    func everyForm() throws {
        let plan = try readSweep(
            """
            name: forms
            kind: sim
            method: grid
            parameters:
              task.variance: {value: 0.05}
              task.signal: {values: [[1, 2], [2, 2]]}
              train.learning_rate: {geomspace: {start: 1e-3, stop: 1e-1, num: 3}}
              model.bias: {values: [true]}
              pair:
                zip: {task.dimension: [2, 64], model.layers: [2, 3]}
                labels: [low, high]
              train.batch_size: {values: [0x10, full]}
            seeds: {count: 3, root: 7}
            log: {every: 50}
            run: {threads: 4, retry: {host_lost: 3}}
            """
        ).plan
        #expect(
            plan.axes == [
                Axis(
                    name: "task.signal", keys: ["task.signal"],
                    rows: [
                        [.list([.number(1), .number(2)])], [.list([.number(2), .number(2)])],
                    ]),
                Axis(
                    name: "train.learning_rate", keys: ["train.learning_rate"],
                    rows: [[.number(0.001)], [.number(0.01)], [.number(0.1)]]),
                Axis(
                    name: "pair", keys: ["task.dimension", "model.layers"],
                    rows: [[.number(2), .number(2)], [.number(64), .number(3)]],
                    labels: ["low", "high"]),
                Axis(
                    name: "train.batch_size", keys: ["train.batch_size"],
                    rows: [[.number(16)], [.text("full")]]),
            ])
        #expect(plan.trialCount == 2 * 3 * 2 * 2 * 3)
        #expect(plan.seeds == Seeds(count: 3, root: 7))
        let configuration = plan.trial(1).spec.configuration
        #expect(configuration["log.every"] == .number(50))
        #expect(configuration["model.bias"] == .flag(true))
        #expect(configuration["task.variance"]?.numbers == [0.05, 0.05])
    }

    @Test("has tables and figures")
    func tablesAndFigures() throws {
        let sweep = try readSweep(
            """
            name: shown
            parameters:
              model.layers: {values: [1, 2]}
              model.bias: {value: true}
              pair: {zip: {task.dimension: [2, 64], model.hidden: [4, 64]}}
            tables:
              other:
                rows: [model.layers, task.dimension, model.bias]
                cells:
                  - {metric: learning_time/1, stat: q2.5, ci: bootstrap95, unit: epoch}
                  - {metric: ood_loss:argmin, theory: true, unit: step, label: dip}
                  - {metric: bend, stat: fraction, ci: wilson95}
                min_seeds: 8
              spread: {cols: [pair], cells: [{metric: bend, theory: residual}]}
            figures:
              path: {plane: [output/1, output/2], by: [pair], band: [q10, q90], theory: true}
              thin: {plane: [output/2, output/1], lines: true, markers: {every: 0.5, unit: step}}
            """)
        #expect(sweep.tables.map(\.name) == ["main", "other", "spread"])
        #expect(
            sweep.tables[1]
                == TableSpec(
                    name: "other", rows: ["model.layers", "task.dimension", "model.bias"],
                    cells: [
                        ColumnSpec(
                            metric: MetricReference(name: "learning_time/1"),
                            statistic: .quantile(0.025), interval: .bootstrap95, unit: "epoch"),
                        ColumnSpec(
                            metric: MetricReference(name: "ood_loss", reducer: .argmin),
                            theory: .value, unit: "step", label: "dip"),
                        ColumnSpec(
                            metric: MetricReference(name: "bend"), statistic: .fraction,
                            interval: .wilson95),
                    ], minimumSeeds: 8))
        #expect(sweep.tables[1].cells[0].label == "learning_time/1 q2.5")
        #expect(sweep.tables[2].rows == ["model.layers"])
        #expect(sweep.tables[2].columns == ["pair"])
        #expect(
            sweep.figures == [
                .plane(
                    PlaneSpec(
                        name: "path", x: "output/1", y: "output/2", by: ["pair"],
                        spread: .band(0.1, 0.9), theory: true)),
                .plane(
                    PlaneSpec(
                        name: "thin", x: "output/2", y: "output/1", markerEvery: 0.5,
                        markerUnit: "step")),
            ])
    }

    @Test("may draw curves against time")
    func curveFigures() throws {
        let sweep = try readSweep(
            """
            name: curves
            parameters: {model.layers: {values: [1, 2]}}
            figures:
              loss: {curve: ood_loss, by: [], where: model.layers == 2, band: [q5, q95], log: [x, y]}
              two: {curve: [output/1, output/2], theory: true, log: y, unit: step}
            """)
        #expect(
            sweep.figures == [
                .curve(
                    CurveSpec(
                        name: "loss", metrics: ["ood_loss"], by: [],
                        condition: try Condition("model.layers == 2"), band: 0.05...0.95,
                        logX: true, logY: true, unit: "epoch")),
                .curve(
                    CurveSpec(
                        name: "two", metrics: ["output/1", "output/2"], theory: true, logY: true,
                        unit: "step")),
            ])
    }

    @Test("may draw heat maps, entries and cubes")
    func otherFigures() throws {
        let sweep = try readSweep(
            """
            name: others
            parameters: {model.layers: {values: [1, 2]}, model.bias: {values: [true, false]}}
            figures:
              map: {heat: [model.layers, model.bias], cell: {metric: bend, stat: median, label: b}}
              lines: {entries: output, beside: ood_loss, facet: model.bias, log: x, unit: step}
              nodes: {cube: output, at: [0, 2], clip: 1, where: model.layers == 1}
            """)
        let outputs = ["output/1", "output/2"]
        #expect(
            sweep.figures == [
                .heat(
                    HeatSpec(
                        name: "map", x: "model.layers", y: "model.bias",
                        cell: ColumnSpec(
                            metric: MetricReference(name: "bend"), statistic: .median, label: "b"))
                ),
                .entries(
                    EntriesSpec(
                        name: "lines", entries: outputs, beside: "ood_loss", facet: "model.bias",
                        logX: true)),
                .cube(
                    CubeSpec(
                        name: "nodes", nodes: outputs, times: [0, 2], unit: "epoch", clip: 1,
                        condition: try Condition("model.layers == 1"))),
            ])
        #expect(sweep.figures[1].curves == ["output/1", "output/2", "ood_loss"])
    }

    @Test("may name a metric that only a later cell has")
    func laterMetric() throws {
        let sweep = try readSweep(
            """
            name: later
            parameters: {task.signal: {values: [[1, 2], [1, 2, 3]]}}
            tables: {main: {cells: [{metric: learning_time/3}]}}
            """)
        #expect(sweep.tables[0].cells[0].metric.name == "learning_time/3")
    }

    @Test("is overridden by the command line, keys in their place, new ones last")
    func overrides() throws {
        let text = """
            name: over
            parameters:
              task.dimension: {values: [3, 4]}
              model.layers: {values: [1, 2]}
            seeds: {count: 2}
            log: {every: 5}
            tables: {main: {rows: [task.dimension, model.layers], cells: [{metric: bend}]}}
            """
        let sweep = try readSweep(
            text,
            [
                "task.signal=[1,2],[2,2]", "task.dimension=8", "seeds.count=3", "seeds.root=9",
                "log.every=7", "run.threads=2", "run.retry.host_lost=4",
                "model.activation=\"relu\"",
                "train.batch_size=full,64,32",
            ])
        #expect(
            sweep.plan.axes.map(\.name) == ["model.layers", "task.signal", "train.batch_size"])
        #expect(sweep.plan.trialCount == 2 * 2 * 3 * 3)
        #expect(sweep.plan.seeds == Seeds(count: 3, root: 9))
        #expect(sweep.run == RunSettings(threads: 2, hostLostLimit: 4))
        let last = sweep.plan.trial(sweep.plan.trialCount).spec.configuration
        #expect(last["task.dimension"] == .number(8))
        #expect(last["log.every"] == .number(7))
        #expect(last["model.activation"] == .text("relu"))
        #expect(sweep.tables[0].rows == ["task.dimension", "model.layers"])
    }

    @Test(
        "of the project is well formed",
        arguments: [("quickstart", 7, 35), ("fig2a", 3, 30), ("fig2b", 5, 50)])
    func projectFile(name: String, cells: Int, trials: Int) throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../sweeps").standardized
        let file = folder.appending(path: "\(name).yaml")
        let sweep = try SweepFile(
            text: Array(try Data(contentsOf: file)), path: file.path, kinds: [ToyKind()])
        #expect(sweep.name == name)
        #expect(sweep.plan.cellCount == cells)
        #expect(sweep.plan.trialCount == trials)
        #expect(sweep.plan.seeds.root == 2410)
        #expect(sweep.tables.map(\.name) == ["main"])
        #expect(sweep.figures.map(\.name) == ["path"])
    }
}
