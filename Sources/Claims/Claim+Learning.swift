import Report
import Sweeps

/// R3 and R12: how long one linear layer takes, and the order in which a ReLU network learns.
extension Claim {
    static let learningTime = Claim(
        "R3", "A concept is learned after a time of ln 10 / a_k", source: "Theorem 4.1",
        sweeps: ["learning-time"],
        criterion: """
            In every cell in which T_k is at least 3 epochs, median T_k a_k / ln 10 is 1 to 5 %, for both \
            concepts; over the cells Spearman's correlation of median T_1 and 1/a_1 is above .99.
            """
    ) { results in
        let concepts = [1, 2].map { k in
            results[0].cells.map { LearnedCell($0, concept: k, in: results[0]) }
        }
        return zip(1..., concepts).map { worst(of: $1, concept: $0) }
            + [correlation(concepts[0])]
            + concepts[0].filter { $0.epochs < 3 }.map {
                Finding(
                    "T_1 a_1 / ln 10 of \($0.name), under 3 epochs",
                    measured: Judge.text($0.ratio), .report)
            }
    }

    private static func worst(of cells: [LearnedCell], concept k: Int) -> Finding {
        let judged = cells.filter { $0.epochs >= 3 }
        let farthest = judged.max { ($0.ratio - 1).magnitude < ($1.ratio - 1).magnitude }
        guard let farthest else { return Judge.missing("T_\(k) a_\(k) / ln 10") }
        return Judge.within(
            "T_\(k) a_\(k) / ln 10 farthest from 1 of \(judged.count) cells (\(farthest.name)),",
            farthest.ratio.isFinite ? farthest.ratio : nil, 0.95...1.05)
    }

    private static func correlation(_ cells: [LearnedCell]) -> Finding {
        let what = "Spearman's correlation of T_1 and 1/a_1 is above .99"
        guard cells.allSatisfy({ $0.time > 0 }),
            let correlation = spearman(cells.map(\.time), cells.map { 1 / $0.moment })
        else { return Judge.missing(what) }
        return Judge.holds(what, correlation > 0.99, measured: Judge.text(correlation))
    }

    static let rectified = Claim(
        "R12", "Two layers with ReLU learn in the same order as linear ones", source: "Fig. 12",
        sweeps: ["fig12"],
        criterion: """
            Median T_1, to 25 %, does not rise with the variance of concept 1; T_1 > T_2 at (1, 2), T_1 < \
            T_2 at (3, 2); the mean bend has opposite signs there, by two standard errors.
            """
    ) { results in
        func cell(_ setting: String) -> SweepResults.Cell {
            results[0].cell(["setting": setting])
        }
        func time(_ k: Int, _ setting: String) -> Double {
            epochs(k, of: cell(setting), in: results[0]) ?? .infinity
        }
        let first = ["variance .05", "variance .1", "variance .5", "variance 1", "variance 2"]
            .map { time(1, $0) }
        let times = ["variance .05", "signal 3", "signal 2"].map { (time(1, $0), time(2, $0)) }
        func text(_ pair: (Double, Double)) -> String {
            "\(Judge.text(pair.0)) and \(Judge.text(pair.1))"
        }
        let bends = ["variance .05", "signal 2", "signal 3"].map {
            MeanAndError(cell($0).values("bend"))
        }
        guard let weak = bends[0], let equal = bends[1], let strong = bends[2] else {
            return [Judge.missing("bend")]
        }
        return [
            Judge.holds(
                "T_1 does not rise with the variance",
                first[0].isFinite && zip(first, first.dropFirst()).allSatisfy { $0 >= $1 },
                measured: first.map(Judge.text).joined(separator: ", ")),
            Judge.holds("T_1 > T_2 at (1, 2)", times[0].0 > times[0].1, measured: text(times[0])),
            Judge.holds("T_1 < T_2 at (3, 2)", times[1].0 < times[1].1, measured: text(times[1])),
            Finding("T_1 and T_2 at (2, 2)", measured: text(times[2]), .report),
            Judge.holds(
                "bend has opposite signs",
                weak.mean + 2 * weak.error < 0 && strong.mean - 2 * strong.error > 0,
                measured: "\(weak), \(strong)"),
            Finding("bend at (2, 2)", measured: "\(equal)", .report),
        ]
    }
}

/// When a cell of R3 has learned a concept.
private struct LearnedCell {
    let name: String
    let epochs: Double
    let time: Double
    /// a_k.
    let moment: Double

    /// T_k a_k / ln 10.
    var ratio: Double { time * moment / 2.302585092994046 }

    /// - Parameter k: The concept, from 1. Where it is never learned all times are infinite; where
    ///   no trial has finished they are 0.
    init(_ cell: SweepResults.Cell, concept k: Int, in results: SweepResults) {
        let signal = cell.configuration["task.signal"]?.numbers ?? []
        let deviation = cell.configuration["task.deviation"]?.numbers ?? []
        let (mu, sigma) = (signal[k - 1], deviation[k - 1])
        moment = sigma * sigma + mu * mu / Double(signal.count)
        name = "signal \(Judge.text(signal[0])), deviation \(Judge.text(deviation[0]))"
        let kind = results.plan.kind
        let steps = kind.steps(per: "epoch", of: cell.configuration) ?? 1
        epochs =
            cell.finished.isEmpty
            ? 0 : Claim.epochs(k, of: cell, in: results) ?? .infinity
        time = epochs * steps / (kind.steps(per: "time", of: cell.configuration) ?? 1)
    }
}
