import Sweeps

/// R4 and R5: one linear layer on the SIM task.
extension Claim {
    static let simClaims = [
        Claim(
            "R4", "The concept with the larger signal is learned first", source: "Fig. 2a",
            sweeps: ["fig2a", "fig2a-bend"],
            criterion: """
                Median T_1 and T_2 within 15 % or one epoch of 34 and 7, 10 and 10, 3 and 11; the bend \
                has opposite signs for (1, 2) and (3, 2), and for (2, 2) its mean is below a tenth of \
                either, by two standard errors.
                """
        ) { results in
            let anchors: [(String, Double, Double)] = [
                ("[1,2]", 34, 7), ("[2,2]", 10, 10), ("[3,2]", 3, 11),
            ]
            let times = anchors.flatMap { signal, first, second in
                let cell = results[0].cell(["task.signal": signal])
                return zip(1...2, [first, second]).map { k, anchor in
                    learningTime(k, of: cell, in: results[0], "T_\(k) at \(signal)", anchor)
                }
            }
            let bends = ["[1,2]", "[2,2]", "[3,2]"].map {
                MeanAndError(results[1].cell(["task.signal": $0]).values("bend"))
            }
            return times + bend(bends)
        },
        Claim(
            "R5", "Diversity along the weaker concept speeds it up", source: "Fig. 2b",
            sweeps: ["fig2b"],
            criterion: """
                Median T_1 falls strictly and is within 15 % or one epoch of 34, 28, 11, 5.5 and 3; \
                T_1 > T_2 up to a variance of .5, T_1 < T_2 at 2.
                """
        ) { results in
            let cells = results[0].cells
            let times = zip(cells, [34, 28, 11, 5.5, 3]).map { cell, anchor in
                learningTime(
                    1, of: cell, in: results[0], "T_1 at \(cell.labels["task.variance"] ?? "")",
                    anchor)
            }
            let first = cells.map { epochs(1, of: $0, in: results[0]) ?? .infinity }
            let second = cells.map { epochs(2, of: $0, in: results[0]) ?? .infinity }
            return times + order(first, second)
        },
    ]

    /// The order in which concepts are learned as the first one's variance grows from .05 to 2.
    static func order(_ first: [Double], _ second: [Double]) -> [Finding] {
        [
            Judge.holds(
                "T_1 falls strictly", zip(first, first.dropFirst()).allSatisfy { $0 > $1 },
                measured: first.map(Judge.text).joined(separator: ", ")),
            Judge.holds(
                "T_1 > T_2 up to .5, T_1 < T_2 at 2",
                (0..<3).allSatisfy { first[$0] > second[$0] } && first[4] < second[4],
                measured: "T_2: " + second.map(Judge.text).joined(separator: ", ")),
        ]
    }

    /// The median, an event that never came later than all others.
    static func epochs(
        _ k: Int, of cell: SweepResults.Cell, in results: SweepResults
    ) -> Double? {
        let steps = cell.finished.compactMap { $0.scalar("learning_time/\(k)") }
            .map { $0 ?? .infinity }.sorted()
        guard let median = steps.sortedQuantile(0.5), median.isFinite,
            let length = results.plan.kind.steps(per: "epoch", of: cell.configuration)
        else { return nil }
        return median / length
    }

    private static func learningTime(
        _ k: Int, of cell: SweepResults.Cell, in results: SweepResults, _ what: String,
        _ anchor: Double
    ) -> Finding {
        let reach = max(1, 0.15 * anchor)
        return Judge.within(what, epochs(k, of: cell, in: results), anchor - reach...anchor + reach)
    }

    private static func bend(_ bends: [MeanAndError?]) -> [Finding] {
        guard let weak = bends[0], let equal = bends[1], let strong = bends[2] else {
            return [Judge.missing("bend")]
        }
        let tenth = min(weak.mean.magnitude, strong.mean.magnitude) / 10
        let verdict: Verdict =
            equal.mean.magnitude + 2 * equal.error < tenth
            ? .pass : equal.mean.magnitude - 2 * equal.error > tenth ? .fail : .inconclusive
        return [
            Judge.holds(
                "bend has opposite signs",
                weak.mean + 2 * weak.error < 0 && strong.mean - 2 * strong.error > 0,
                measured: "\(Judge.text(weak.mean)), \(Judge.text(strong.mean))"),
            Finding(
                "bend of [2,2] is below \(Judge.text(tenth))",
                measured: "\(equal)", verdict),
        ]
    }
}

/// A mean over seeds with its standard error.
struct MeanAndError: CustomStringConvertible {
    let mean: Double
    let error: Double

    init?(_ values: [Double]) {
        guard values.count > 1 else { return nil }
        let n = Double(values.count)
        let mean = values.reduce(0, +) / n
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        error = (squares / (n - 1) / n).squareRoot()
    }

    /// The mean and two standard errors.
    var description: String { "\(Judge.text(mean)) ± \(Judge.text(2 * error))" }
}
