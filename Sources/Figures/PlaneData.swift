internal import Sweeps

extension PlaneFigure {
    /// Plain text, numbers between spaces, in full: to be read by other programs too.
    func dataFiles(prefix: String) -> [FigureFile] {
        let columns = "time (\(spec.markerUnit.visible)), \(spec.x.visible), \(spec.y.visible)"
        let extent = extent
        var files: [FigureFile] = []
        for (i, path) in paths.enumerated() {
            let about = "# \(path.label.visible)"
            func add(_ name: String, _ what: String, _ blocks: [[String]]) {
                guard blocks.contains(where: { !$0.isEmpty }) else { return }
                let body = blocks.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
                files.append(
                    FigureFile(
                        name: "\(prefix)path-\(i + 1)-\(name).dat",
                        contents: "\(about)\n# \(what)\n\(body)\n"))
            }
            if !path.band.isEmpty {
                let outline = path.band.map(Self.text)
                add(
                    "spread", "outline of the band: \(spec.x.visible), \(spec.y.visible)", [outline]
                )
            } else if hasLines(path) {
                add(
                    "spread", "a block for each trial, points in line left out: \(columns)",
                    path.seeds.map { Self.lines($0.simplified(within: extent / 800)) })
            }
            add("median", "median over the trials: \(columns)", [Self.lines(path.median)])
            add("markers", "median at equal times: \(columns)", [Self.lines(path.markers)])
            add("theory", columns, [Self.lines(path.theory)])
        }
        if !targets.isEmpty {
            let radius = 0.02 * extent
            let stars = targets.map { target in
                Self.star(around: target, radius: radius).map(Self.text).joined(separator: "\n")
            }
            files.append(
                FigureFile(
                    name: "\(prefix)targets.dat",
                    contents: "# a star around each target\n"
                        + stars.joined(separator: "\n\n\n") + "\n"))
        }
        return files
    }

    /// Each place once, in the order of the paths.
    var targets: [Point] {
        var known: Set<Point> = []
        return paths.compactMap(\.target).filter { known.insert($0).inserted }
    }

    var frame: Frame {
        Frame(points: paths.flatMap { $0.everyPoint(spread: spec.spread) })
    }

    /// Of the longer side of what is shown.
    private var extent: Double { max(frame.high.x - frame.low.x, frame.high.y - frame.low.y) }

    func hasLines(_ path: PlanePath) -> Bool { spec.spread == .lines && path.seeds.count > 1 }

    private static func lines(_ track: Track) -> [String] {
        zip(track.times, track.points).map { "\(Value.canonicalText(of: $0)) \(text($1))" }
    }

    static func text(_ point: Point) -> String {
        "\(Value.canonicalText(of: point.x)) \(Value.canonicalText(of: point.y))"
    }

    /// A five-pointed star, closed. An inner corner lies across from an outer one, at the inverse
    /// square of the golden ratio.
    private static func star(around centre: Point, radius: Double) -> [Point] {
        let tips = [
            (0, 1), (-0.951057, 0.309017), (-0.587785, -0.809017), (0.587785, -0.809017),
            (0.951057, 0.309017),
        ].map { Point(x: $0, y: $1) }
        let corners = tips.indices.flatMap { i in [tips[i], -0.381966 * tips[(i + 3) % 5]] }
        return (corners + [tips[0]]).map { centre + radius * $0 }
    }
}
