import Report
import Sweeps

/// R6 to R11: terminal slowing, and how often networks on the SIM task swing by.
extension Claim {
    static let swingClaims = [slowing, lowDimension, depth, dimension, shallowRuns, twoLayers]

    private static let slowing = Claim(
        "R6", "Learning slows down at the rate of the slowest mode", source: "section 3.2",
        sweeps: ["terminal"],
        criterion: "The mean terminal rate an epoch is within 3 % of .0568, .1271 and .1414."
    ) { results in
        [("run 2", 0.0568), ("run 4", 0.1271), ("run 2 without bias", 0.1414)].map {
            setting, anchor in
            let rates = results[0].cell(["setting": setting]).values("terminal_rate")
            return Judge.near(
                "rate of \(setting)", MeanAndError(rates)?.mean, anchor, share: 0.03)
        }
    }

    private static let lowDimension = Claim(
        "R7", "Low dimensions bend, high dimensions hardly", source: "Figs. 2c and 3",
        sweeps: ["fig2c"], pursuit: ["fig2c-more"],
        criterion: """
            The share of swinging seeds in 64 dimensions agrees with 0 of 6, in 2 dimensions with 4 and 8 of \
            20; in 2 the whole Wilson interval of the share lies above that of 64.
            """,
        remark: """
            The sweep file asks more strictly for no swinging seed of 60 in 64 dimensions. By the rules \
            of judgement, set before it, a count is held against its anchor, here 0 of 6, by Fisher's exact \
            test. This row was first judged by the strict reading, and failed; its criterion was set right \
            after that was seen, so both are shown: by the strict one the row fails.
            """
    ) { results in
        let anchors = ["[1,2]": Proportion(4, of: 20), "[2,4]": Proportion(8, of: 20)]
        return ["[1,2]", "[2,4]"].flatMap { signal -> [Finding] in
            func share(_ dimension: String) -> Proportion {
                results[0].cell(["dimension": dimension, "task.signal": signal]).swings(
                    in: results[0])
            }
            let (low, high) = (share("2"), share("64"))
            guard low.total > 0, high.total > 0 else { return [Judge.missing("swings")] }
            return [
                Judge.agrees(
                    "share in 64 dimensions, signal \(signal),", high, with: Proportion(0, of: 6)),
                Judge.never("swinging seeds in 64 dimensions, signal \(signal)", high).reported,
                Judge.agrees(
                    "share in 2 dimensions, signal \(signal),", low,
                    with: anchors[signal] ?? Proportion(0, of: 0)),
                Finding(
                    "share in 2 dimensions above that in 64, signal \(signal)",
                    measured: Judge.text(low),
                    low.wilson95.low > high.wilson95.high
                        ? .pass : low.wilson95.high < high.wilson95.low ? .fail : .inconclusive),
            ]
        } + highDimension(results[1])
    }

    /// R7's 64 dimensions at (2, 4), with more seeds.
    private static func highDimension(_ results: SweepResults) -> [Finding] {
        let cell = results.cells[0]
        guard let epoch = results.plan.kind.steps(per: "epoch", of: cell.configuration) else {
            return []
        }
        let rises = cell.rises(in: results)
        let name = "in 64 dimensions, signal [2,4], more seeds"
        return [
            Finding(
                "swinging seeds \(name)", measured: Judge.text(cell.swings(in: results)), .report),
            Finding(
                "of these, seen at epoch ends alone",
                measured: "\(cell.rises(in: results, every: Int(epoch)).count)", .report),
            Finding(
                "largest rise \(name)", measured: rises.max().map(Judge.text) ?? "none", .report),
        ]
    }

    private static let depth = Claim(
        "R8", "Deeper networks swing by more often", source: "section 3.3", sweeps: ["depth"],
        pursuit: ["depth-more"],
        criterion: """
            At each signal the share of swinging seeds rises with the depth, and five layers swing in \
            at least .25 more of the seeds than one.
            """,
        remark: """
            Where the row is open it is by the .25 at (1, 2), which 160 seeds cannot tell from what there \
            is. The last line holds it against 2,000 seeds; the verdict stays that of the row's own \
            sweep. At (1, 2) the share falls again from four layers to five.
            """
    ) { results in
        let more = ["(1, 2) 5 layers", "(1, 2) 1 layer"].map {
            results[1].cell(["setting": $0]).swings(in: results[1])
        }
        return ["[1,2]", "[2,4]"].flatMap { signal -> [Finding] in
            let shares = (1...5).map { layers in
                results[0].cell(["task.signal": signal, "model.layers": String(layers)])
                    .swings(in: results[0])
            }
            let groups = shares.map { share in
                (0..<share.total).map { $0 < share.count ? 1.0 : 0 }
            }
            let counts = shares.map { String($0.count) }.joined(separator: ", ")
            return [
                Judge.rises(
                    "share rises with depth, signal \(signal) (\(counts))", groups),
                Judge.exceeds(
                    "share of five layers over that of one, signal \(signal)", shares[4], shares[0],
                    by: 0.25),
            ]
        } + [
            Judge.exceeds(
                "2,000 seeds: share of five layers over that of one, signal [1,2]", more[0],
                more[1], by: 0.25
            ).reported
        ]
    }

    private static let dimension = Claim(
        "R9", "Swing-by gets rarer and weaker with the dimension", source: "section 3.3",
        sweeps: ["dimension"],
        criterion: """
            The share of swinging seeds agrees with 4, 6, 6, 2, 0 and 0 of 20 and 0 of 12; the rise of \
            those that swing decreases with the dimension.
            """
    ) { results in
        let dimensions = ["2", "3", "4", "8", "16", "32", "64"]
        let anchors = [(4, 20), (6, 20), (6, 20), (2, 20), (0, 20), (0, 20), (0, 12)]
        let shares = zip(dimensions, anchors).map { dimension, anchor in
            Judge.agrees(
                "share in \(dimension) dimensions",
                results[0].cell(["dimension": dimension]).swings(in: results[0]),
                with: Proportion(anchor.0, of: anchor.1))
        }
        let rises = dimensions.reversed().map {
            results[0].cell(["dimension": $0]).rises(in: results[0])
        }
        return shares
            + [Judge.rises("rise of swinging seeds decreases", rises.filter { !$0.isEmpty })]
    }

    private static let shallowRuns = Claim(
        "R10", "Three layers in three dimensions swing by", source: "Figs. 13 and 14",
        sweeps: ["depth"], pursuit: ["depth-more"],
        criterion: """
            At either signal at least 20 % of the seeds swing; the selected seed, that of the largest rise, \
            comes nearer to the training centre (0, μ_2) while its loss rises.
            """,
        remark: """
            Where the row is open it is by the 20 % at (2, 4). The last line holds that against 2,000 seeds; \
            the verdict stays that of the row's own sweep.
            """
    ) { results in
        ["[1,2]", "[2,4]"].flatMap { signal -> [Finding] in
            let cell = results[0].cell(["task.signal": signal, "model.layers": "3"])
            return [
                Judge.atLeast(
                    "share at \(signal)", cell.swings(in: results[0]), 0.2),
                bend(of: cell, in: results[0], "the selected seed at \(signal)"),
            ]
        } + [
            Judge.atLeast(
                "2,000 seeds: share at [2,4]",
                results[1].cell(["setting": "(2, 4) 3 layers"]).swings(in: results[1]), 0.2
            ).reported
        ]
    }

    /// Where the seed of the largest rise is when its loss begins to rise, and when it ends to.
    private static func bend(
        of cell: SweepResults.Cell, in results: SweepResults, _ name: String
    ) -> Finding {
        let what = "\(name) turns to the training centre (0, μ_2)"
        let rises = cell.finished.compactMap { result in
            cell.rise(of: result, in: results).map { (result: result, rise: $0) }
        }
        guard let selected = rises.max(by: { $0.rise.share < $1.rise.share }),
            let center = cell.configuration["task.signal"]?.numbers?.last
        else { return Judge.missing(what) }
        let points = Path(selected.result).points
        let turn = selected.rise.turn
        let (start, end) = (points[turn.lowIndex], points[turn.highIndex])
        func distance(_ point: (x: Double, y: Double)) -> Double {
            (point.x * point.x + (point.y - center) * (point.y - center)).squareRoot()
        }
        func text(_ point: (x: Double, y: Double)) -> String {
            "(\(Judge.text(point.x)), \(Judge.text(point.y)))"
        }
        return Judge.holds(
            what, distance(end) < distance(start),
            measured: "\(text(start)) to \(text(end)), ρ \(Judge.text(selected.rise.share))")
    }

    private static let twoLayers = Claim(
        "R11", "Two linear layers learn in the same order as one", source: "Fig. 11",
        sweeps: ["fig11"],
        criterion: """
            Median T_1 falls strictly with the variance of concept 1, is above T_2 up to .5 and below \
            it at 2; the mean bend has opposite signs at (1, 2) and (3, 2).
            """
    ) { results in
        let labels = [".05", ".1", ".5", "1", "2"].map { "variance \($0)" }
        let cells = labels.map { results[0].cell(["setting": $0]) }
        let first = cells.map { epochs(1, of: $0, in: results[0]) ?? .infinity }
        let second = cells.map { epochs(2, of: $0, in: results[0]) ?? .infinity }
        let weak = MeanAndError(cells[0].values("bend"))
        let strong = MeanAndError(results[0].cell(["setting": "signal 3"]).values("bend"))
        return order(first, second) + [
            Judge.holds(
                "bend has opposite signs", (weak?.mean ?? 0) < 0 && (strong?.mean ?? 0) > 0,
                measured: [weak, strong].map { $0.map { Judge.text($0.mean) } ?? "none" }
                    .joined(separator: ", "))
        ]
    }
}
