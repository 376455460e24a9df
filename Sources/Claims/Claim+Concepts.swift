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
            Judge.rises("the same with more steps", longer.map { $0.times[0] }).reported,
            show(
                "colour learned with more steps, by Δz", longer.map { ($0.sizes, $0.times[0]) }),
        ]
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1
            ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// R27's further sweeps, and what each has; a judge's has nothing to say.
    private static let productPursuit: [(sweep: String, what: String?)] = [
        ("okawa-wider", "a wider network, the base paper's loss"),
        ("judge-background", nil),
        ("okawa-background", "the background in place of the shape"),
        ("okawa-background-wider", "the background, a wider network, the base paper's loss"),
        ("okawa-widest", "a network twice as wide again, the base paper's loss"),
    ]

    private static let conceptProduct = Claim(
        "R27", "Compositions come late and all at once, as a product of their concepts",
        source: "arXiv:2310.09336, section 4", sweeps: ["judge-shapes", "okawa-product"],
        pursuit: productPursuit.map(\.sweep),
        criterion: """
            On the mean over seeds the accuracy of the class with all concepts, all right at once, gets above \
            ½ later than each of its concepts alone; classes that are one concept away from a trained one \
            get there before it, and after the trained ones.
            """,
        remark: """
            Accuracies are smoothed by a Gaussian of 1.5 checkpoints. P = (1 − (1 − p)ᵗ)ⁿ is fitted to the \
            accuracy of the class with all n concepts by least squares over p, t in units of the first \
            checkpoint. Where it fails it is by shape: the tier's network hardly learns in its steps to draw \
            squares, not even those that it is trained on (class 100), and so no combination with them. A wider \
            network draws those, and the product only with the background in place of the shape.
            """
    ) { results in
        guard let cell = results[1].cells.first, let times = ProductTimes(cell) else {
            return [Judge.missing("accuracies")]
        }
        return times.criterion() + times.details()
            + zip(productPursuit, results.dropFirst(2)).flatMap { pursuit, results in
                guard let what = pursuit.what,
                    let times = results.cells.first.flatMap(ProductTimes.init)
                else { return [Finding]() }
                return times.criterion(what + ": ").map(\.reported) + times.details(what + ": ")
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
