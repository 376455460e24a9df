/// Curves against time: the median over the trials of each group, with a band.
public struct CurveSpec: Hashable, Sendable {
    public let name: String
    /// At least one.
    public let metrics: [String]
    /// The axes that tell the lines apart; nil: all.
    public let by: [String]?
    /// Cells of which it is false are left out.
    public let condition: Condition?
    /// The axis of which each value has a picture of its own.
    public let facet: String?
    /// The quantiles between which the band lies, 0 to 1.
    public let band: ClosedRange<Double>
    /// Whether the kind's prediction is drawn too.
    public let theory: Bool
    public let logX: Bool
    public let logY: Bool
    /// What time is told in: `step`, `epoch`, `time`.
    public let unit: String

    public init(
        name: String, metrics: [String], by: [String]? = nil, condition: Condition? = nil,
        facet: String? = nil, band: ClosedRange<Double> = 0.1...0.9, theory: Bool = false,
        logX: Bool = false, logY: Bool = false, unit: String = "step"
    ) {
        self.name = name
        self.metrics = metrics
        self.by = by
        self.condition = condition
        self.facet = facet
        self.band = band
        self.theory = theory
        self.logX = logX
        self.logY = logY
        self.unit = unit
    }
}
