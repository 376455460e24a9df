import Foundation
import Sweeps

/// The concept paths of a sweep's cell: one separation of colours.
struct SeparationPaths {
    enum Leader: String {
        case color, size
    }

    /// Δc as the sweep file has it.
    let separation: String
    let number: Double?
    let mean: ConceptPath?
    /// Of each seed that finished.
    let paths: [ConceptPath]
    /// The mean over seeds of the share of images that show a disc, at each checkpoint.
    private let presence: [Double]
    /// Drawn at each checkpoint, a seed.
    private let imageCount: Int

    init(_ cell: SweepResults.Cell) {
        let concepts = ["color", "size"]
        separation = cell.labels["data.color_separation"] ?? ""
        number = cell.configuration["data.color_separation"]?.number
        imageCount = Int(cell.configuration["sample.ood_images"]?.number ?? 1)
        mean = ConceptPath(cell.finished, concepts: concepts)
        paths = cell.finished.compactMap { ConceptPath([$0], concepts: concepts) }
        let shares = cell.finished.compactMap { $0.curve("presence")?.values }
        presence = (shares.first ?? []).indices.map { i in
            shares.reduce(0) { $0 + ($1.indices.contains(i) ? $1[i] : 0) } / Double(shares.count)
        }
    }

    private func count(_ leader: Leader) -> Int { paths.count { Self.leader(of: $0) == leader } }

    var leader: Leader? {
        let (color, size) = (count(.color), count(.size))
        return color == size ? nil : color > size ? .color : .size
    }

    var leaders: String { "color \(count(.color)), size \(count(.size)) of \(paths.count)" }

    private static func leader(of path: ConceptPath) -> Leader? {
        switch (path.crossing(0), path.crossing(1)) {
        case (nil, nil): nil
        case (let color?, let size?): color == size ? nil : color < size ? .color : .size
        case (_?, nil): .color
        case (nil, _?): .size
        }
    }

    var learnedCount: Int { paths.count { $0.crossing(0) != nil && $0.crossing(1) != nil } }

    var isLearned: Bool { mean?.crossing(0) != nil && mean?.crossing(1) != nil }

    /// The rise of the mean path's loss, and that by chance.
    var swing: (rise: Double, noise: Double)? {
        mean.map { Self.swing($0, imageCount: imageCount * paths.count) }
    }

    var swingText: String {
        "\(separation): "
            + (swing.map { "\(Judge.text($0.rise)) (chance \(Judge.text($0.noise)))" } ?? "none")
    }

    /// From which step to which the loss rises by the most, and the presence at these.
    var swingTimes: String {
        guard let path = mean?.smoothed(2), let (low, high) = path.riseBounds,
            presence.indices.contains(high)
        else { return "\(separation): never" }
        return "\(separation): steps \(Int(path.steps[low])) to \(Int(path.steps[high])), "
            + "\(Judge.text(presence[low])) to \(Judge.text(presence[high]))"
    }

    var swingingSeeds: Int {
        paths.count { path in
            let swing = Self.swing(path, imageCount: imageCount)
            return swing.rise - swing.noise > 0.02
        }
    }

    private static func swing(
        _ path: ConceptPath, imageCount: Int
    ) -> (rise: Double, noise: Double) {
        func rise(_ path: ConceptPath) -> Double { path.smoothed(2).rise }
        let noise = DrawingNoise(imageCount: imageCount).level(path.risingOnly, of: rise)
        return (rise(path), noise)
    }

    struct Slowing {
        /// Of log speed on the step, over the last third of the steps.
        let lateSlope: Double
        /// Of log speed on log step, from the greatest speed on.
        let slope: Double
        /// R² of log speed on log step, and that by chance.
        let determination: Double
        let noise: Double
    }

    var slowing: Slowing? {
        guard let mean, let last = mean.steps.last else { return nil }
        func fit(_ path: ConceptPath) -> LineFit {
            LineFit(path.steps.map { log($0) }, path.speeds(smoothing: 1.5).map { log($0) })
        }
        let speeds = Array(zip(mean.steps, mean.speeds(smoothing: 1.5)))
        let late = speeds.filter { $0.0 >= last * 2 / 3 }
        let greatest = speeds.indices.max { speeds[$0].1 < speeds[$1].1 } ?? 0
        let falling = speeds[greatest...]
        return Slowing(
            lateSlope: LineFit(late.map(\.0), late.map { log($0.1) }).slope,
            slope: LineFit(falling.map { log($0.0) }, falling.map { log($0.1) }).slope,
            determination: fit(mean).determination,
            noise: DrawingNoise(imageCount: imageCount * paths.count)
                .level(mean.still) { fit($0).determination })
    }
}
