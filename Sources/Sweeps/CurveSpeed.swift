/// A curve that is made of others when it is asked for: `speed(concept)`, how fast the curves `concept/…`
/// of a trial change together.
///
/// It is the norm over these curves of the change a step: differences of second order on the steps that
/// they share, of first order at the ends.
///
/// - SeeAlso: arXiv:2410.08309, Fig. 6c.
public struct CurveSpeed: Hashable, Sendable {
    /// What the names of the curves have before the slash.
    private let word: String

    init(of word: String) { self.word = word }

    /// - Returns: nil where the name is not of this form.
    public init?(_ name: String) {
        guard name.hasPrefix("speed("), name.hasSuffix(")") else { return nil }
        word = String(name.dropFirst("speed(".count).dropLast())
    }

    var name: String { "speed(\(word))" }

    /// Whether it is made of a curve of this name.
    public func isMade(of curve: String) -> Bool { curve.hasPrefix(word + "/") }

    /// - Returns: nil where there are no such curves of two steps or more, or where they do not share
    ///   their steps.
    func curve(of result: TrialResult) -> Curve? {
        let curves = result.layout.curves.filter { isMade(of: $0.name) }
            .compactMap { result.curve($0.name) }
        guard let steps = curves.first?.steps, steps.count > 1,
            curves.allSatisfy({ $0.steps == steps })
        else { return nil }
        let changes = curves.map { Self.changes($0.values, at: steps.map(Double.init)) }
        let speeds = steps.indices.map { i in
            changes.reduce(0) { $0 + $1[i] * $1[i] }.squareRoot()
        }
        return Curve(name: name, steps: steps, values: speeds)
    }

    /// The change a step at each of `steps`, which may lie unevenly.
    public static func changes(_ values: [Double], at steps: [Double]) -> [Double] {
        let last = values.count - 1
        guard last > 0 else { return values.map { _ in 0 } }
        return values.indices.map { i in
            let (before, after) = (max(i - 1, 0), min(i + 1, last))
            guard i > 0, i < last else {
                return (values[after] - values[before]) / (steps[after] - steps[before])
            }
            let (h, k) = (steps[i] - steps[before], steps[after] - steps[i])
            return (h * h * values[after] + (k * k - h * h) * values[i] - k * k * values[before])
                / (h * k * (h + k))
        }
    }
}

extension Plan {
    /// What trials of a configuration measure, and the speeds of what they measure in parts.
    public func metrics(of configuration: Configuration) -> [Metric] {
        let measured = kind.metrics(of: configuration)
        var counts: [(word: String, count: Int)] = []
        for metric in measured where metric.shape == .curve && metric.name.contains("/") {
            let word = String(metric.name.prefix { $0 != "/" })
            if let place = counts.firstIndex(where: { $0.word == word }) {
                counts[place].count += 1
            } else {
                counts.append((word, 1))
            }
        }
        return measured
            + counts.filter { $0.count > 1 }.map { Metric(CurveSpeed(of: $0.word).name, .curve) }
    }
}
