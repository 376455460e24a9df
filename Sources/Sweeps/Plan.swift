/// One dimension of the grid: the values that one key takes, or several keys together (a zip).
public struct Axis: Hashable, Sendable {
    /// Its key, or the name of a zipped axis.
    public let name: String
    /// One key, or those of the zip.
    public let keys: [String]
    /// At least two rows, no two alike; a row has a value for each key.
    public let rows: [[Value]]
    /// A label a row, where the file gives them.
    public let labels: [String]?

    public init(name: String, keys: [String], rows: [[Value]], labels: [String]? = nil) {
        self.name = name
        self.keys = keys
        self.rows = rows
        self.labels = labels
    }

    /// What a table shows for a row: its label, else its values.
    public func text(row: Int) -> String {
        labels?[row] ?? rows[row].map(\.description).joined(separator: " ")
    }
}

/// A point of the grid, seeds apart.
public struct Cell: Hashable, Sendable {
    /// Its place in the plan, from 0.
    public let index: Int
    /// The row of each axis, in the order of the plan's axes.
    public let rows: [Int]
    /// Complete.
    public let configuration: Configuration

    public init(index: Int, rows: [Int], configuration: Configuration) {
        self.index = index
        self.rows = rows
        self.configuration = configuration
    }
}

/// All trials of a sweep; the n-th is a pure function of n.
///
/// Axes vary in file order, the last fastest, seeds fastest of all.
public struct Plan: Sendable {
    /// The sweep's name.
    public let name: String
    public let kind: any TrialKind
    public let axes: [Axis]
    public let seeds: Seeds
    /// Values of the keys that do not vary.
    let fixed: Configuration
    /// The grid points that are cells, in order, where some points are equal once complete; nil
    /// where every point is a cell of its own.
    let distinctPoints: [Int]?

    init(
        name: String, kind: any TrialKind, axes: [Axis], seeds: Seeds, fixed: Configuration,
        distinctPoints: [Int]?
    ) {
        self.name = name
        self.kind = kind
        self.axes = axes
        self.seeds = seeds
        self.fixed = fixed
        self.distinctPoints = distinctPoints
    }

    public var cellCount: Int {
        distinctPoints?.count ?? axes.reduce(1) { $0 * $1.rows.count }
    }

    public var trialCount: Int { cellCount * seeds.count }

    /// - Precondition: `index` is in `0..<cellCount`.
    public func cell(at index: Int) -> Cell {
        precondition((0..<cellCount).contains(index), "cell \(index) of \(cellCount)")
        let rows = Self.rows(ofPoint: distinctPoints?[index] ?? index, axes: axes)
        do {
            let given = Self.given(fixed: fixed, axes: axes, rows: rows)
            return Cell(index: index, rows: rows, configuration: try kind.complete(given))
        } catch {
            preconditionFailure("cell \(index) was checked when the plan was made: \(error)")
        }
    }

    /// - Precondition: `number` is in `1...trialCount`.
    public func trial(_ number: Int) -> Trial {
        let cell = cell(at: cellIndex(ofTrial: number))
        let replicate = replicate(ofTrial: number)
        let spec = TrialSpec(
            kind: kind.name, version: kind.version, configuration: cell.configuration,
            seed: seeds.seed(replicate: replicate))
        return Trial(number: number, replicate: replicate, spec: spec)
    }

    public func cellIndex(ofTrial number: Int) -> Int { (number - 1) / seeds.count }

    /// From 1.
    public func replicate(ofTrial number: Int) -> Int { (number - 1) % seeds.count + 1 }

    /// The row of each axis at a grid point: digits of the point, the last axis the fastest.
    static func rows(ofPoint point: Int, axes: [Axis]) -> [Int] {
        var rest = point
        var rows = [Int](repeating: 0, count: axes.count)
        for i in axes.indices.reversed() {
            rows[i] = rest % axes[i].rows.count
            rest /= axes[i].rows.count
        }
        return rows
    }

    static func given(fixed: Configuration, axes: [Axis], rows: [Int]) -> Configuration {
        var given = fixed
        for (axis, row) in zip(axes, rows) {
            for (key, value) in zip(axis.keys, axis.rows[row]) {
                given[key] = value
            }
        }
        return given
    }
}
