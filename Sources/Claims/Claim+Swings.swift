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
        sweeps: ["fig2c"],
        criterion: """
            No seed of 60 swings in 64 dimensions; in 2 the whole Wilson interval of the share lies above \
            that of 64.
            """
    ) { results in
        ["[1,2]", "[2,4]"].flatMap { signal -> [Finding] in
            func share(_ dimension: String) -> Proportion {
                results[0].cell(["dimension": dimension, "task.signal": signal]).swings(
                    in: results[0])
            }
            let (low, high) = (share("2"), share("64"))
            guard low.total > 0, high.total > 0 else { return [Judge.missing("swings")] }
            return [
                Judge.never("swinging seeds in 64 dimensions, signal \(signal)", high),
                Finding(
                    "share in 2 dimensions above that in 64, signal \(signal)",
                    measured: Judge.text(low),
                    low.wilson95.low > high.wilson95.high
                        ? .pass : low.wilson95.high < high.wilson95.low ? .fail : .inconclusive),
            ]
        }
    }

    private static let depth = Claim(
        "R8", "Deeper networks swing by more often", source: "section 3.3", sweeps: ["depth"],
        criterion: """
            At each signal the share of swinging seeds rises with the depth, and five layers swing in \
            at least .25 more of the seeds than one.
            """
    ) { results in
        ["[1,2]", "[2,4]"].flatMap { signal -> [Finding] in
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
        }
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
        sweeps: ["depth"],
        criterion:
            "At either signal at least 20 % of the seeds swing; the largest rise is reported."
    ) { results in
        ["[1,2]", "[2,4]"].flatMap { signal -> [Finding] in
            let cell = results[0].cell(["task.signal": signal, "model.layers": "3"])
            return [
                Judge.atLeast(
                    "share at \(signal)", cell.swings(in: results[0]), 0.2),
                Finding(
                    "largest rise at \(signal)",
                    measured: cell.rises(in: results[0]).max().map(Judge.text) ?? "none", .report),
            ]
        }
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

extension SweepResults.Cell {
    /// Seeds whose `ood_loss` rises by over 1 % of ½‖x̂‖² and ends below its minimum before.
    func swings(in results: SweepResults) -> Proportion {
        Proportion(rises(in: results).count, of: finished.count)
    }

    /// ρ of each seed that swings.
    func rises(in results: SweepResults) -> [Double] {
        guard
            case .scale(let scale)? = results.plan.kind.reference(
                of: "ood_loss", in: configuration)
        else { return [] }
        return finished.compactMap { result in
            let losses = result.curve("ood_loss")?.values ?? []
            guard let turn = Turn(losses), let last = losses.last, last < turn.low else {
                return nil
            }
            let rho = (turn.high - turn.low) / scale
            return rho > 0.01 ? rho : nil
        }
    }
}
