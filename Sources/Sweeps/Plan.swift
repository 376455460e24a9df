/// One dimension of the grid: the values that one key takes, or several keys together (a zip).
public struct Axis: Hashable, Sendable {
    /// Its key, or the name of a zipped axis.
    public let name: String
    /// One key, or those of the zip.
    public let keys: [String]
    /// At least two rows, no two alike; a row has a value for each key.
    public internal(set) var rows: [[Value]]
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
    /// The row of each axis, in the order of the plan's axes; nil where a conditional axis does not
    /// apply.
    public let rows: [Int?]
    /// Complete.
    public let configuration: Configuration

    public init(index: Int, rows: [Int?], configuration: Configuration) {
        self.index = index
        self.rows = rows
        self.configuration = configuration
    }
}

/// All trials of a sweep; the n-th is a pure function of n.
///
/// Axes vary in file order, the last fastest, conditional ones inside them, seeds fastest of all.
public struct Plan: Sendable {
    /// The sweep's name.
    public let name: String
    public let kind: any TrialKind
    /// What varies.
    public let axes: [Axis]
    public let seeds: Seeds
    /// Values of the keys that do not vary.
    let fixed: Configuration
    let grid: Grid
    /// What the grid's dimensions stand for.
    private let dimensions: [Axis]
    /// The dimensions that are axes: a conditional key with one value is none, nor is one that
    /// applies nowhere.
    private let placesOfAxes: [Int]

    init(
        name: String, kind: any TrialKind, seeds: Seeds, fixed: Configuration, dimensions: [Axis],
        grid: Grid
    ) {
        self.name = name
        self.kind = kind
        self.seeds = seeds
        self.fixed = fixed
        self.dimensions = dimensions
        self.grid = grid
        let used = grid.usedDimensions
        placesOfAxes = dimensions.indices.filter {
            used.contains($0) && dimensions[$0].rows.count > 1
        }
        axes = placesOfAxes.map { dimensions[$0] }
    }

    public var cellCount: Int { grid.count }

    public var trialCount: Int { cellCount * seeds.count }

    /// - Precondition: `index` is in `0..<cellCount`.
    public func cell(at index: Int) -> Cell {
        let rows = grid.rows(ofPoint: index)
        var given = fixed
        for (dimension, row) in zip(dimensions, rows) {
            guard let row else { continue }
            for (key, value) in zip(dimension.keys, dimension.rows[row]) { given[key] = value }
        }
        do {
            return Cell(
                index: index, rows: placesOfAxes.map { rows[$0] },
                configuration: try kind.complete(given))
        } catch {
            preconditionFailure("cell \(index) was checked when the plan was made: \(error)")
        }
    }

    /// The row of each axis in a cell, without its configuration; nil where an axis does not apply.
    public func rows(ofCell index: Int) -> [Int?] {
        let rows = grid.rows(ofPoint: index)
        return placesOfAxes.map { rows[$0] }
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
}

extension Plan {
    /// More trials than this are a mistake in the file.
    static let trialLimit = 10_000_000

    /// Stands for all that the plan's trials depend on: two files with the same identity plan the
    /// same trials in the same order. Names and labels are not part of it.
    public var identity: Digest256 {
        var text = "\(Value.quoted(kind.name)) \(kind.version)\n\(fixed.canonicalText)\n"
        for axis in dimensions {
            text += Value.list(axis.keys.map(Value.text)).canonicalText
            text += Value.list(axis.rows.map(Value.list)).canonicalText + "\n"
        }
        // Points that are left out since they equal others follow from the kind's version.
        for component in grid.components where component.isChosen {
            text += "\(component.dimensions) \(component.digest)\n"
        }
        text += "\(seeds.count) \(seeds.root)"
        return Digest256(hashing: text.utf8)
    }
}
