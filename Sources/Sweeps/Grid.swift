/// The points of a plan that are cells, in order, each found by its number alone.
///
/// Dimensions that have no bearing on each other are kept apart, as components: whatever points one
/// has go with all points of the others. So a million points of independent axes need no list, and
/// where there is one it holds what depends on each other, no more.
struct Grid: Sendable {
    /// Dimensions with the combinations of their rows that occur.
    struct Component: Sendable {
        /// Their places in the plan, ascending: the first varies slowest.
        let dimensions: [Int]
        /// Which of `dimensions` are decided together, one level after the other.
        let levels: [Range<Int>]
        /// The rows of one point after the other, −1 where a dimension does not apply, in an order
        /// in which the points that agree in the first levels stand together; nil: all rows of its
        /// one dimension.
        let points: [Int32]?
        let count: Int
        /// Whether conditions or draws chose the points; else they are all that differ.
        let isChosen: Bool

        /// One dimension with all its rows.
        init(dimension: Int, count: Int) {
            dimensions = [dimension]
            levels = [0..<1]
            points = nil
            isChosen = false
            self.count = count
        }

        init(dimensions: [Int], levels: [Range<Int>], points: [Int32], isChosen: Bool) {
            self.dimensions = dimensions
            self.levels = levels
            self.points = points
            self.isChosen = isChosen
            count = points.count / dimensions.count
        }
    }

    /// A level of a component, in the order in which a point's rows are decided.
    private struct Step {
        let component: Int
        let level: Int
    }

    let dimensionCount: Int
    let components: [Component]
    let count: Int
    private let steps: [Step]

    /// - Precondition: Every dimension belongs to one component; the counts' product is an `Int`.
    init(dimensionCount: Int, components: [Component]) {
        self.dimensionCount = dimensionCount
        self.components = components
        count = components.reduce(1) { $0 * $1.count }
        let steps = components.enumerated().flatMap { index, component in
            component.levels.indices.map { level in
                (component.dimensions[component.levels[level].lowerBound], index, level)
            }
        }
        self.steps = steps.sorted { $0.0 < $1.0 }.map { Step(component: $0.1, level: $0.2) }
    }

    /// The row of each dimension at a point; nil where a dimension does not apply.
    ///
    /// - Precondition: `number` is in `0..<count`.
    func rows(ofPoint number: Int) -> [Int?] {
        precondition((0..<count).contains(number), "point \(number) of \(count)")
        var rows = [Int?](repeating: nil, count: dimensionCount)
        // Of each component the points that the rows decided so far leave.
        var left = components.map { 0..<$0.count }
        var pointsLeft = count
        var rest = number
        for step in steps {
            let component = components[step.component]
            let range = left[step.component]
            let others = pointsLeft / range.count
            let point = range.lowerBound + rest / others
            let run = component.run(around: point, in: range, level: step.level)
            for place in component.levels[step.level] {
                rows[component.dimensions[place]] = component.row(ofPoint: point, place: place)
            }
            rest -= (run.lowerBound - range.lowerBound) * others
            left[step.component] = run
            pointsLeft = run.count * others
        }
        return rows
    }
}

extension Grid {
    /// The dimensions that apply at one point at least.
    var usedDimensions: Set<Int> {
        var used: Set<Int> = []
        for component in components {
            guard let points = component.points else {
                used.formUnion(component.dimensions)
                continue
            }
            let width = component.dimensions.count
            for (offset, dimension) in component.dimensions.enumerated()
            where stride(from: offset, to: points.count, by: width).contains(where: {
                points[$0] >= 0
            }) {
                used.insert(dimension)
            }
        }
        return used
    }
}

extension Grid.Component {
    /// Stands for the points.
    var digest: Digest256 {
        Digest256(
            hashing: (points ?? []).lazy.flatMap { row in
                (0..<4).map { UInt8(truncatingIfNeeded: row >> (8 * Int32($0))) }
            })
    }

    fileprivate func row(ofPoint point: Int, place: Int) -> Int? {
        guard let points else { return point }
        let row = points[point * dimensions.count + place]
        return row < 0 ? nil : Int(row)
    }

    /// The points of `range` that have the same rows as `point` at a level: they stand together.
    fileprivate func run(around point: Int, in range: Range<Int>, level: Int) -> Range<Int> {
        guard points != nil else { return point..<(point + 1) }
        func isSame(_ other: Int) -> Bool {
            levels[level].allSatisfy {
                row(ofPoint: other, place: $0) == row(ofPoint: point, place: $0)
            }
        }
        // The last level tells all points apart.
        guard level < levels.count - 1 else { return point..<(point + 1) }
        var (low, first) = (range.lowerBound, point)
        while low < first {
            let middle = (low + first) / 2
            if isSame(middle) { first = middle } else { low = middle + 1 }
        }
        var (last, high) = (point, range.upperBound - 1)
        while last < high {
            let middle = (last + high + 1) / 2
            if isSame(middle) { last = middle } else { high = middle - 1 }
        }
        return first..<(last + 1)
    }
}
