/// Completes the part of cells that keys depend on, and says what conditions mean by a name there.
struct CellCompletion {
    /// A completed point.
    struct Cell {
        /// The same for points that are equal once complete: the number of the first of them.
        let number: Int
        let isFirst: Bool
        /// What is wrong with it.
        let error: ConfigurationError?
        /// The complete values of the keys that conditions ask for; empty where there is an error.
        let values: [String: Value]
    }

    private let kind: any TrialKind
    private let fixed: Configuration
    private let parameters: [String: Parameter]
    /// The keys whose complete values conditions ask for.
    private let asked: Set<String>
    private let placesOfName: [String: [Int]]
    private var numbers: PointNumbers
    /// nil where the walk comes to every point once.
    private var cells: [Int: Cell]?
    /// What was asked for last is mostly asked for again.
    private var last: (point: Int, cell: Cell)?
    /// Points by the hash of their configuration; keeping these would take too much memory.
    private var pointOfHash: [Int: Int] = [:]

    /// - Parameters:
    ///   - completed: The dimensions that take part.
    ///   - names: What conditions name.
    ///   - remembers: Whether points are asked for several times.
    init(builder: GridBuilder, completed: [Int], names: [Condition.Name], remembers: Bool) {
        kind = builder.kind
        fixed = builder.fixed
        parameters = Dictionary(kind.parameters.map { ($0.name, $0) }) { first, _ in first }
        cells = remembers ? [:] : nil
        var placesOfName: [String: [Int]] = [:]
        for (place, dimension) in builder.dimensions.enumerated() {
            for name in Set([dimension.axis.name] + dimension.axis.keys) {
                placesOfName[name, default: []].append(place)
            }
        }
        self.placesOfName = placesOfName
        asked = Set(
            names.map(\.text).flatMap { name in
                [name] + (placesOfName[name] ?? []).flatMap { builder.dimensions[$0].axis.keys }
            })
        var sizes: [Int]?
        if case .grid = builder.order {
            sizes = completed.map { builder.dimensions[$0].axis.rows.count + 1 }
        }
        numbers = PointNumbers(places: completed, sizes: sizes)
    }

    /// - Parameter rows: The row of each dimension, −1 where it does not apply.
    mutating func cell(_ rows: [Int32], _ dimensions: [GridBuilder.Dimension]) -> Cell {
        cell(at: part(of: rows), dimensions)
    }

    /// A number for the rows of the dimensions that take part.
    mutating func part(of rows: [Int32]) -> Int { numbers.number(of: rows) }

    /// - Parameter point: As `part(of:)` has it.
    mutating func cell(at point: Int, _ dimensions: [GridBuilder.Dimension]) -> Cell {
        if let last, last.point == point { return last.cell }
        if let cell = cells?[point] {
            last = (point, cell)
            return cell
        }
        let cell = makeCell(point, dimensions)
        cells?[point] = cell
        last = (point, cell)
        return cell
    }

    private mutating func makeCell(_ point: Int, _ dimensions: [GridBuilder.Dimension]) -> Cell {
        do {
            let complete = try kind.complete(given(at: point, dimensions))
            var values: [String: Value] = [:]
            for key in asked { values[key] = complete[key] }
            var hash = complete.hashValue
            while let first = pointOfHash[hash] {
                if try kind.complete(given(at: first, dimensions)) == complete {
                    return Cell(number: first, isFirst: false, error: nil, values: values)
                }
                hash &+= 1
            }
            pointOfHash[hash] = point
            return Cell(number: point, isFirst: true, error: nil, values: values)
        } catch {
            return Cell(number: point, isFirst: true, error: error, values: [:])
        }
    }

    private func given(at point: Int, _ dimensions: [GridBuilder.Dimension]) -> Configuration {
        var given = fixed
        for (place, row) in zip(numbers.places, numbers.rows(of: point)) where row >= 0 {
            let axis = dimensions[place].axis
            for (key, value) in zip(axis.keys, axis.rows[Int(row)]) { given[key] = value }
        }
        return given
    }

    /// What a name means at a point: see `Plan.value(of:in:)`.
    ///
    /// Where the point's values do not fit together, what is given counts, so that such a point can
    /// be excluded.
    func value(
        of name: String, rows: [Int32], _ dimensions: [GridBuilder.Dimension], _ cell: Cell
    ) -> Value? {
        func applies(_ key: String) -> Bool {
            cell.error != nil || cell.values[key] != nil || parameters[key]?.isIndependent ?? false
        }
        for place in placesOfName[name] ?? [] where rows[place] >= 0 {
            let axis = dimensions[place].axis
            let row = Int(rows[place])
            if let position = axis.keys.firstIndex(of: name) {
                return applies(name) ? axis.rows[row][position] : nil
            }
            guard axis.keys.contains(where: applies) else { return nil }
            return axis.labels.map { .text($0[row]) } ?? .list(axis.rows[row])
        }
        guard parameters[name] != nil, applies(name) else { return nil }
        return fixed[name] ?? cell.values[name] ?? parameters[name]?.defaultValue
    }
}

/// Numbers for the rows of some dimensions, the same for the same rows.
private struct PointNumbers {
    let places: [Int]
    /// How much a row counts: rows are the digits of the number. nil where they are too many.
    private let weights: [Int]?
    private var numberOfRows: [[Int32]: Int] = [:]
    private var rowsOfNumber: [[Int32]] = []

    /// - Parameter sizes: How many rows each has, with that of not applying; nil if not known yet.
    init(places: [Int], sizes: [Int]?) {
        self.places = places
        var weights: [Int] = []
        var weight = 1
        var isOver = sizes == nil
        for size in sizes ?? [] {
            weights.append(weight)
            let (product, overflow) = weight.multipliedReportingOverflow(by: size)
            weight = product
            isOver = isOver || overflow
        }
        self.weights = isOver ? nil : weights + [weight]
    }

    mutating func number(of rows: [Int32]) -> Int {
        if let weights {
            return zip(places, weights).reduce(0) { $0 + (Int(rows[$1.0]) + 1) * $1.1 }
        }
        let own = places.map { rows[$0] }
        if let number = numberOfRows[own] { return number }
        numberOfRows[own] = rowsOfNumber.count
        rowsOfNumber.append(own)
        return rowsOfNumber.count - 1
    }

    func rows(of number: Int) -> [Int32] {
        guard let weights else { return rowsOfNumber[number] }
        return places.indices.map { Int32(number % weights[$0 + 1] / weights[$0] - 1) }
    }
}
