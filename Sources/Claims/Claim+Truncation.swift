import Sweeps

/// R22: points near the unseen one.
extension Claim {
    static let truncation = Claim(
        "R22", "Points near the unseen one do not explain its path",
        source: "App. F.3, Figs. 15 and 16", sweeps: ["fig15"],
        criterion: """
            For variance .05 and each seed, no point of the path with or without the points near x̂ is \
            farther from the other path than 5 % of ‖x̂‖; .1 to .6 % of the points are rejected, in the \
            mean. The distance at equal steps, the difference in ρ and variance .0025 are reported.
            """
    ) { results in
        ["0.05", "0.0025"].flatMap { variance -> [Finding] in
            let isJudged = variance == "0.05"
            let cells = ["identity", "truncated"].map {
                results[0].cell(["task.kind": $0, "task.variance": variance])
            }
            guard cells.allSatisfy({ $0.finished.count == results[0].plan.seeds.count }),
                let signal = cells[0].configuration["task.signal"]?.numbers
            else { return [Judge.missing("pairs of variance \(variance)")] }
            let size = signal.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let pairs = zip(cells[0].finished, cells[1].finished).map {
                (Path($0), Path($1))
            }
            let distances = pairs.map { $0.distance(to: $1) / size }.sorted()
            let stepwise = pairs.map { $0.stepwiseDistance(to: $1) / size }.sorted()
            let rejected = cells[1].values("rejected_points")
            let share = MeanAndError(rejected).map { $0.mean / pointCount(cells[1]) }
            let findings = [
                Judge.within(
                    "farthest paths of a seed, share of ‖x̂‖, variance \(variance),",
                    distances.last, 0...0.05),
                Judge.within(
                    "share of rejected points, variance \(variance),", share, 0.001...0.006),
            ]
            return (isJudged ? findings : findings.map(\.reported)) + [
                Finding(
                    "median of the seeds' farthest, variance \(variance)",
                    measured: distances.sortedQuantile(0.5).map(Judge.text) ?? "none", .report),
                Finding(
                    "at equal steps: median and most, variance \(variance)",
                    measured: [stepwise.sortedQuantile(0.5), stepwise.last]
                        .map { $0.map(Judge.text) ?? "none" }.joined(separator: ", "), .report),
                riseDifference(cells, in: results[0], "variance \(variance)"),
            ]
        }
    }

    /// Points in all.
    private static func pointCount(_ cell: SweepResults.Cell) -> Double {
        let samples = cell.configuration["task.samples"]?.number ?? 0
        let concepts = cell.configuration["task.signal"]?.numbers?.count ?? 0
        let origin = cell.configuration["task.origin"] == .flag(true) ? 1 : 0
        return samples * Double(concepts + origin)
    }

    private static func riseDifference(
        _ cells: [SweepResults.Cell], in results: SweepResults, _ name: String
    ) -> Finding {
        let rises = cells.map { cell in
            cell.finished.map { cell.rise(of: $0, in: results)?.share ?? 0 }
        }
        let difference = MeanAndError(zip(rises[1], rises[0]).map { $0 - $1 })
        return Finding(
            "ρ with truncation less without, \(name)",
            measured: difference.map { "\($0)" } ?? "none", .report)
    }
}

/// The way of an output through the plane of two concepts.
struct Path {
    let points: [(x: Double, y: Double)]

    init(points: [(x: Double, y: Double)]) {
        self.points = points
    }

    init(_ result: TrialResult) {
        points = zip(
            result.curve("output/1")?.values ?? [], result.curve("output/2")?.values ?? []
        ).map { (x: $0, y: $1) }
    }

    /// The farthest that a point of either path is from the other path, wherever on it: how unlike
    /// the paths are as lines, however fast they are taken (Hausdorff's distance).
    func distance(to other: Path) -> Double {
        max(
            points.map { other.squaredDistance(from: $0) }.max() ?? 0,
            other.points.map { squaredDistance(from: $0) }.max() ?? 0
        ).squareRoot()
    }

    /// The farthest that both are at an equal step.
    func stepwiseDistance(to other: Path) -> Double {
        (zip(points, other.points).map { Self.squaredDistance($0, $1) }.max() ?? 0).squareRoot()
    }

    private static func squaredDistance(
        _ a: (x: Double, y: Double), _ b: (x: Double, y: Double)
    ) -> Double {
        (a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)
    }

    /// From a point to the nearest of the lines between neighbouring points.
    private func squaredDistance(from point: (x: Double, y: Double)) -> Double {
        var nearest = points.first.map { Self.squaredDistance($0, point) } ?? .infinity
        for i in points.indices.dropFirst() {
            let (a, b) = (points[i - 1], points[i])
            let (dx, dy) = (b.x - a.x, b.y - a.y)
            let length = dx * dx + dy * dy
            let along = (point.x - a.x) * dx + (point.y - a.y) * dy
            let share = length > 0 ? min(1, max(0, along / length)) : 0
            nearest = min(
                nearest, Self.squaredDistance((a.x + share * dx, a.y + share * dy), point))
        }
        return nearest
    }
}
