import Testing

@testable import Figures
@testable import Sweeps

@Suite("A figure of the output plane")
struct PlaneFigureTests {
    /// A way with the points (t, 2 t) at each of the steps, offset by `shift`.
    static func row(
        _ number: Int, shift: Double = 0, steps: [UInt32] = [0, 118, 236], diverged: Bool = false
    ) -> TrialRow {
        let x = steps.map { Double($0) / 118 + shift }
        let curves = [
            Curve(name: "output/1", steps: steps, values: x),
            Curve(name: "output/2", steps: steps, values: x.map { 2 * $0 }),
        ]
        return TrialRow(
            number: number, state: diverged ? .diverged : .finished, attempt: 1,
            result: TrialResult(
                outcome: diverged ? .diverged(step: 1) : .finished, digest: Digest256(hashing: []),
                curves: curves, scalars: []))
    }

    func spec(
        by: [String]? = nil, spread: PlaneSpec.Spread = .lines, theory: Bool = false,
        every: Double = 1, unit: String = "epoch"
    ) -> PlaneSpec {
        PlaneSpec(
            name: "path", x: "output/1", y: "output/2", by: by, spread: spread, theory: theory,
            markerEvery: every, markerUnit: unit)
    }

    func file(_ name: String, _ figure: PlaneFigure) -> String? {
        figure.files().first { $0.name == name }?.contents
    }

    @Test("plots the median at equal times, markers between the points, and each seed")
    func data() throws {
        let plan = Plan.closedForm(axes: [.signal], seeds: 3)
        let figure = try PlaneFigure(
            spec(every: 0.5), plan: plan,
            rows: [Self.row(1), Self.row(2, shift: 4), Self.row(3, shift: 1)])
        #expect(
            file("path-1-median.dat", figure) == """
                # [1,2]
                # median over the trials: time (epoch), output/1, output/2
                0 1 2
                1 2 4
                2 3 6

                """)
        #expect(
            file("path-1-markers.dat", figure) == """
                # [1,2]
                # median at equal times: time (epoch), output/1, output/2
                0 1 2
                0.5 1.5 3
                1 2 4
                1.5 2.5 5
                2 3 6

                """)
        #expect(
            file("path-1-spread.dat", figure) == """
                # [1,2]
                # a block for each trial, points in line left out: time (epoch), output/1, output/2
                0 0 0
                2 2 4

                0 4 8
                2 6 12

                0 1 2
                2 3 6

                """)
        #expect(file("path-2-median.dat", figure) == nil)
        #expect(
            figure.files().map(\.name).sorted() == [
                "figure.gp", "path-1-markers.dat", "path-1-median.dat", "path-1-spread.dat",
                "targets.dat",
            ])
    }

    @Test("takes the times that all seeds have, and what lies between logged points")
    func differingSteps() throws {
        let plan = Plan.closedForm(axes: [.signal], seeds: 2)
        let figure = try PlaneFigure(
            spec(unit: "step"), plan: plan,
            rows: [Self.row(1), Self.row(2, steps: [0, 59, 177])])
        #expect(figure.paths[0].median.times == [0, 118])
        #expect(figure.paths[0].median.points == [Point(x: 0, y: 0), Point(x: 1, y: 2)])
    }

    @Test("draws no diverged trial, and says how many there are")
    func diverged() throws {
        let plan = Plan.closedForm(axes: [.signal], seeds: 2)
        let figure = try PlaneFigure(
            spec(), plan: plan, rows: [Self.row(1), Self.row(2, shift: 50, diverged: true)])
        #expect(figure.paths[0].finished == 1)
        let script = try #require(file("figure.gp", figure))
        #expect(script.contains("title '[1,2] (1 diverged)'"))
        #expect(script.contains("title 'one seed'"))
        #expect(!script.contains("spread.dat"))
    }

    @Test("bounds a band by quantiles of each coordinate")
    func band() throws {
        let plan = Plan.closedForm(axes: [], seeds: 3)
        let figure = try PlaneFigure(
            spec(spread: .band(0.25, 0.75)), plan: plan,
            rows: [Self.row(1), Self.row(2, shift: 2), Self.row(3, shift: 4)])
        // Boxes from (1, 2) to (3, 6) at the start and from (3, 6) to (5, 10) at the end.
        #expect(
            figure.paths[0].band == [
                Point(x: 1, y: 2), Point(x: 1, y: 6), Point(x: 2, y: 8), Point(x: 3, y: 10),
                Point(x: 5, y: 10), Point(x: 5, y: 6), Point(x: 4, y: 4), Point(x: 3, y: 2),
            ])
        let script = try #require(file("figure.gp", figure))
        #expect(script.contains("with filledcurves closed fillcolor rgb '#CC0072B2'"))
        #expect(script.contains("title '25 to 75 % of seeds'"))
    }

    @Test("draws the prediction where a group's cells agree on it")
    func theory() throws {
        let plan = Plan.closedForm(axes: [.signal, .variance], seeds: 1)
        let rows = plan.closedFormRows()
        let apart = try PlaneFigure(spec(theory: true), plan: plan, rows: rows)
        #expect(apart.paths.count == 15)
        #expect(apart.paths.allSatisfy { $0.theory.points.count == 237 })
        let pooled = try PlaneFigure(
            spec(by: ["task.signal"], theory: true), plan: plan, rows: rows)
        #expect(pooled.paths.count == 3)
        #expect(pooled.paths.allSatisfy { $0.theory.points.isEmpty })
        #expect(file("figure.gp", pooled)?.contains("title 'median of 5 trials'") == true)
        let without = try PlaneFigure(spec(), plan: plan, rows: rows)
        #expect(without.paths.allSatisfy { $0.theory.points.isEmpty })
    }

    @Test("marks each target once")
    func targets() throws {
        let plan = Plan.closedForm(axes: [.variance], seeds: 1)
        let figure = try PlaneFigure(spec(), plan: plan, rows: plan.closedFormRows())
        #expect(figure.targets == [Point(x: 1, y: 2)])
        let other = PlaneSpec(name: "path", x: "output/2", y: "output/1")
        #expect(
            try PlaneFigure(other, plan: plan, rows: plan.closedFormRows()).targets
                == [Point(x: 2, y: 1)])
    }

    @Test("gives both axes the same unit, labels and tics")
    func axes() throws {
        let plan = Plan.closedForm(axes: [.signal], seeds: 1)
        let figure = try PlaneFigure(spec(), plan: plan, rows: plan.closedFormRows())
        let frame = figure.frame
        let area = PanelGrid(title: "", panels: [figure]).layout.areas[0]
        let unitX = 1 / (frame.high.x - frame.low.x)
        let unitY = area.ratio / (frame.high.y - frame.low.y)
        #expect(abs(unitX / unitY - 1) < 0.01)
        let script = try #require(file("figure.gp", figure))
        #expect(script.contains("set xlabel 'concept 1 output'"))
        #expect(script.contains("set ylabel 'concept 2 output'"))
        #expect(script.contains("set xtics 0.5 ") && script.contains("set ytics 0.5 "))
        #expect(script.contains("set title 'fig2a'"))
        #expect(script.contains("set key title 'task.signal' left"))
        #expect(script.contains("title 'every epoch'"))
    }

    @Test("leaves out cells, and has a panel with equal units for each value of its facet")
    func facet() throws {
        let plan = Plan.closedForm(axes: [.signal, .variance], seeds: 1)
        let spec = PlaneSpec(
            name: "path", x: "output/1", y: "output/2",
            condition: try plan.condition("task.variance != [0.1, 0.05]"), facet: "task.signal")
        let picture = try Picture(spec, plan: plan, rows: plan.closedFormRows())
        let panels = picture.grid.panels.compactMap { $0 as? PlaneFigure }
        #expect(panels.map(\.caption) == [1, 2, 3].map { "task.signal [\($0),2]" })
        #expect(panels.allSatisfy { $0.paths.count == 4 && $0.names == ["task.variance"] })
        let layout = picture.grid.layout
        #expect(layout.areas.count { $0.legend != nil } == 1)
        for (panel, area) in zip(panels, layout.areas) {
            #expect(abs(panel.frame.fitted(ratio: area.ratio).ratio / area.ratio - 1) < 1e-9)
        }
        let names = picture.files().map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.contains("panel-3-path-4-median.dat"))
        // One value has no trial yet: it has no panel.
        let early = try Picture(spec, plan: plan, rows: plan.closedFormRows().suffix(4))
        #expect(early.grid.panels.map(\.caption) == ["task.signal [3,2]"])
        #expect(throws: FigureError.nothingToDraw(x: "output/1", y: "output/2")) {
            try Picture(spec, plan: plan, rows: [])
        }
    }

    @Test("has other colours or markers for each of thirty groups")
    func manyGroups() throws {
        let axis = Axis(
            name: "task.variance", keys: ["task.variance"],
            rows: (1...30).map { [.number(Double($0))] })
        let plan = Plan.closedForm(axes: [axis], seeds: 1)
        let figure = try PlaneFigure(spec(), plan: plan, rows: plan.closedFormRows())
        let looks = (0..<30).map { "\(figure.color($0)) \(figure.pointType($0))" }
        #expect(Set(looks).count == 30)
    }

    @Test("is refused, with what would be right")
    func errors() {
        let plan = Plan.closedForm(axes: [.signal])
        #expect(throws: FigureError.nothingToDraw(x: "output/1", y: "output/2")) {
            try PlaneFigure(spec(theory: true), plan: plan, rows: [])
        }
        let known = ["output/1", "output/2", "speed(output)"]
        #expect(throws: FigureError.unknownCurve("output/3", known: known)) {
            try PlaneFigure(
                PlaneSpec(name: "path", x: "output/1", y: "output/3"), plan: plan, rows: [])
        }
        #expect(throws: FigureError.unknownUnit("week", kind: "closed-form")) {
            try PlaneFigure(spec(unit: "week"), plan: plan, rows: [Self.row(1)])
        }
        #expect(throws: GroupingError.unknownAxis("tsk", known: ["task.signal"])) {
            try PlaneFigure(spec(by: ["tsk"]), plan: plan, rows: [])
        }
    }
}
