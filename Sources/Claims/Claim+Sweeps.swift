import Report
import Sweeps

/// R19 to R21: how often the symmetric two-layer model swings by and descends.
extension Claim {
    static let sweepClaims = [descents, sign, factorWidth, separation]

    private static let descents = Claim(
        "R19", "With s concepts the loss descends up to s times", source: "App. E.1",
        sweeps: ["descents"],
        criterion: """
            Never more than s descents; at ratio 4 the share of seeds with exactly s agrees with 55, 30, \
            19 and 8 of 60 for s = 2 to 5; the mean number increases with s at each ratio.
            """
    ) { results in
        let cells = results[0].cells.map { cell in
            (
                s: cell.configuration["flow.signal"]?.numbers?.count ?? 0,
                ratio: cell.labels["setting"]?.last == "2" ? 2 : 4, cell: cell
            )
        }
        var findings = cells.map { s, ratio, cell in
            Judge.never(
                "more than \(s) descents, ratio \(ratio)",
                cell.share("descents") { $0 > Double(s) })
        }
        for (s, count) in zip(2...5, [55, 30, 19, 8]) {
            guard let found = cells.first(where: { $0.s == s && $0.ratio == 4 }) else { continue }
            findings.append(
                Judge.agrees(
                    "share with \(s) descents, ratio 4,",
                    found.cell.share("descents") { $0 == Double(s) },
                    with: Proportion(count, of: 60)))
        }
        return findings
            + [2, 4].map { ratio in
                Judge.rises(
                    "descents increase with s, ratio \(ratio)",
                    cells.filter { $0.ratio == ratio }.map { $0.cell.values("descents") })
            }
    }

    private static let sign = Claim(
        "R19b", "Swing-by needs a positive minor entry at the start",
        source: "measured beside section 4.2", sweeps: ["sign"],
        criterion: """
            No seed with w_12(0) < 0 swings; of those with w_12(0) > 0 a share that agrees with 93 of \
            211.
            """
    ) { results in
        func share(_ isCounted: (Double) -> Bool) -> Proportion {
            let chosen = results[0].cells[0].finished.filter { result in
                (result.curve("w/2/1")?.values.first).map(isCounted) ?? false
            }
            return Proportion(
                chosen.count { $0.scalar("swing") == .some(.some(1)) }, of: chosen.count)
        }
        return [
            Judge.never("swinging seeds with w_12(0) < 0", share { $0 < 0 }),
            Judge.agrees(
                "share of swinging seeds with w_12(0) > 0", share { $0 > 0 },
                with: Proportion(93, of: 211)),
        ]
    }

    /// Hundredths of seeds that swing, by signal, scale and initialization, for widths 2, 8, 32, 128.
    private static let widthAnchors: [(labels: [String: String], shares: [Int])] = [
        (
            ["flow.signal": "[1,2]", "flow.scale": "0.01", "flow.initialization": "gaussian"],
            [23, 1, 0, 0]
        ),
        (
            ["flow.signal": "[1,2]", "flow.scale": "0.01", "flow.initialization": "nonnegative"],
            [78, 71, 75, 92]
        ),
        (
            ["flow.signal": "[1,2]", "flow.scale": "0.1", "flow.initialization": "gaussian"],
            [30, 2, 0, 0]
        ),
        (
            ["flow.signal": "[1,2]", "flow.scale": "0.1", "flow.initialization": "nonnegative"],
            [79, 81, 85, 96]
        ),
        (
            ["flow.signal": "[1,1.5]", "flow.scale": "0.01", "flow.initialization": "gaussian"],
            [12, 0, 0]
        ),
        (
            ["flow.signal": "[1,1.5]", "flow.scale": "0.01", "flow.initialization": "nonnegative"],
            [47, 2, 0]
        ),
    ]

    private static let factorWidth = Claim(
        "R20", "Swing-by fades with the width of a Gaussian U, not of a nonnegative one",
        source: "App. E.2", sweeps: ["factor-width"],
        criterion: """
            Each share of swinging seeds agrees with its anchor, taken as of 100 seeds: see the sweep \
            file.
            """
    ) { results in
        widthAnchors.flatMap { labels, shares in
            zip([2, 8, 32, 128], shares).map { width, anchor in
                let cell = results[0].cell(
                    labels.merging(["flow.width": String(width)]) { $1 })
                let name = ["flow.initialization", "flow.signal", "flow.scale"]
                    .compactMap { labels[$0] }.joined(separator: " ")
                return Judge.agrees(
                    "\(name) width \(width)", cell.share("swing"), with: Proportion(anchor, of: 100)
                )
            }
        }
    }

    private static let separation = Claim(
        "R21", "Swing-by fades as clusters spread, and needs unequal signals",
        source: "section 4.2.2", sweeps: ["diversity", "ratio"],
        criterion: """
            The share of swinging seeds decreases with the deviation; none swings at ratio 1, and at \
            ratios 2, 2.5 and 3 at least 70 % do.
            """
    ) { results in
        let falling = Judge.rises(
            "swing-by decreases with the deviation",
            results[0].cells.reversed().map { $0.values("swing") })
        return [falling]
            + [("[1,1]", 0), ("[1,2]", 0.7), ("[1,2.5]", 0.7), ("[1,3]", 0.7)].map {
                signal, limit in
                let share = results[1].cell(["flow.signal": signal]).share("swing")
                return limit == 0
                    ? Judge.never("swinging seeds at \(signal)", share)
                    : Judge.atLeast("share at \(signal)", share, limit)
            }
    }
}
