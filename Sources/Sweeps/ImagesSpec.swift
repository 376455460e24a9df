/// Images that trials kept, in rows and columns: one trial of each cell.
public struct ImagesSpec: Hashable, Sendable {
    public let name: String
    /// Arrays, as `sample/11`: at least one.
    public let arrays: [String]
    /// The times of the columns, in `unit`; none: those at which images were kept, a dozen at most.
    /// A single one gives a grid by concept.
    public let times: [Double]
    public let unit: String
    /// How many images of each array at each time.
    public let each: Int
    /// The seed whose trials are shown, from 1; nil: of each cell the first that has images.
    public let seed: Int?
    /// Cells of which it is false are left out.
    public let condition: Condition?

    public init(
        name: String, arrays: [String], times: [Double] = [], unit: String = "step", each: Int = 1,
        seed: Int? = nil, condition: Condition? = nil
    ) {
        self.name = name
        self.arrays = arrays
        self.times = times
        self.unit = unit
        self.each = each
        self.seed = seed
        self.condition = condition
    }
}
