import Foundation
import Testing

@testable import Figures
@testable import Sweeps

@Suite("Heat maps, entries and cubes")
struct PanelFigureTests {
    static let axis = Axis(
        name: "task.variance", keys: ["task.variance"],
        rows: [0.05, 0.5].map { [.list([.number($0), .number(0.05)])] })

    /// Two cells of one seed with these curves, a list of values at steps 0, 118, 236.
    static func rows(_ curves: [String: [Double]]) -> [TrialRow] {
        (1...2).map { number in
            TrialRow(
                number: number, state: .finished, attempt: 1,
                result: TrialResult(
                    outcome: .finished, digest: Digest256(hashing: []),
                    curves: curves.sorted { $0.key < $1.key }.map { name, values in
                        Curve(
                            name: name, steps: values.indices.map { 118 * UInt32($0) },
                            values: values.map { $0 * Double(number) })
                    }, scalars: []))
        }
    }

    static func write(_ picture: Picture) async throws -> String {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "swingby-panel-\(UUID().uuidString).svg")
        defer { try? FileManager.default.removeItem(at: file) }
        try await picture.write(to: file.path(percentEncoded: false))
        return try String(contentsOf: file, encoding: .utf8)
    }

    @Test("of a sweep's table have a rectangle for each number, and one scale for all panels")
    func heat() async throws {
        let spec = HeatSpec(
            name: "map", x: "scale", y: "signal", facet: "bias",
            cell: ColumnSpec(
                metric: MetricReference(name: "swing"), statistic: .fraction, label: "swing"))
        var cells: [HeatCell] = []
        for bias in [0.0, 1] {
            for signal in [1.0, 2, 3] {
                for scale in [0.001, 0.0123456] {
                    let signals = Value.list([.number(1), .number(signal)])
                    let isMissing = bias == 0 && signal == 2
                    cells.append(
                        HeatCell(
                            values: [.number(bias), signals, .number(scale)],
                            number: isMissing ? nil : bias / 2))
                }
            }
        }
        let picture = try Picture(spec, title: "phase", cells: cells)
        let panels = picture.grid.panels.compactMap { $0 as? HeatFigure }
        #expect(panels.map(\.caption) == ["bias 0", "bias 1"])
        #expect(panels.map(\.cells.count) == [4, 6])
        #expect(panels[1].cells.allSatisfy { cell in cell.number == 0.5 })
        #expect(panels.allSatisfy { $0.range == 0...1 })
        let data = picture.files().first { $0.name == "panel-2-cells.dat" }
        #expect(data?.contents.contains("\n1 2 0.5 0.0123 [1,3]\n") == true)
        let text = try await Self.write(picture)
        for words in ["phase", "bias 1", "signal", "scale", "[1,3]", "0.0123", "swing"] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(throws: FigureError.noNumbers("swing")) {
            try Picture(spec, title: "phase", cells: [])
        }
    }

    @Test("of a matrix have a line for each entry, majors solid, and a loss on the right")
    func entries() async throws {
        let plan = Plan.closedForm(axes: [Self.axis], seeds: 1)
        let rows = Self.rows([
            "w/1/1": [0, 0.5, 1], "w/2/1": [0, 0.2, 0], "w/2/2": [0, 1, 1], "ood_loss": [2, 1, 0],
        ])
        let spec = EntriesSpec(
            name: "w", entries: ["w/1/1", "w/2/1", "w/2/2"], beside: "ood_loss",
            facet: "task.variance", logX: true, unit: "step")
        let picture = try Picture(spec, plan: plan, rows: rows)
        let panels = picture.grid.panels.compactMap { $0 as? EntriesFigure }
        #expect(panels.map { $0.lines.map(\.label) }[0] == ["w_11", "w_21", "w_22", "ood_loss"])
        #expect(panels[1].lines[0].points == [[0, 0], [118, 1], [236, 2]])
        let script = try #require(picture.files().first).contents
        #expect(script.contains("axes x1y2"))
        let text = try await Self.write(picture)
        for words in ["entries of W", "steps", "w_21", "ood_loss"] {
            #expect(text.contains(words), "\(words)")
        }
        #expect(throws: FigureError.noCurves(spec.entries)) {
            try Picture(spec, plan: plan, rows: [])
        }
    }

    @Test("of combinations join those that differ in one concept, at each time")
    func cube() async throws {
        let plan = Plan.closedForm(axes: [Self.axis], seeds: 1)
        let losses = [
            "00": [0.0, 0, 0], "01": [1.0, 2, 1], "10": [2.0, 1, 0], "11": [3.0, 5, 2],
        ]
        let spec = CubeSpec(
            name: "nodes", nodes: losses.keys.sorted().map { "node_loss/\($0)" }, times: [0, 1.5],
            unit: "epoch", clip: 1, condition: try plan.condition("task.variance == [0.05, 0.05]"))
        let rows = Self.rows(
            Dictionary(uniqueKeysWithValues: losses.map { ("node_loss/\($0)", $1) }))
        let picture = try Picture(spec, plan: plan, rows: rows)
        let panels = picture.grid.panels.compactMap { $0 as? CubeFigure }
        #expect(panels.map(\.caption) == ["epoch 0", "epoch 1.5"])
        let nodes = panels[1].nodes.sorted { $0.name < $1.name }
        #expect(nodes.map(\.value) == [0, 1.5, 0.5, 3.5])
        #expect(nodes.map(\.place.y) == [0, 1, 1, 2])
        #expect(nodes.map(\.place.x) == [0, 0.5, -0.5, 0])
        let edges = picture.files().first { $0.name == "panel-1-edges.dat" }
        #expect(edges?.contents.split(separator: "\n\n").count == 4)
        let text = try await Self.write(picture)
        for words in ["epoch 1.5", "node_loss, cut at 1", "01"] {
            #expect(text.contains(words), "\(words)")
        }
    }

    @Test(
        "draw at most so many points, evenly over the axis, and the last", arguments: [false, true])
    func thinned(logX: Bool) {
        let times = (0...5000).map(Double.init)
        let kept = TimeAxes.thinned(times, logX: logX, limit: 100)
        #expect(kept.count <= 101)
        #expect(kept.first == (logX ? 1 : 0) && kept.last == 5000)
        #expect(kept.count { $0 <= 70 } > (logX ? 30 : 1))
        #expect(TimeAxes.thinned([0, 1, 2], logX: logX, limit: 100) == [0, 1, 2])
    }

    @Test("keep what lies off the line, and leave out what is on it")
    func simplified() {
        let points = [(0, 0), (1, 0.001), (2, 0), (3, 1), (4, 0), (4, 0)]
            .map { Point(x: $0, y: $1) }
        let track = Track(times: points.indices.map(Double.init), points: points)
        #expect(track.simplified(within: 0.01).times == [0, 2, 3, 5])
        #expect(track.simplified(within: 0).times == [0, 1, 2, 3, 5])
        #expect(track.simplified(within: 9).times == [0, 5])
    }
}
