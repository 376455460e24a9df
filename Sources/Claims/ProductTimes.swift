import Foundation
import Report
import Sweeps

/// When accuracies of a cell's mean over seeds get above ½.
struct ProductTimes {
    let product: Double?
    let factors: [(concept: String, time: Double?)]
    /// The mean over classes with no concept or one, with two, and with three.
    let byDistance: [Double?]
    /// Each class with its accuracy at the end.
    let last: [String]
    /// The fit of the law of multiplicative emergence.
    let toy: (rate: Double, share: Double)

    init?(_ cell: SweepResults.Cell) {
        let curves = cell.finished.first?.curves.map(\.name) ?? []
        func mean(_ names: [String]) -> ConceptPath? {
            let steps = cell.finished.first?.curve(names.first ?? "")?.steps
            let all = cell.finished.flatMap { result in
                names.compactMap { result.curve($0)?.values }
            }
            guard let steps, all.count == names.count * cell.finished.count,
                all.allSatisfy({ $0.count == steps.count })
            else { return nil }
            let values = steps.indices.map { i in
                all.reduce(0) { $0 + $1[i] } / Double(all.count)
            }
            return ConceptPath(
                steps: steps.map(Double.init), coordinates: [Smoothing.smoothed(values, 1.5)])
        }
        let classes = curves.filter { $0.hasPrefix("accuracy/") }
        let digits = classes.map { $0.split(separator: "/")[1].count { $0 == "1" } }
        let most = digits.max() ?? 0
        func named(_ isMeant: (Int) -> Bool) -> [String] {
            zip(classes, digits).filter { isMeant($1) }.map(\.0)
        }
        guard most > 1, let all = mean(named { $0 == most }) else { return nil }
        product = all.crossing(0)
        factors = curves.filter { $0.hasPrefix("concept/") }.map { name in
            (String(name.dropFirst("concept/".count)), mean([name])?.crossing(0))
        }
        byDistance =
            [mean(named { $0 <= 1 })?.crossing(0)]
            + (2...most).map { distance in mean(named { $0 == distance })?.crossing(0) }
        last = classes.map { name in
            let last = cell.finished.compactMap { $0.curve(name)?.values.last }
            let mean = last.reduce(0, +) / Double(last.count)
            return "\(name.split(separator: "/")[1]) \(Judge.text(mean))"
        }
        toy = Self.fit(all, concepts: most)
    }

    /// What R27 asks for.
    ///
    /// - Parameter sweep: What is said before each finding.
    func criterion(_ sweep: String = "") -> [Finding] {
        let late = product ?? -.infinity
        return [
            Judge.holds(
                sweep + "the product gets above ½ later than each factor",
                factors.allSatisfy { ($0.time ?? .infinity) < late },
                measured: Self.text(product) + " after "
                    + factors.map { "\($0.concept) \(Self.text($0.time))" }
                    .joined(separator: ", ")),
            Judge.holds(
                sweep + "by distance from the trained classes",
                zip(byDistance, byDistance.dropFirst())
                    .allSatisfy { ($0 ?? .infinity) < ($1 ?? .infinity) },
                measured: byDistance.map(Self.text).joined(separator: ", ")),
        ]
    }

    /// What is told beside it.
    func details(_ sweep: String = "") -> [Finding] {
        [
            Finding(
                sweep + "P = (1 − (1 − p)ᵗ)ⁿ",
                measured: "p = \(Judge.text(toy.rate)), R² \(Judge.text(toy.share))", .report),
            Finding(
                sweep + "classes at the end", measured: last.joined(separator: ", "), .report),
        ]
    }

    private static func text(_ time: Double?) -> String { time.map(Judge.text) ?? "never" }

    /// p of P = (1 − (1 − p)ᵗ)ⁿ, by a search over its logarithm, and R².
    private static func fit(_ path: ConceptPath, concepts: Int) -> (rate: Double, share: Double) {
        let (values, steps) = (path.coordinates[0], path.steps)
        func error(_ rate: Double) -> Double {
            zip(steps, values).reduce(0) { sum, point in
                let learned = 1 - pow(1 - rate, point.0 / steps[0])
                let difference = pow(learned, Double(concepts)) - point.1
                return sum + difference * difference
            }
        }
        let rates = (0...4000).map { pow(10, -4 + 4 * Double($0) / 4001) }
        let best = rates.min { error($0) < error($1) } ?? 0
        let average = values.reduce(0, +) / Double(values.count)
        let spread = values.reduce(0) { $0 + ($1 - average) * ($1 - average) }
        return (best, spread > 0 ? 1 - error(best) / spread : 0)
    }
}
