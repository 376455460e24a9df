/// Finds which points of a grid are cells: not excluded, each different from all others once it is
/// complete, and none with values that do not fit together.
///
/// Completing a point is dear. Keys that are independent (`Parameter.isIndependent`) do not take
/// part in it, and dimensions that nothing couples are never multiplied out.
struct GridBuilder {
    /// One dimension of the grid.
    struct Dimension {
        var axis: Axis
        /// Whether it applies only where a condition holds.
        let isConditional: Bool
        /// Where its values are drawn from instead of its rows.
        let interval: DrawInterval?
    }

    /// Some rows of conditional dimensions, for the points where a condition holds.
    struct Block {
        struct Entry {
            /// The place of the dimension.
            let dimension: Int
            /// The rows that it takes.
            let rows: [Int]
            /// Where its values are drawn from instead.
            let interval: DrawInterval?
        }

        let when: Condition
        let entries: [Entry]
    }

    /// How the dimensions that always apply are combined.
    enum Order {
        case grid
        /// A row for each of them and point; −1 where it is not given.
        case listed([[Int32]])
        case drawn(Draws)
    }

    /// A point of the grid whose values do not fit together.
    struct Misfit {
        let error: ConfigurationError
        /// The row of each dimension, −1 where it does not apply.
        let rows: [Int32]
    }

    /// Grids up to this size are completed point by point whatever their keys declare.
    static let fullCheckLimit = 20_000

    let kind: any TrialKind
    let fixed: Configuration
    var dimensions: [Dimension]
    var blocks: [Block] = []
    var excludes: [Condition] = []
    var order = Order.grid
    var fullCheckLimit = Self.fullCheckLimit

    /// The first misfit of each kind, up to a few.
    private(set) var misfits: [Misfit] = []

    init(kind: any TrialKind, fixed: Configuration, dimensions: [Dimension]) {
        self.kind = kind
        self.fixed = fixed
        self.dimensions = dimensions
    }

    /// - Returns: nil where there are misfits.
    /// - Throws: `GridError`, where there are too many points or too few.
    mutating func build() throws(GridError) -> Grid? {
        var components: [Grid.Component] = []
        for coupled in coupledDimensions() {
            if coupled.isFree {
                let place = coupled.dimensions[0]
                components.append(
                    Grid.Component(dimension: place, count: dimensions[place].axis.rows.count))
                continue
            }
            var walk = GridWalk(self, coupled)
            components += try walk.components()
            dimensions = walk.dimensions
            misfits += walk.misfits
        }
        guard misfits.isEmpty else { return nil }
        let isOver = components.reduce((1, false)) { total, component in
            let (product, overflow) = total.0.multipliedReportingOverflow(by: component.count)
            return (product, total.1 || overflow)
        }.1
        if isOver { throw .tooManyPoints }
        let grid = Grid(dimensionCount: dimensions.count, components: components)
        if grid.count == 0 { throw .nothingLeft }
        return grid
    }
}

/// Why a grid has no cells to speak of.
enum GridError: Error {
    case tooManyPoints
    /// All points are excluded.
    case nothingLeft
    /// Not as many different cells could be drawn as are asked for.
    case tooFewDistinct(found: Int)
}

// MARK: What depends on what

/// Dimensions whose combinations are looked at together.
struct CoupledDimensions {
    /// Ascending.
    let dimensions: [Int]
    /// One dimension, of which every row is a cell whatever the others are.
    let isFree: Bool
    /// The dimensions that take part in completing a cell.
    let completed: [Int]
    let hasBlocks: Bool
    let excludes: [Condition]
}

extension GridBuilder {
    func isIndependent(_ key: String) -> Bool {
        kind.parameters.contains { $0.name == key && $0.isIndependent }
    }

    /// The dimensions that take part in completing a cell: those with keys that others depend on.
    private var completed: [Int] {
        let independent = Set(kind.parameters.filter(\.isIndependent).map(\.name))
        let size: Double =
            switch order {
            case .grid: dimensions.reduce(1) { $0 * Double($1.axis.rows.count) }
            case .listed(let lines): Double(lines.count)
            case .drawn(let draws): Double(draws.count)
            }
        return dimensions.indices.filter { place in
            size <= Double(fullCheckLimit)
                || !dimensions[place].axis.keys.allSatisfy(independent.contains)
        }
    }

    /// Every dimension in one of these, in the order of their first.
    private func coupledDimensions() -> [CoupledDimensions] {
        let completed = completed
        var groups = DisjointSets(count: dimensions.count)
        groups.join(completed)
        let touched = excludes.map { self.touched(by: $0, completed) }
        for places in touched { groups.join(places) }
        let conditional = dimensions.indices.filter { dimensions[$0].isConditional }
        let blockDimensions = conditional + blocks.flatMap { self.touched(by: $0.when, completed) }
        groups.join(blockDimensions)
        if case .grid = order {} else { groups.join(Array(dimensions.indices)) }

        // Where no dimension takes part in completing, one point stands for all.
        let sets = (completed.isEmpty ? [[]] : []) + groups.sets
        return sets.map { set in
            let excludes = zip(excludes, touched).filter {
                ($1.first ?? completed.first).map(set.contains) ?? set.isEmpty
            }
            let hasBlocks = !blocks.isEmpty && blockDimensions.contains { set.contains($0) }
            let completed = completed.filter(set.contains)
            var isFree = set.count == 1 && completed.isEmpty && excludes.isEmpty && !hasBlocks
            if case .grid = order {} else { isFree = false }
            return CoupledDimensions(
                dimensions: set, isFree: isFree, completed: completed, hasBlocks: hasBlocks,
                excludes: excludes.map(\.0))
        }
    }

    /// The dimensions that a condition's truth depends on.
    private func touched(by condition: Condition, _ completed: [Int]) -> [Int] {
        let touched = condition.names.flatMap { name in
            let named = dimensions.indices.filter { place in
                let axis = dimensions[place].axis
                return axis.name == name.text || axis.keys.contains(name.text)
            }
            let keys = named.isEmpty ? [name.text] : named.flatMap { dimensions[$0].axis.keys }
            return named + (keys.allSatisfy(isIndependent) ? [] : completed)
        }
        return Array(Set(touched)).sorted()
    }
}

/// Numbers from 0, some joined with others.
private struct DisjointSets {
    private var representative: [Int]

    init(count: Int) {
        representative = Array(0..<count)
    }

    mutating func join(_ members: [Int]) {
        guard let first = members.first else { return }
        let old = Set(members.map { representative[$0] })
        for index in representative.indices where old.contains(representative[index]) {
            representative[index] = representative[first]
        }
    }

    /// Ascending, in the order of their first.
    var sets: [[Int]] {
        var sets: [[Int]] = []
        var placeOfSet: [Int: Int] = [:]
        for (member, set) in representative.enumerated() {
            if let place = placeOfSet[set] {
                sets[place].append(member)
            } else {
                placeOfSet[set] = sets.count
                sets.append([member])
            }
        }
        return sets
    }
}
