public import Sweeps

/// A figure of a sweep file, with a panel for each value of its facet.
public struct Picture: Drawing {
    let grid: PanelGrid
    private let about: String

    init(_ title: String, _ panels: [any Panel], about: String) {
        grid = PanelGrid(title: title, panels: panels)
        self.about = about
    }

    /// - Parameter rows: Any trials of the plan, none twice, in any state.
    /// - Throws: `GroupingError`; `FigureError`, when there is nothing to draw, or the figure asks
    ///   for what the kind has not.
    public init(_ spec: PlaneSpec, plan: Plan, rows: [TrialRow]) throws {
        let panels = try Self.panels(spec.facet, plan: plan, where: spec.condition) {
            try PlaneFigure(spec, plan: plan, rows: rows, cells: $0, caption: $1)
        }
        self.init(plan.name, panels, about: PlaneFigure.about)
    }

    /// - Parameter rows: As of a plane.
    /// - Throws: As of a plane.
    public init(_ spec: CurveSpec, plan: Plan, rows: [TrialRow]) throws {
        let panels = try Self.panels(spec.facet, plan: plan, where: spec.condition) {
            try CurveFigure(spec, plan: plan, rows: rows, cells: $0, caption: $1)
        }
        self.init(plan.name, panels, about: CurveFigure.about)
    }

    /// - Parameter rows: As of a plane.
    /// - Throws: As of a plane.
    public init(_ spec: EntriesSpec, plan: Plan, rows: [TrialRow]) throws {
        let panels = try Self.panels(spec.facet, plan: plan, where: spec.condition) {
            try EntriesFigure(spec, plan: plan, rows: rows, cells: $0, caption: $1)
        }
        self.init(plan.name, panels, about: "Entries of a matrix.")
    }

    /// - Parameter rows: As of a plane.
    /// - Throws: As of a plane.
    public init(_ spec: CubeSpec, plan: Plan, rows: [TrialRow]) throws {
        self.init(
            plan.name, try CubeFigure.panels(spec, plan: plan, rows: rows),
            about: "All combinations of concepts.")
    }

    /// - Parameter cells: In the order in which the axes' values are to stand.
    /// - Throws: `FigureError`, when no cell has a number.
    public init(_ spec: HeatSpec, title: String, cells: [HeatCell]) throws(FigureError) {
        self.init(
            title, try HeatFigure.panels(spec, cells), about: "A number for each pair of values.")
    }

    public func files(format: FigureFormat = .svg) -> [FigureFile] {
        grid.files(format: format, about: about)
    }

    /// A panel for each value of the facet of which there is something to draw.
    private static func panels(
        _ facet: String?, plan: Plan, where condition: Condition?,
        _ make: (_ cells: Set<Int>?, _ caption: String) throws -> any Panel
    ) throws -> [any Panel] {
        guard let facet else { return [try make(nil, "")] }
        var panels: [any Panel] = []
        var nothing: FigureError?
        for group in try Grouping(by: [facet], plan: plan, where: condition).groups {
            let value = group.values[0]?.description ?? "—"
            do {
                panels.append(try make(Set(group.cells), "\(facet) \(value)"))
            } catch let error as FigureError where error.isForNow {
                nothing = error
            }
        }
        if panels.isEmpty, let nothing { throw nothing }
        return panels
    }
}

extension Plan {
    /// What tells lines apart where the figure does not say: all axes but its facet.
    func groupNames(_ by: [String]?, facet: String?) -> [String]? {
        guard by == nil, let facet else { return by }
        return axes.map(\.name).filter { $0 != facet }
    }
}
