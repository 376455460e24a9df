/// Two curves against each other.
public struct PlaneSpec: Hashable, Sendable {
    /// How the spread over seeds is drawn.
    public enum Spread: Hashable, Sendable {
        /// A thin line a seed.
        case lines
        /// Between two quantiles, 0 to 1, of each coordinate at equal times.
        case band(Double, Double)
    }

    public let name: String
    /// The curve on the horizontal axis, and that on the vertical.
    public let x: String
    public let y: String
    /// The axes that tell the paths apart; nil: all.
    public let by: [String]?
    /// Cells of which it is false are left out.
    public let condition: Condition?
    /// The axis of which each value has a picture of its own.
    public let facet: String?
    public let spread: Spread
    /// Whether the kind's prediction is drawn too.
    public let theory: Bool
    /// The distance in time between the markers on a path, in `markerUnit` (`epoch`, `step`, `time`).
    public let markerEvery: Double
    public let markerUnit: String

    public init(
        name: String, x: String, y: String, by: [String]? = nil, condition: Condition? = nil,
        facet: String? = nil, spread: Spread = .lines, theory: Bool = false,
        markerEvery: Double = 5, markerUnit: String = "epoch"
    ) {
        self.name = name
        self.x = x
        self.y = y
        self.by = by
        self.condition = condition
        self.facet = facet
        self.spread = spread
        self.theory = theory
        self.markerEvery = markerEvery
        self.markerUnit = markerUnit
    }
}
