import Foundation
import Report
import Sweeps

/// R26 and R27: claims of the papers that the image experiment comes from.
extension Claim {
    static let conceptClaims = [conceptSpeed, conceptProduct]

    private static let conceptSpeed = Claim(
        "R26", "A concept is learned the sooner the farther its values are apart",
        source: "arXiv:2406.19370, section 4", sweeps: ["judge", "park-speed"],
        pursuit: ["park-longer"],
        criterion: """
            The learning time of colour falls with Δc, that of size with Δz, and at Δc = .2 that of colour \
            rises with Δz, each by Jonckheere's test at .01. It is the first of three checkpoints at which \
            the concept, smoothed by 1.5 checkpoints, is above .9.
            """,
        remark: """
            A concept that is not learned in time counts as later than every learned one; how many these are \
            is shown, and they are in no mean.
            """
    ) { results in
        let cells = results[1].cells.map(LearnedConcepts.init)
        let longer = results[2].cells.map(LearnedConcepts.init).sorted { $0.sizes < $1.sizes }
        let later = TrendTest.jonckheere(longer.map { $0.times[0] })
        let (colors, sizes) = (
            Set(cells.map(\.colors)).sorted(), Set(cells.map(\.sizes)).sorted()
        )
        func times(_ concept: Int, where isMeant: (LearnedConcepts) -> Bool) -> [Double] {
            cells.filter(isMeant).flatMap { $0.times[concept] }
        }
        func show(_ what: String, _ groups: [(Double, [Double])]) -> Finding {
            let text = groups.map { number, times in
                let learned = times.filter(\.isFinite)
                let median = learned.isEmpty ? "" : ", median \(Judge.text(Self.median(learned)))"
                return "\(Judge.text(number)): \(learned.count) of \(times.count)\(median)"
            }
            return Finding(what, measured: text.joined(separator: "; "), .report)
        }
        let byColor = colors.map { c in (c, times(0) { $0.colors == c }) }
        let bySize = sizes.map { z in (z, times(1) { $0.sizes == z }) }
        let crossed = sizes.map { z in
            (z, times(0) { $0.colors == colors.first && $0.sizes == z })
        }
        return [
            Judge.rises(
                "the learning time of colour falls with Δc", byColor.reversed().map(\.1)),
            Judge.rises("the learning time of size falls with Δz", bySize.reversed().map(\.1)),
            Judge.rises(
                "at the smallest Δc the learning time of colour rises with Δz",
                crossed.map(\.1)),
            show("colour learned, by Δc", byColor), show("size learned, by Δz", bySize),
            show("colour learned at the smallest Δc, by Δz", crossed),
            show(
                "the same in park-longer.yaml, p = \(Judge.text(later.probability))",
                longer.map { ($0.sizes, $0.times[0]) }),
        ]
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    private static let conceptProduct = Claim(
        "R27", "Compositions come late and all at once, as a product of their concepts",
        source: "arXiv:2310.09336, section 4", sweeps: ["judge-shapes", "okawa-product"],
        pursuit: ["okawa-longer"],
        criterion: """
            On the mean over seeds the accuracy of the class with all concepts, all right at once, gets above \
            ½ later than each of its concepts alone; classes that are one concept away from a trained one \
            get there before it, and after the trained ones.
            """,
        remark: """
            Accuracies are smoothed by a Gaussian of 1.5 checkpoints. P = (1 − (1 − p)ᵗ)ⁿ is fitted to the \
            accuracy of the class with all n concepts by least squares over p, t in units of the first \
            checkpoint. Where it fails it is by shape: at 16 × 16 pixels the tier hardly learns in its steps to \
            draw squares, not even those that it is trained on (class 100), and so no combination with them.
            """
    ) { results in
        guard let cell = results[1].cells.first, let times = ProductTimes(cell) else {
            return [Judge.missing("accuracies")]
        }
        let longer = results[2].cells.first.flatMap(ProductTimes.init)
        func text(_ time: Double?) -> String { time.map(Judge.text) ?? "never" }
        let (product, factors) = (times.product, times.factors)
        return [
            Judge.holds(
                "the product gets above ½ later than each factor",
                product.map { late in factors.allSatisfy { ($0 ?? .infinity) < late } } ?? false,
                measured: "\(text(product)) after \(factors.map(text).joined(separator: ", "))"),
            Judge.holds(
                "by distance from the trained classes",
                zip(times.byDistance, times.byDistance.dropFirst())
                    .allSatisfy { ($0 ?? .infinity) < ($1 ?? .infinity) },
                measured: times.byDistance.map(text).joined(separator: ", ")),
            Finding(
                "P = (1 − (1 − p)ᵗ)ⁿ",
                measured: "p = \(Judge.text(times.toy.rate)), R² \(Judge.text(times.toy.share))",
                .report),
        ]
            + [("as long as the tier", times), ("three times as long", longer)].compactMap {
                what, times in
                times.map {
                    Finding(
                        "\(what): product after factors; by distance; trained classes at the end",
                        measured: "\(text($0.product)) after "
                            + "\($0.factors.map(text).joined(separator: ", ")); "
                            + "\($0.byDistance.map(text).joined(separator: ", ")); "
                            + $0.trained.joined(separator: ", "), .report)
                }
            }
    }
}

/// When the seeds of a cell learn color and size.
private struct LearnedConcepts {
    /// Δc and Δz.
    let colors: Double
    let sizes: Double
    /// Of color, then of size, of each seed; infinite where it is not learned.
    let times: [[Double]]

    init(_ cell: SweepResults.Cell) {
        colors = cell.configuration["data.color_separation"]?.number ?? 0
        sizes = cell.configuration["data.size_separation"]?.number ?? 0
        let paths = cell.finished.compactMap { ConceptPath([$0], concepts: ["color", "size"]) }
        times = (0..<2).map { k in paths.map { $0.learningTime(k) ?? .infinity } }
    }
}

/// When accuracies of a cell's mean over seeds get above ½.
private struct ProductTimes {
    let product: Double?
    let factors: [Double?]
    /// The mean over classes with no concept or one, with two, and with three.
    let byDistance: [Double?]
    /// Each trained class with its accuracy at the end.
    let trained: [String]
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
        factors = curves.filter { $0.hasPrefix("concept/") }.map { mean([$0])?.crossing(0) }
        byDistance =
            [mean(named { $0 <= 1 })?.crossing(0)]
            + (2...most).map { distance in mean(named { $0 == distance })?.crossing(0) }
        trained = named { $0 <= 1 }.map { name in
            let last = cell.finished.compactMap { $0.curve(name)?.values.last }
            let mean = last.reduce(0, +) / Double(last.count)
            return "\(name.split(separator: "/")[1]) \(Judge.text(mean))"
        }
        toy = Self.fit(all, concepts: most)
    }

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
