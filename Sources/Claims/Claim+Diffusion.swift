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
        pursuit: ["fig6-early"],
        criterion: """
            At one Δc of at most .36 or more the concept space loss of the mean path rises by over .02 more \
            than it does by chance.
            """,
        remark: """
            Paths are smoothed by a Gaussian of two checkpoints, as the paper's are. By chance: the 99th \
            percentile of the same rise over 1,000 paths that are drawn about the nearest path that never \
            falls, with as many images, seeds and the same smoothing. What meets the criterion is a rise \
            late in training at Δc = .358, as discs fade in two of five seeds: see the share of images with \
            a disc. The swing itself is at Δc = .137, where images turn from blue to red while they become \
            small and keep their discs; smoothed, it stays just under the limit there.
            """
    ) { results in
        let grid = results[1].cells.map(SeparationPaths.init)
        let weak = grid.filter { ($0.number ?? 1) <= 0.36 }
        let early = results[2].cells.map(SeparationPaths.init)
        return [
            Judge.holds(
                "the mean path's loss rises at a Δc up to .36",
                weak.contains { $0.swing.map { $0.rise - $0.noise > 0.02 } ?? false },
                measured: grid.map(\.swingText).joined(separator: "; ")),
            Finding(
                "when, and the share of images with a disc before and after",
                measured: grid.map(\.swingTimes).joined(separator: "; "), .report),
            Finding(
                "seeds whose own path rises by over .02 more than by chance",
                measured: grid.map { "\($0.swingingSeeds) of \($0.paths.count)" }
                    .joined(separator: ", "), .report),
        ]
            + early.map { cell in
                Finding(
                    "the first 2,000 steps, looked at more often",
                    measured: "\(cell.swingText); \(cell.swingTimes); \(cell.swingingSeeds) of "
                        + "\(cell.paths.count) seeds", .report)
            }
    }

    private static let imageSlowing = Claim(
        "R25", "Generators of images slow down as they learn", source: "Fig. 6c", sweeps: sweeps,
        pursuit: ["fig6-early"],
        criterion: """
            At each Δc whose mean path ends with both concepts above ½ the logarithm of the speed falls \
            with the step over the last third of the steps, and R² of log speed on log step is higher than it \
            is by chance.
            """,
        remark: """
            Speed is smoothed by a Gaussian of 1.5 checkpoints. By chance: the 99th percentile of R² over \
            1,000 paths that stay where they are, with as many images, seeds and the same smoothing; such \
            paths have a high R² too, since checkpoints are farther apart later. Where it fails, the \
            criterion does not fit the tier: when the last third of its steps begins the paths have \
            arrived, and what moves them on is chance and discs that fade; and no path whose speed rises \
            before it falls has the R² of one that stays. That the speed falls once it has been greatest \
            is told by the slope from there on.
            """
    ) { results in
        let learned = results[1].cells.map(SeparationPaths.init).filter { $0.isLearned }
        guard !learned.isEmpty else { return [Judge.missing("a Δc whose concepts are learned")] }
        let slowings = learned.compactMap(\.slowing)
        let early = results[2].cells.map(SeparationPaths.init).filter { $0.isLearned }
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
            Finding(
                "slope of log speed on log step, from the greatest speed on",
                measured: zip(learned, slowings).map {
                    "\($0.separation): \(Judge.text($1.slope))"
                }.joined(separator: "; "), .report),
        ]
            + early.compactMap { cell in
                cell.slowing.map { slowing in
                    Finding(
                        "the first 2,000 steps, looked at more often",
                        measured: "\(cell.separation): log speed by "
                            + "\(Judge.text(slowing.lateSlope * 1000)) a 1,000 steps over the last "
                            + "third; R² \(Judge.text(slowing.determination)) (chance "
                            + "\(Judge.text(slowing.noise))); slope from the greatest speed on "
                            + Judge.text(slowing.slope), .report)
                }
            }
    }
}
