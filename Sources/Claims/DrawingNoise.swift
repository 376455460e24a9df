import Foundation
import Sweeps

/// What a statistic of a concept path is when nothing but chance moves it: every point is counted on so
/// many drawn images, each of which shows a concept or does not.
///
/// Judges give probabilities, which are less uncertain than counts: this noise is at least that of the
/// measurement.
struct DrawingNoise {
    /// Images behind every point of a path: those of all its seeds.
    let imageCount: Int

    static let replications = 1000

    /// The 99th percentile of a statistic over paths that are drawn about `path`.
    func level(_ path: ConceptPath, of statistic: (ConceptPath) -> Double) -> Double {
        var generator = SplitMix64(seed: 2410)
        let counts = path.coordinates.map { values in
            values.map { ImageCount(of: imageCount, share: $0) }
        }
        let values = (0..<Self.replications).map { _ in
            let drawn = counts.map { counts in
                counts.map { Double($0.drawn(&generator)) / Double(imageCount) }
            }
            return statistic(ConceptPath(steps: path.steps, coordinates: drawn))
        }
        return values.sorted()[Self.replications * 99 / 100]
    }
}

/// How many of `n` images show a concept that each shows with the same probability: binomial.
private struct ImageCount {
    /// The probability of at most `i`, up to a factor, which is the last one's.
    private let cumulated: [Double]

    init(of n: Int, share: Double) {
        let share = min(max(share, 0), 1)
        var weights = Array(repeating: 0.0, count: n + 1)
        let mode = min(n, Int(Double(n + 1) * share))
        weights[mode] = 1
        if share > 0, share < 1 {
            let odds = share / (1 - share)
            for i in (0..<mode).reversed() {
                weights[i] = weights[i + 1] * Double(i + 1) / (Double(n - i) * odds)
            }
            for i in mode..<n {
                weights[i + 1] = weights[i] * Double(n - i) * odds / Double(i + 1)
            }
        }
        var sum = 0.0
        cumulated = weights.map { weight in
            sum += weight
            return sum
        }
    }

    func drawn(_ generator: inout SplitMix64) -> Int {
        let draw = Double(generator.next() >> 11) * 0x1p-53 * cumulated[cumulated.count - 1]
        var (low, high) = (0, cumulated.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] > draw { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension ConceptPath {
    /// The nearest path whose coordinates never fall (least squares).
    var risingOnly: ConceptPath {
        ConceptPath(steps: steps, coordinates: coordinates.map(Self.risingOnly))
    }

    /// A path that stays where every image is as likely to show a concept as not.
    var still: ConceptPath {
        ConceptPath(
            steps: steps, coordinates: coordinates.map { $0.map { _ in 0.5 } })
    }

    /// Neighbours that fall are replaced by their mean until none does.
    private static func risingOnly(_ values: [Double]) -> [Double] {
        var blocks: [(sum: Double, count: Int)] = []
        for value in values {
            var block = (sum: value, count: 1)
            while let last = blocks.last,
                last.sum / Double(last.count) >= block.sum / Double(block.count)
            {
                block = (last.sum + block.sum, last.count + block.count)
                blocks.removeLast()
            }
            blocks.append(block)
        }
        return blocks.flatMap { block in
            Array(repeating: block.sum / Double(block.count), count: block.count)
        }
    }
}

/// A line through points, by least squares.
struct LineFit: Hashable, Sendable {
    let slope: Double
    /// R²: the share of the variance of y that the line explains; 0 where y does not vary.
    let determination: Double

    init(_ x: [Double], _ y: [Double]) {
        let count = Double(x.count)
        let (meanX, meanY) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
        var (xx, xy, yy) = (0.0, 0.0, 0.0)
        for (a, b) in zip(x, y) {
            xx += (a - meanX) * (a - meanX)
            xy += (a - meanX) * (b - meanY)
            yy += (b - meanY) * (b - meanY)
        }
        slope = xx > 0 ? xy / xx : 0
        determination = xx > 0 && yy > 0 ? xy * xy / (xx * yy) : 0
    }
}
