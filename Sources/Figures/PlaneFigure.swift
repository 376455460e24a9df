public import Sweeps

/// Two curves against each other: the way of each group of cells through the plane, with markers at
/// equal times.
public struct PlaneFigure: Drawing {
    let spec: PlaneSpec
    /// The sweep's name.
    let title: String
    /// What tells the groups apart.
    let names: [String]
    let paths: [PlanePath]
    /// Whether a path is over more than the seeds of one cell.
    let isPooled: Bool
    let caption: String

    /// Reads the rows once; of each finished trial it keeps the two curves.
    ///
    /// - Parameter rows: Any trials of the plan, none twice, in any state.
    /// - Throws: `GroupingError`; `FigureError`, when there is nothing to draw, or the figure asks
    ///   for what the kind has not.
    public init(_ spec: PlaneSpec, plan: Plan, rows: some Sequence<TrialRow>) throws {
        try self.init(spec, plan: plan, rows: rows, cells: nil, caption: "")
    }

    /// - Parameter cells: Those of which trials are drawn; nil: all.
    init(
        _ spec: PlaneSpec, plan: Plan, rows: some Sequence<TrialRow>, cells chosen: Set<Int>?,
        caption: String
    ) throws {
        let grouping = try Grouping(
            by: plan.groupNames(spec.by, facet: spec.facet), plan: plan, where: spec.condition)
        for name in [spec.x, spec.y] {
            try Self.checkCurve(name, plan: plan)
        }
        var tracks = [[Track]](repeating: [], count: grouping.groups.count)
        var diverged = [Int](repeating: 0, count: grouping.groups.count)
        for row in rows {
            guard let result = row.result else { continue }
            let cell = plan.cellIndex(ofTrial: row.number)
            guard let group = grouping.groupOfCell[cell], chosen?.contains(cell) ?? true else {
                continue
            }
            guard result.outcome == .finished else {
                diverged[group] += 1
                continue
            }
            guard let x = result.curve(spec.x), let y = result.curve(spec.y) else { continue }
            let steps = try Self.stepsPerUnit(spec, plan: plan, cell: cell)
            if let track = Track(x: x, y: y, stepsPerUnit: steps) {
                tracks[group].append(track)
            }
        }
        paths = try grouping.groups.indices.map { i in
            let cells = grouping.groups[i].cells.filter { chosen?.contains($0) ?? true }
            return PlanePath(
                place: i, label: Self.label(grouping.groups[i].values, names: grouping.names),
                diverged: diverged[i], seeds: tracks[i],
                theory: spec.theory ? try Self.theory(spec, plan: plan, cells: cells) : nil,
                target: Self.target(spec, plan: plan, cells: cells), spec: spec)
        }.filter { !$0.isEmpty }
        guard paths.contains(where: { $0.finished > 0 }) else {
            throw FigureError.nothingToDraw(x: spec.x, y: spec.y)
        }
        self.spec = spec
        title = plan.name
        names = grouping.names
        isPooled = grouping.groups.contains { group in
            group.cells.count { chosen?.contains($0) ?? true } > 1
        }
        self.caption = caption
    }

    static func checkCurve(_ name: String, plan: Plan) throws(FigureError) {
        var known: [String] = []
        for index in 0..<plan.cellCount {
            let metrics = plan.metrics(of: plan.cell(at: index).configuration)
            let curves = metrics.filter { $0.shape == .curve }.map(\.name)
            guard !curves.contains(name) else { return }
            known += curves.filter { !known.contains($0) }
        }
        guard known.isEmpty else { throw .unknownCurve(name, known: known) }
    }

    private static func stepsPerUnit(
        _ spec: PlaneSpec, plan: Plan, cell: Int
    ) throws(FigureError) -> Double {
        let configuration = plan.cell(at: cell).configuration
        guard let steps = plan.kind.steps(per: spec.markerUnit, of: configuration) else {
            throw .unknownUnit(spec.markerUnit, kind: plan.kind.name)
        }
        return steps
    }

    /// The values alone where one name tells the groups apart: the legend's title is the name then.
    static func label(_ values: [Value?], names: [String]) -> String {
        let texts = values.map { $0?.description ?? "—" }
        guard texts.count != 1 else { return texts[0] }
        return zip(names, texts).map { "\($0) \($1)" }.joined(separator: ", ")
    }

    /// The prediction, where all cells have the same.
    private static func theory(
        _ spec: PlaneSpec, plan: Plan, cells: [Int]
    ) throws(FigureError) -> Track? {
        var common: Track?
        for cell in cells {
            let theory = plan.kind.theory(of: plan.cell(at: cell).configuration)
            guard let x = theory?.curves.first(where: { $0.name == spec.x }),
                let y = theory?.curves.first(where: { $0.name == spec.y }),
                let track = Track(
                    x: x, y: y, stepsPerUnit: try stepsPerUnit(spec, plan: plan, cell: cell)),
                common == nil || common == track
            else { return nil }
            common = track
        }
        return common
    }

    /// Where the outputs of two concepts are to end up: `task.signal` has a number for each concept.
    private static func target(_ spec: PlaneSpec, plan: Plan, cells: [Int]) -> Point? {
        var common: Point?
        for cell in cells {
            let signal = plan.cell(at: cell).configuration["task.signal"]?.numbers ?? []
            guard let x = concept(spec.x), let y = concept(spec.y), signal.indices.contains(x - 1),
                signal.indices.contains(y - 1)
            else { return nil }
            let target = Point(x: signal[x - 1], y: signal[y - 1])
            guard common == nil || common == target else { return nil }
            common = target
        }
        return common
    }

    /// The concept, from 1, whose output a curve is: `output/1`.
    static func concept(_ curve: String) -> Int? {
        let parts = curve.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0] == "output" ? Int(parts[1]) : nil
    }
}
