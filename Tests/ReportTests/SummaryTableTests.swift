import Report
import Testing

@testable import Sweeps

@Suite("A summary table")
struct SummaryTableTests {
    let median = ColumnSpec(metric: .time, statistic: .median, interval: .bootstrap95)

    func spec(
        rows: [String]? = nil, columns: [String] = [], cells: [ColumnSpec]? = nil,
        minimumSeeds: Int = 1
    ) -> TableSpec {
        TableSpec(
            name: "main", rows: rows, columns: columns, cells: cells ?? [median],
            minimumSeeds: minimumSeeds)
    }

    @Test("counts diverged trials and averages only finished ones")
    func divergedIsNeverAveraged() throws {
        let plan = Plan.measuring([.layers], seeds: 3)
        let cells = [
            ColumnSpec(metric: .time), ColumnSpec(metric: .lastLoss),
            ColumnSpec(metric: .flag, statistic: .fraction),
        ]
        let table = try SummaryTable(
            spec(cells: cells), plan: plan,
            rows: [.finished(1, time: 10), .diverged(2), .finished(3, time: 20)])
        #expect(table.rows[0].n == 2)
        #expect(table.rows[0].diverged == 1)
        #expect(table.rows[0].cells.map(\.value) == [15, 0.5, 0])
    }

    @Test("has a row for every combination of the plan, in plan order, from the first trial on")
    func groupsOfAnIncompleteSweep() throws {
        let plan = Plan.measuring([.signal, .layers], seeds: 2)
        let table = try SummaryTable(
            spec(rows: ["model.layers"], columns: ["task.signal"]), plan: plan,
            rows: [
                .finished(8, time: 3),
                TrialRow(number: 1, state: .running, attempt: 1, result: nil),
                TrialRow(number: 2, state: .failed, attempt: 3, result: nil),
            ])
        #expect(table.rows.map(\.n) == [0, 0, 0, 1])
        #expect(table.rows.map { $0.values[0] } == [1, 2, 1, 2].map { .number($0) })
        #expect(table.axes == ["model.layers", "task.signal"])
        #expect(table.rows[0].cells[0].value == nil)
        #expect(table.text().contains("so far 2 of 8 trials, 1 of them without a result"))
    }

    @Test("pools the axes that it does not name, and says so")
    func pooling() throws {
        let plan = Plan.measuring([.signal, .layers])
        let table = try SummaryTable(
            spec(rows: ["model.layers"]), plan: plan,
            rows: (1...4).map { .finished($0, time: Double($0)) })
        #expect(table.pooled == ["task.signal"])
        #expect(table.rows.map(\.n) == [2, 2])
        #expect(table.rows.map { $0.cells[0].value } == [2, 3])
        #expect(table.text().hasPrefix("sweep/main: by model.layers; pooled: task.signal\n"))
    }

    @Test("shows null where a key does not apply, once for cells that are one")
    func keyThatDoesNotApply() throws {
        let plan = Plan.measuring([.layers, .numbers("model.hidden", 4, 8)])
        let table = try SummaryTable(spec(), plan: plan, rows: [])
        #expect(table.rows.map { $0.values[1] } == [nil, .number(4), .number(8)])
        #expect(table.pooled.isEmpty)
    }

    @Test("groups by a key that one value overrode")
    func keyWithoutAxis() throws {
        let plan = Plan.measuring([.signal], fixed: Configuration(["model.layers": .number(2)]))
        let table = try SummaryTable(spec(rows: ["model.layers"]), plan: plan, rows: [])
        #expect(table.rows.map(\.values) == [[.number(2)]])
    }

    @Test("shows steps in the unit that is asked for, by each trial's own cell")
    func units() throws {
        let plan = Plan.measuring([.layers])
        let table = try SummaryTable(
            spec(rows: [], cells: [ColumnSpec(metric: .time, statistic: .mean, unit: "epoch")]),
            plan: plan, rows: [.finished(1, time: 100), .finished(2, time: 100)])
        #expect(table.rows.map { $0.cells[0].value } == [7.5])
    }

    @Test("says how many events never came: a median can be one itself")
    func censoring() throws {
        let plan = Plan.measuring([], seeds: 5)
        let cells = [median, ColumnSpec(metric: .time)]
        let rows: [TrialRow] = [
            .finished(1, time: 10), .finished(2, time: nil), .finished(3, time: nil),
            .finished(4, time: 20), .finished(5, time: nil),
        ]
        let table = try SummaryTable(spec(cells: cells), plan: plan, rows: rows)
        #expect(table.rows[0].n == 5)
        #expect(table.rows[0].cells.map(\.value) == [nil, 15])
        #expect(table.rows[0].cells.map(\.missing) == [3, 3])
        #expect(table.text().contains("— (3 never)"))
        #expect(table.text().contains("15 (3 never)"))
        #expect(table.text().contains("a mean leaves them out"))
    }

    @Test("shows a dash where too few trials finished")
    func minimumSeeds() throws {
        let plan = Plan.measuring([.layers], seeds: 2)
        let rows = (1...3).map { TrialRow.finished($0, time: 10) }
        let table = try SummaryTable(spec(minimumSeeds: 2), plan: plan, rows: rows)
        #expect(table.rows.map { $0.cells[0].value } == [10, nil])
        #expect(table.rows.map(\.n) == [2, 1])
        #expect(table.text().contains("—: fewer than 2 finished trials"))
    }

    @Test("holds statistics against theory, the interval too")
    func theory() throws {
        let kind = MeasuringKind(predicted: { layers in
            Theory(curves: [], scalars: [Scalar(name: "time", value: 5 * layers)])
        })
        let cells = [TheoryUse.value, .ratio, .residual].map {
            ColumnSpec(metric: .time, statistic: .mean, interval: .t95, theory: $0, unit: "epoch")
        }
        let plan = Plan.measuring([.layers], seeds: 2, kind: kind)
        let rows = [8.0, 12, 20, 20].enumerated().map { TrialRow.finished($0 + 1, time: $1) }
        let table = try SummaryTable(spec(cells: cells), plan: plan, rows: rows)
        #expect(table.rows[0].cells.map(\.value) == [0.5, 2, 0.5])
        #expect(table.rows[0].cells.map(\.theory) == [0.5, 0.5, 0.5])
        let reach = 0.2 * 12.706204736174694
        #expect(table.rows[0].cells[0].low == nil)
        #expect(abs((table.rows[0].cells[1].low ?? 0) - (1 - reach) / 0.5) < 1e-9)
        #expect(abs((table.rows[0].cells[2].high ?? 0) - (1 + reach - 0.5)) < 1e-9)
        let pooled = try SummaryTable(spec(rows: [], cells: cells), plan: plan, rows: rows)
        // In epochs the prediction of both cells is the same, in steps it is not.
        #expect(pooled.rows[0].cells.map(\.theory) == [0.5, 0.5, 0.5])
        let steps = [ColumnSpec(metric: .time, theory: .ratio)]
        let differing = try SummaryTable(spec(rows: [], cells: steps), plan: plan, rows: rows)
        #expect(differing.rows[0].cells[0].theory == nil)
        #expect(differing.rows[0].cells[0].value == nil)
    }

    @Test("turns the interval of a ratio about where the prediction is below zero")
    func negativeTheory() throws {
        let kind = MeasuringKind(predicted: { _ in
            Theory(curves: [], scalars: [Scalar(name: "time", value: -2)])
        })
        let cells = [ColumnSpec(metric: .time, interval: .t95, theory: .ratio)]
        let table = try SummaryTable(
            spec(cells: cells), plan: .measuring([], seeds: 2, kind: kind),
            rows: [.finished(1, time: 8), .finished(2, time: 12)])
        let cell = table.rows[0].cells[0]
        #expect(cell.value == -5)
        #expect((cell.low ?? 0) < -5)
        #expect((cell.high ?? 0) > -5)
    }

    @Test("reads a prediction that is a curve through the metric's reducer")
    func theoryCurve() throws {
        let kind = MeasuringKind(predicted: { _ in
            Theory(
                curves: [Curve(name: "loss", steps: [0, 40], values: [1, 0.25])], scalars: [])
        })
        let cells = [ColumnSpec(metric: .lastLoss, theory: .ratio)]
        let table = try SummaryTable(
            spec(cells: cells), plan: .measuring([], kind: kind), rows: [.finished(1, time: 1)])
        #expect(table.rows[0].cells[0].value == 2)
    }

    @Test("takes a number that is not finite for an event that never came")
    func notFinite() throws {
        let table = try SummaryTable(
            spec(cells: [ColumnSpec(metric: .lastLoss)]), plan: .measuring([], seeds: 2),
            rows: [.finished(1, time: 1, loss: [1, .nan]), .finished(2, time: 1)])
        #expect(table.rows[0].cells[0].value == 0.5)
        #expect(table.rows[0].cells[0].missing == 1)
    }
}

@Suite("A table that asks for what there is not")
struct TableErrorTests {
    func error(_ column: ColumnSpec..., rows: [String]? = nil) -> String {
        let spec = TableSpec(name: "main", rows: rows, cells: column)
        do {
            _ = try SummaryTable(spec, plan: .measuring([.layers]), rows: [])
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("is refused, with what would be right")
    func errors() {
        #expect(
            error(ColumnSpec(metric: .init(name: "tme")))
                == "no metric 'tme'; there are 'loss', 'time', 'flag'")
        #expect(
            error(ColumnSpec(metric: .init(name: "loss")))
                == "'loss' is a curve; write how it becomes a number: "
                + "loss:last, loss:min, loss:argmin, loss:max, loss:rise, loss:rho, loss:swing, "
                + "loss:descents, loss:first_below(0.1), loss:learning_time(0.1), "
                + "loss:slope(late), loss:log_slope(late), loss:area")
        #expect(
            error(ColumnSpec(metric: .init(name: "time", reducer: .last)))
                == "'time' is a single number; write it without ':last'")
        #expect(
            error(ColumnSpec(metric: .flag, unit: "epoch"))
                == "unit 'epoch' is for steps, and 'flag' is none; leave the unit out")
        #expect(
            error(ColumnSpec(metric: .time, unit: "week"))
                == "kind 'measuring' has no unit 'week'; 'step' always works")
        #expect(
            error(ColumnSpec(metric: .time, statistic: .median, interval: .t95))
                == "'time median': t95 is no interval for median; bootstrap95 fits all, t95 the "
                + "mean, wilson95 a fraction")
        #expect(
            error(ColumnSpec(metric: .time), ColumnSpec(metric: .time, interval: .t95))
                == "two cells are labelled 'time mean'; give one of them a label of its own")
        #expect(
            error(ColumnSpec(metric: .time), rows: ["model.layer"])
                == "no axis or key 'model.layer'; the sweep's axes are 'model.layers'")
    }

    @Test("is taken at its word where the kind does not know its metrics beforehand")
    func undeclared() throws {
        let plan = Plan.measuring([], kind: MeasuringKind(metrics: []))
        let spec = TableSpec(name: "main", rows: nil, cells: [ColumnSpec(metric: .time)])
        let table = try SummaryTable(spec, plan: plan, rows: [.finished(1, time: 4)])
        #expect(table.rows[0].cells[0].value == 4)
    }
}
