import Foundation
import Sweeps

/// The way that images drawn for the class with all concepts take through concept space: a mean over
/// seeds of curves `concept/…`, at the steps when images were drawn.
///
/// - SeeAlso: arXiv:2410.08309, section 5 and Fig. 6.
struct ConceptPath: Hashable, Sendable {
    let steps: [Double]
    /// For each concept its mean probability of value 1, in [0, 1], at each step.
    let coordinates: [[Double]]

    init(steps: [Double], coordinates: [[Double]]) {
        precondition(coordinates.allSatisfy { $0.count == steps.count }, "not a value a step")
        (self.steps, self.coordinates) = (steps, coordinates)
    }

    /// - Returns: nil without a finished result, or where results have no such curves.
    init?(_ results: [TrialResult], concepts: [String]) {
        guard let steps = results.first?.curve("concept/\(concepts[0])")?.steps else { return nil }
        var coordinates: [[Double]] = []
        for concept in concepts {
            let curves = results.compactMap { $0.curve("concept/\(concept)")?.values }
            guard curves.count == results.count, curves.allSatisfy({ $0.count == steps.count })
            else { return nil }
            coordinates.append(
                steps.indices.map { i in
                    curves.reduce(0) { $0 + $1[i] } / Double(curves.count)
                })
        }
        self.init(steps: steps.map(Double.init), coordinates: coordinates)
    }

    /// Without the first `count` steps.
    func dropFirst(_ count: Int) -> ConceptPath {
        ConceptPath(
            steps: Array(steps.dropFirst(count)),
            coordinates: coordinates.map { Array($0.dropFirst(count)) })
    }

    /// Smoothed over neighbouring steps.
    ///
    /// - Parameter deviation: Of the Gaussian, in steps of the path.
    func smoothed(_ deviation: Double) -> ConceptPath {
        ConceptPath(
            steps: steps, coordinates: coordinates.map { Smoothing.smoothed($0, deviation) })
    }

    /// The mean over concepts of (value − 1)² at each step: the concept space loss.
    var losses: [Double] {
        steps.indices.map { i in
            coordinates.reduce(0) { $0 + ($1[i] - 1) * ($1[i] - 1) } / Double(coordinates.count)
        }
    }

    /// The most that the loss rises after a minimum.
    var rise: Double {
        let losses = losses
        return riseBounds.map { losses[$0.high] - losses[$0.low] } ?? 0
    }

    /// Between which of the steps that is; nil where it never rises.
    var riseBounds: (low: Int, high: Int)? {
        let losses = losses
        var lowest = 0
        var bounds: (low: Int, high: Int)?
        for (i, loss) in losses.enumerated() {
            if loss < losses[lowest] { lowest = i }
            if loss - losses[lowest] > (bounds.map { losses[$0.high] - losses[$0.low] } ?? 0) {
                bounds = (lowest, i)
            }
        }
        return bounds
    }

    /// The norm of the change a step, by differences of second order, smoothed and at least 10⁻⁵.
    func speeds(smoothing deviation: Double) -> [Double] {
        let changes = coordinates.map { CurveSpeed.changes($0, at: steps) }
        let speeds = steps.indices.map { i in
            changes.reduce(0) { $0 + $1[i] * $1[i] }.squareRoot()
        }
        return Smoothing.smoothed(speeds, deviation).map { max($0, 1e-5) }
    }

    /// Twice the signed area between the path, in the plane of its first two concepts, and the line
    /// from its start to its end: negative where the second concept is ahead.
    var area: Double {
        let (x, y) = (coordinates[0], coordinates[1])
        guard x.count > 1 else { return 0 }
        var sum = x[x.count - 1] * y[0] - x[0] * y[y.count - 1]
        for i in 1..<x.count { sum += x[i - 1] * y[i] - x[i] * y[i - 1] }
        return sum
    }

    /// When a concept gets above ½ for good, between steps as a line between them has it.
    ///
    /// - Returns: nil where it ends below.
    func crossing(_ concept: Int) -> Double? {
        let values = coordinates[concept]
        guard let last = values.last, last > 0.5 else { return nil }
        guard let i = values.lastIndex(where: { $0 <= 0.5 }) else { return steps[0] }
        let share = (0.5 - values[i]) / (values[i + 1] - values[i])
        return steps[i] + share * (steps[i + 1] - steps[i])
    }

    /// The first of three steps running at which a concept, smoothed, is above a level.
    ///
    /// - SeeAlso: arXiv:2406.19370, whose learning time it is.
    func learningTime(_ concept: Int, above level: Double = 0.9) -> Double? {
        let values = Smoothing.smoothed(coordinates[concept], 1.5)
        guard values.count > 2 else { return nil }
        return (0..<values.count - 2).first { i in values[i...i + 2].allSatisfy { $0 > level } }
            .map { steps[$0] }
    }
}

/// Smoothing of curves.
enum Smoothing {
    /// Means under a Gaussian that is cut at four deviations; beyond its ends a curve is mirrored.
    static func smoothed(_ values: [Double], _ deviation: Double) -> [Double] {
        guard values.count > 1 else { return values }
        let reach = Int(4 * deviation + 0.5)
        let weights = (-reach...reach).map { exp(-0.5 * Double($0 * $0) / (deviation * deviation)) }
        let total = weights.reduce(0, +)
        let period = 2 * values.count
        return values.indices.map { i in
            var sum = 0.0
            for (offset, weight) in weights.enumerated() {
                let place = (((i + offset - reach) % period) + period) % period
                sum += weight * values[place < values.count ? place : period - 1 - place]
            }
            return sum / total
        }
    }
}
