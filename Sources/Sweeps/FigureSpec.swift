/// A figure that a sweep file asks for.
public enum FigureSpec: Hashable, Sendable {
    case plane(PlaneSpec)
    case curve(CurveSpec)
    case heat(HeatSpec)
    case entries(EntriesSpec)
    case cube(CubeSpec)
    case images(ImagesSpec)

    public var name: String {
        switch self {
        case .plane(let spec): spec.name
        case .curve(let spec): spec.name
        case .heat(let spec): spec.table.name
        case .entries(let spec): spec.name
        case .cube(let spec): spec.name
        case .images(let spec): spec.name
        }
    }

    /// The curves and arrays that it draws; those that a heat map reduces are its table's matter.
    public var curves: Set<String> {
        switch self {
        case .plane(let spec): [spec.x, spec.y]
        case .curve(let spec): Set(spec.metrics)
        case .heat: []
        case .entries(let spec): Set(spec.entries + (spec.beside.map { [$0] } ?? []))
        case .cube(let spec): Set(spec.nodes)
        case .images(let spec): Set(spec.arrays)
        }
    }
}

/// One number for each pair of values of two axes, as a colour.
public struct HeatSpec: Hashable, Sendable {
    /// The axis along the horizontal, and that along the vertical.
    public let x: String
    public let y: String
    /// The axis of which each value has a picture of its own.
    public let facet: String?
    /// Rows for facet, y and x, and the number.
    public let table: TableSpec

    public init(
        name: String, x: String, y: String, facet: String? = nil, condition: Condition? = nil,
        cell: ColumnSpec
    ) {
        self.x = x
        self.y = y
        self.facet = facet
        table = TableSpec(
            name: name, rows: (facet.map { [$0] } ?? []) + [y, x], cells: [cell],
            condition: condition)
    }
}

/// Entries of a matrix against time, and another curve beside them on an axis of its own.
public struct EntriesSpec: Hashable, Sendable {
    public let name: String
    /// Curves, as `w/2/1`.
    public let entries: [String]
    /// The curve on the right-hand axis.
    public let beside: String?
    /// Cells of which it is false are left out.
    public let condition: Condition?
    /// The axis of which each value has a picture of its own.
    public let facet: String?
    /// Whether the kind's prediction is drawn too.
    public let theory: Bool
    public let logX: Bool
    /// What time is told in.
    public let unit: String

    public init(
        name: String, entries: [String], beside: String? = nil, condition: Condition? = nil,
        facet: String? = nil, theory: Bool = false, logX: Bool = false, unit: String = "step"
    ) {
        self.name = name
        self.entries = entries
        self.beside = beside
        self.condition = condition
        self.facet = facet
        self.theory = theory
        self.logX = logX
        self.unit = unit
    }
}

/// What a trial has at each combination of concepts, at some times: combinations that differ in one
/// concept are joined.
public struct CubeSpec: Hashable, Sendable {
    public let name: String
    /// Curves whose names end with a digit for each concept: `node_loss/0101`.
    public let nodes: [String]
    /// A picture for each, in `unit`.
    public let times: [Double]
    public let unit: String
    /// Values above have the colour of this one.
    public let clip: Double?
    /// Cells of which it is false are left out.
    public let condition: Condition?

    public init(
        name: String, nodes: [String], times: [Double], unit: String, clip: Double? = nil,
        condition: Condition? = nil
    ) {
        self.name = name
        self.nodes = nodes
        self.times = times
        self.unit = unit
        self.clip = clip
        self.condition = condition
    }
}
