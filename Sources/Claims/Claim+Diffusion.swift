import Foundation
import Report
import Sweeps

/// R23 to R25: the paper's three claims on image generators, Fig. 6.
extension Claim {
    static let diffusionClaims = [imageOrder, imageSwing, imageSlowing]

    /// The classifier that judges images, and the sweep over Δc.
    private static let sweeps = ["judge", "fig6"]

    private static let imageOrder = Claim(
        "R23", "The separation of colours decides which concept is learned first",
        source: "Fig. 6a", sweeps: sweeps, pursuit: ["drawn"],
        criterion: """
            Of each seed the concept leads whose last upward crossing of ½ comes first, an image without a \
            disc showing neither; of each Δc that of more of its seeds. Size leads at the smallest Δc, and \
            along Δc the leader changes once.
            """,
        remark: """
            A concept that a seed has not learned at its end never crosses; a Δc at which as many seeds \
            have one leader as the other counts as neither and as no change. The area between path and \
            chord is positive where colour is ahead. The last sweep shows what such generators draw; it \
            decides nothing.
            """
    ) { results in
        let grid = results[1].cells.map(SeparationPaths.init)
        let leaders = grid.map(\.leader).compactMap { $0 }
        let changes = zip(leaders, leaders.dropFirst()).count { $0 != $1 }
        return [
            Judge.holds(
                "size leads at the smallest Δc", grid.first?.leader == .size,
                measured: grid.first.map { "\($0.leaders)" } ?? "none"),
            Judge.holds(
                "the leader changes once along Δc", changes == 1,
                measured: grid.map { "\($0.separation): \($0.leaders)" }.joined(separator: "; ")),
            Finding(
                "area of the mean path along Δc",
                measured: grid.map { $0.mean.map { Judge.text($0.area) } ?? "none" }
                    .joined(separator: ", "), .report),
            Finding(
                "seeds that learn both concepts",
                measured: grid.map { "\($0.learnedCount) of \($0.paths.count)" }
                    .joined(separator: ", "), .report),
        ]
    }

    private static let imageSwing = Claim(
        "R24", "Generators of images swing by", source: "Fig. 6b", sweeps: sweeps,
        criterion: """
            At one Δc of at most .36 or more the concept space loss of the mean path rises by over .02 more \
            than it does by chance.
            """,
        remark: """
            Paths are smoothed by a Gaussian of two checkpoints, as the paper's are. By chance: the 99th \
            percentile of the same rise over 1,000 paths that are drawn about the nearest path that never \
            falls, with as many images, seeds and the same smoothing.
            """
    ) { results in
        let grid = results[1].cells.map(SeparationPaths.init)
        let weak = grid.filter { ($0.number ?? 1) <= 0.36 }
        let rises = grid.map(\.swing)
        return [
            Judge.holds(
                "the mean path's loss rises at a Δc up to .36",
                weak.contains { $0.swing.map { $0.rise - $0.noise > 0.02 } ?? false },
                measured: zip(grid, rises).map { cell, swing in
                    "\(cell.separation): "
                        + (swing.map { "\(Judge.text($0.rise)) (chance \(Judge.text($0.noise)))" }
                            ?? "none")
                }.joined(separator: "; ")),
            Finding(
                "seeds whose own path rises by over .02 more than by chance",
                measured: grid.map { "\($0.swingingSeeds) of \($0.paths.count)" }
                    .joined(separator: ", "), .report),
        ]
    }

    private static let imageSlowing = Claim(
        "R25", "Generators of images slow down as they learn", source: "Fig. 6c", sweeps: sweeps,
        criterion: """
            At each Δc whose mean path ends with both concepts above ½ the logarithm of the speed falls \
            with the step over the last third of the steps, and R² of log speed on log step is higher than it \
            is by chance.
            """,
        remark: """
            Speed is smoothed by a Gaussian of 1.5 checkpoints. By chance: the 99th percentile of R² over \
            1,000 paths that stay where they are, with as many images, seeds and the same smoothing; such \
            paths have a high R² too, since checkpoints are farther apart later.
            """
    ) { results in
        let learned = results[1].cells.map(SeparationPaths.init).filter { $0.isLearned }
        guard !learned.isEmpty else { return [Judge.missing("a Δc whose concepts are learned")] }
        let slowings = learned.compactMap(\.slowing)
        return [
            Judge.holds(
                "log speed falls over the last third", slowings.allSatisfy { $0.lateSlope < 0 },
                measured: zip(learned, slowings).map {
                    "\($0.separation): \(Judge.text($1.lateSlope * 1000)) a 1,000 steps"
                }.joined(separator: "; ")),
            Judge.holds(
                "R² of log speed on log step above chance",
                slowings.allSatisfy { $0.determination > $0.noise },
                measured: zip(learned, slowings).map {
                    "\($0.separation): \(Judge.text($1.determination)) (chance "
                        + "\(Judge.text($1.noise)))"
                }.joined(separator: "; ")),
        ]
    }
}

/// The concept paths of a sweep's cell: one separation of colours.
private struct SeparationPaths {
    enum Leader: String {
        case color, size
    }

    /// Δc as the sweep file has it.
    let separation: String
    let number: Double?
    let mean: ConceptPath?
    /// Of each seed that finished.
    let paths: [ConceptPath]
    /// Drawn at each checkpoint, a seed.
    private let imageCount: Int

    init(_ cell: SweepResults.Cell) {
        let concepts = ["color", "size"]
        separation = cell.labels["data.color_separation"] ?? ""
        number = cell.configuration["data.color_separation"]?.number
        imageCount = Int(cell.configuration["sample.ood_images"]?.number ?? 1)
        mean = ConceptPath(cell.finished, concepts: concepts)
        paths = cell.finished.compactMap { ConceptPath([$0], concepts: concepts) }
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

    /// How log speed falls in the last third of the steps, R² of log speed on log step, and that by
    /// chance.
    var slowing: (lateSlope: Double, determination: Double, noise: Double)? {
        guard let mean, let last = mean.steps.last else { return nil }
        func determination(_ path: ConceptPath) -> Double {
            LineFit(path.steps.map { log($0) }, path.speeds(smoothing: 1.5).map { log($0) })
                .determination
        }
        let late = zip(mean.steps, mean.speeds(smoothing: 1.5)).filter { $0.0 >= last * 2 / 3 }
        return (
            LineFit(late.map(\.0), late.map { log($0.1) }).slope, determination(mean),
            DrawingNoise(imageCount: imageCount * paths.count)
                .level(mean.still, of: determination)
        )
    }
}
