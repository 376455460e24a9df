import Foundation
import Testing

@testable import Figures
@testable import Sweeps

@Suite("A figure of curves against time")
struct CurveFigureTests {
    let plan: Plan

    init() throws {
        let signal = Axis(
            name: "task.signal", keys: ["task.signal"],
            rows: [[1, 2], [3, 2]].map { [.list($0.map { .number($0) })] })
        plan = try Plan(
            name: "curves", kind: ClosedFormKind(), axes: [signal], seeds: Seeds(count: 5),
            fixed: Configuration())
    }

    var rows: [TrialRow] {
        (1...plan.trialCount).map { number in
            TrialRow(
                number: number, state: .finished, attempt: 1,
                result: ClosedFormKind().result(of: plan.trial(number).spec))
        }
    }

    @Test("has the median, the quantiles and the theory of each group in its data")
    func data() throws {
        let spec = CurveSpec(
            name: "c", metrics: ["output/1", "output/2"], band: 0...1, theory: true, unit: "epoch")
        let figure = try CurveFigure(spec, plan: plan, rows: rows)
        #expect(
            figure.lines.map(\.label) == [
                "[1,2], output/1", "[1,2], output/2", "[3,2], output/1", "[3,2], output/2",
            ])
        let curves = rows.prefix(5).compactMap { $0.result?.curve("output/1") }
        for (i, point) in figure.lines[0].points.enumerated() {
            let values = curves.map { $0.values[i] }.sorted()
            #expect(point == [Double(curves[0].steps[i]) / 118, values[0], values[2], values[4]])
        }
        #expect(figure.lines[2].theory.count == curves[0].steps.count)
        #expect(figure.files(format: .svg).count == 1 + 2 * 4)
    }

    @Test("leaves out cells, and says when nothing is left or known")
    func condition() throws {
        let spec = CurveSpec(
            name: "c", metrics: ["output/1"],
            condition: try plan.condition("task.signal == [3, 2]"))
        #expect(try CurveFigure(spec, plan: plan, rows: rows).lines.map(\.label) == ["[3,2]"])
        #expect(throws: FigureError.noCurves(["output/1"])) {
            try CurveFigure(spec, plan: plan, rows: rows.prefix(5))
        }
        let known = ["output/1", "output/2", "speed(output)"]
        #expect(throws: FigureError.unknownCurve("x", known: known)) {
            try CurveFigure(CurveSpec(name: "c", metrics: ["x"]), plan: plan, rows: rows)
        }
    }

    @Test("is drawn by gnuplot, on logarithmic axes too")
    func picture() async throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "swingby-curve-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let spec = CurveSpec(
            name: "c", metrics: ["output/1"], theory: true, logX: true, logY: true, unit: "epoch")
        let figure = try CurveFigure(spec, plan: plan, rows: rows)
        try await figure.write(to: folder.appending(path: "c.svg").path)
        let text = try String(contentsOf: folder.appending(path: "c.svg"), encoding: .utf8)
        for words in ["concept 1 output", "epochs", "10 to 90 % of trials", "theory", "[3,2]"] {
            #expect(text.contains(words), "\(words)")
        }
    }
}
