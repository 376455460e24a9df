internal import Sweeps

/// What a figure of the plane draws for one group of cells.
struct PlanePath: Sendable {
    /// The group's place among all: its colour.
    let place: Int
    /// What tells the group from the others.
    let label: String
    let finished: Int
    let diverged: Int
    /// A track for each finished trial.
    let seeds: [Track]
    /// The median of each coordinate over the seeds, at equal times.
    let median: Track
    /// The outline between the quantiles; empty where the figure has none.
    let band: [Point]
    /// On the median, at equal times.
    let markers: Track
    /// Empty where the figure or the kind has none, or the group's cells differ in it.
    let theory: Track
    /// Where the loss would be 0, as far as the configuration says.
    let target: Point?

    init(
        place: Int, label: String, diverged: Int, seeds: [Track], theory: Track?, target: Point?,
        spec: PlaneSpec
    ) {
        self.place = place
        self.label = label
        self.diverged = diverged
        self.seeds = seeds
        self.theory = theory ?? Track(times: [], points: [])
        self.target = target
        finished = seeds.count
        median = Track.quantile(0.5, of: seeds)
        markers = median.sampled(every: spec.markerEvery)
        if case .band(let low, let high) = spec.spread, seeds.count > 1 {
            band =
                Band(
                    low: Track.quantile(low, of: seeds).points,
                    high: Track.quantile(high, of: seeds).points
                ).outline
        } else {
            band = []
        }
    }

    var isEmpty: Bool { median.points.isEmpty && theory.points.isEmpty }

    /// All that is drawn, for the ranges of the axes.
    func everyPoint(spread: PlaneSpec.Spread) -> [Point] {
        let lines = spread == .lines ? seeds.flatMap(\.points) : []
        return lines + band + median.points + theory.points + (target.map { [$0] } ?? [])
    }
}
