internal import Sweeps

/// All combinations of concepts, at one time: those that differ in one concept are joined, more
/// concepts are higher up, and the median over the trials is a colour.
struct CubeFigure {
    struct Node: Sendable {
        /// A digit a concept.
        let name: String
        let place: Point
        let value: Double
    }

    let caption: String
    let nodes: [Node]
    /// Of colours.
    let range: ClosedRange<Double>
    let label: String

    /// A panel for each time of the figure.
    static func panels(_ spec: CubeSpec, plan: Plan, rows: [TrialRow]) throws -> [any Panel] {
        let grouping = try Grouping(by: [], plan: plan, where: spec.condition)
        var values: [String: [[Double]]] = [:]
        for row in rows {
            let cell = plan.cellIndex(ofTrial: row.number)
            guard let result = row.result, result.outcome == .finished,
                grouping.groupOfCell[cell] != nil
            else { continue }
            let steps = try plan.steps(per: spec.unit, ofCell: cell)
            for name in spec.nodes {
                guard let curve = result.curve(name),
                    let track = Track(x: curve, y: curve, stepsPerUnit: steps)
                else { continue }
                for (i, time) in spec.times.enumerated() {
                    guard let point = track.point(at: time) else { continue }
                    values[name, default: spec.times.map { _ in [] }][i].append(point.y)
                }
            }
        }
        let medians = spec.times.indices.map { i in
            spec.nodes.compactMap { name in
                values[name]?[i].sorted().sortedQuantile(0.5).map { (name, $0) }
            }
        }
        guard medians.contains(where: { !$0.isEmpty }) else {
            throw FigureError.noCurves(Array(spec.nodes.prefix(1)))
        }
        let most = medians.joined().map(\.1).max() ?? 1
        let range = 0...max(spec.clip ?? most, .leastNormalMagnitude)
        let word = spec.nodes[0].split(separator: "/").first.map(String.init) ?? ""
        return zip(spec.times, medians).filter { !$1.isEmpty }.map { time, found in
            CubeFigure(
                caption: "\(spec.unit) \(Value.canonicalText(of: time))",
                nodes: Self.placed(found), range: range,
                label: spec.clip.map { "\(word), cut at \(Value.canonicalText(of: $0))" } ?? word)
        }
    }

    /// Each level, of combinations of as many concepts, is centred.
    private static func placed(_ found: [(name: String, value: Double)]) -> [Node] {
        let digits = found.map { String($0.name.split(separator: "/").last ?? "") }
        func level(_ name: String) -> Int { name.count { $0 == "1" } }
        // First the combinations with the first concept: the highest digits to the left.
        let ordered = zip(digits, found.map(\.value)).sorted { $0.0 > $1.0 }
        let sizes = Dictionary(grouping: digits, by: level).mapValues(\.count)
        var seen: [Int: Int] = [:]
        return ordered.map { name, value in
            let height = level(name)
            let number = seen[height, default: 0]
            seen[height] = number + 1
            let x = Double(number) - Double((sizes[height] ?? 1) - 1) / 2
            return Node(name: name, place: Point(x: x, y: Double(height)), value: value)
        }
    }

    /// Pairs of nodes that differ in one concept.
    private var edges: [(Node, Node)] {
        nodes.flatMap { lower in
            nodes.filter { upper in
                zip(lower.name, upper.name).allSatisfy { $0 <= $1 }
                    && zip(lower.name, upper.name).count { $0 != $1 } == 1
            }.map { (lower, $0) }
        }
    }
}

extension CubeFigure: Panel {
    var legendWidth: Double { 150 }
    var legendCount: Int { 1 }
    var leftMargin: Double { 12 }
    var bottomMargin: Double { 16 }

    func plotHeight(width: Double) -> Double { width }

    func script(in area: Area, prefix: String) -> [String] {
        let xs = nodes.map(\.place.x)
        let ys = nodes.map(\.place.y)
        return area.margins + ColorScale.lines(range) + area.colorBox(label: label) + [
            "unset border", "unset xtics", "unset ytics", "set key off",
            "set xrange [\((xs.min() ?? 0) - 0.7):\((xs.max() ?? 0) + 0.7)]",
            "set yrange [\((ys.min() ?? 0) - 0.7):\((ys.max() ?? 0) + 0.5)]",
            "plot \\",
            [
                "'\(prefix)edges.dat' using 1:2 with lines linewidth 1 linecolor rgb '#AAAAAA'",
                "'\(prefix)nodes.dat' using 1:2 with points pointtype 7 pointsize 3.4 * marker "
                    + "linecolor rgb '#444444'",
                "'\(prefix)nodes.dat' using 1:2:3 with points pointtype 7 pointsize 3 * marker "
                    + "linecolor palette",
                "'\(prefix)nodes.dat' using 1:($2 - 0.3):(stringcolumn(4)) with labels "
                    + "font 'DejaVu Sans,11' textcolor rgb '#222222'",
            ].map { "  " + $0 }.joined(separator: ", \\\n"),
        ]
    }

    func dataFiles(prefix: String) -> [FigureFile] {
        let points = nodes.map { node in
            "\(PlaneFigure.text(node.place)) \(Value.canonicalText(of: node.value)) \(node.name)"
        }
        let lines = edges.map { lower, upper in
            "\(PlaneFigure.text(lower.place))\n\(PlaneFigure.text(upper.place))\n"
        }
        return [
            FigureFile(
                name: "\(prefix)nodes.dat",
                contents: "# place, \(label.visible), concepts\n"
                    + points.joined(separator: "\n") + "\n"),
            FigureFile(
                name: "\(prefix)edges.dat",
                contents: "# what differs in one concept\n" + lines.joined(separator: "\n") + "\n"),
        ]
    }
}
