/// A condition on points of a grid, that looks at what a comparison depends on once.
///
/// A comparison of one key with a literal depends on one dimension's row alone where the key is
/// independent, else on the completed part of the point.
struct ConditionTable: Sendable {
    /// What a comparison's truth depends on.
    private enum Basis: Sendable {
        /// The row of this dimension.
        case row(place: Int)
        /// The completed part.
        case completed
        /// Who knows.
        case point
    }

    private indirect enum Node: Sendable {
        /// A place in `comparisons`.
        case comparison(Int)
        case negation(Node)
        case all([Node])
        case any([Node])
    }

    private struct Remembered: Sendable {
        let comparison: Condition.Comparison
        let basis: Basis
        /// By the row, from that of not applying on: 0 false, 1 true, −1 not looked at yet.
        var truthOfRow: [Int8]
        var truthOfPart: [Int: Bool] = [:]
    }

    /// Stands in the place of another while that is in use.
    static let none = ConditionTable()

    private let root: Node
    private var comparisons: [Remembered] = []

    /// - Parameter isEachSeenOnce: Whether the completed part is another at each point.
    init(
        _ condition: Condition, _ builder: GridBuilder, completed: [Int], isEachSeenOnce: Bool
    ) {
        var comparisons: [Remembered] = []
        func remembered(_ node: Condition.Node) -> Node {
            switch node {
            case .comparison(let comparison):
                let basis = Self.basis(
                    of: comparison, builder, isEachSeenOnce ? [] : completed)
                var count = 0
                if case .row(let place) = basis {
                    count = builder.dimensions[place].axis.rows.count + 1
                }
                comparisons.append(
                    Remembered(
                        comparison: comparison, basis: basis,
                        truthOfRow: Array(repeating: -1, count: count)))
                return .comparison(comparisons.count - 1)
            case .negation(let inner): return .negation(remembered(inner))
            case .all(let nodes): return .all(nodes.map(remembered))
            case .any(let nodes): return .any(nodes.map(remembered))
            }
        }
        root = remembered(condition.root)
        self.comparisons = comparisons
    }

    private init() { root = .any([]) }

    private static func basis(
        of comparison: Condition.Comparison, _ builder: GridBuilder, _ completed: [Int]
    ) -> Basis {
        // Rows of dimensions that are drawn from are found on the way.
        guard case .grid = builder.order else { return .point }
        let names = [comparison.left, comparison.right].compactMap { operand -> String? in
            if case .name(let name) = operand.content { name } else { nil }
        }
        guard names.count == 1 else { return .point }
        let places = builder.dimensions.indices.filter { place in
            let axis = builder.dimensions[place].axis
            return axis.name == names[0] || axis.keys.contains(names[0])
        }
        if !completed.isEmpty, places.allSatisfy(completed.contains) { return .completed }
        let isOfRow =
            places.count == 1
            && builder.dimensions[places[0]].axis.keys.allSatisfy(builder.isIndependent)
        return isOfRow ? .row(place: places[0]) : .point
    }

    /// - Parameters:
    ///   - rows: The row of each dimension, −1 where it does not apply.
    ///   - part: The number of the completed part of the point.
    ///   - value: What a name means there.
    mutating func holds(
        _ rows: [Int32], part: Int, _ value: (String) -> Value?
    ) -> Bool {
        holds(root, rows, part, value)
    }

    private mutating func holds(
        _ node: Node, _ rows: [Int32], _ part: Int, _ value: (String) -> Value?
    ) -> Bool {
        switch node {
        case .comparison(let index):
            return holds(index, rows, part, value)
        case .negation(let inner):
            return !holds(inner, rows, part, value)
        case .all(let nodes):
            for node in nodes where !holds(node, rows, part, value) { return false }
            return true
        case .any(let nodes):
            for node in nodes where holds(node, rows, part, value) { return true }
            return false
        }
    }

    private mutating func holds(
        _ index: Int, _ rows: [Int32], _ part: Int, _ value: (String) -> Value?
    ) -> Bool {
        switch comparisons[index].basis {
        case .row(let place):
            let row = Int(rows[place]) + 1
            let known = comparisons[index].truthOfRow[row]
            if known >= 0 { return known == 1 }
            let truth = comparisons[index].comparison.holds(value)
            comparisons[index].truthOfRow[row] = truth ? 1 : 0
            return truth
        case .completed:
            if let known = comparisons[index].truthOfPart[part] { return known }
            let truth = comparisons[index].comparison.holds(value)
            comparisons[index].truthOfPart[part] = truth
            return truth
        case .point:
            return comparisons[index].comparison.holds(value)
        }
    }
}
