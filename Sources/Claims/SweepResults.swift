public import Report
public import Sweeps

/// The results of a sweep, cell by cell.
public struct SweepResults: Sendable {
    /// A point of the grid with the results of its seeds.
    public struct Cell: Sendable {
        public let configuration: Configuration
        /// The label or the values of each axis, by its name.
        public let labels: [String: String]
        /// In the order of the seeds; diverged ones too.
        public internal(set) var results: [TrialResult] = []

        /// Those that finished, in the order of the seeds.
        public var finished: [TrialResult] { results.filter { $0.outcome == .finished } }

        public init(configuration: Configuration, labels: [String: String]) {
            self.configuration = configuration
            self.labels = labels
        }
    }

    public let plan: Plan
    public private(set) var cells: [Cell]
    /// Trials that have a result.
    public private(set) var count = 0

    public init(plan: Plan) {
        self.plan = plan
        cells = (0..<plan.cellCount).map { index in
            let cell = plan.cell(at: index)
            let labels = zip(plan.axes, cell.rows).compactMap { axis, row in
                row.map { (axis.name, axis.text(row: $0)) }
            }
            return Cell(
                configuration: cell.configuration,
                labels: Dictionary(uniqueKeysWithValues: labels))
        }
    }

    /// - Precondition: A trial of the plan, none twice.
    public mutating func add(_ row: TrialRow) {
        guard let result = row.result else { return }
        count += 1
        cells[plan.cellIndex(ofTrial: row.number)].results.append(result)
    }

    /// The first cell with these labels.
    public func cell(_ labels: [String: String]) -> Cell {
        let found = cells.first { cell in labels.allSatisfy { cell.labels[$0.key] == $0.value } }
        guard let found else { preconditionFailure("\(plan.name) has no cell \(labels)") }
        return found
    }
}

extension SweepResults.Cell {
    /// A scalar of each seed in which it came.
    public func values(_ scalar: String) -> [Double] {
        finished.compactMap { $0.scalar(scalar) ?? nil }
    }

    /// An event of the one seed, diverged or not; nil where it never came.
    public func event(_ scalar: String) -> Double? { results.first?.scalar(scalar) ?? nil }

    /// A scalar of the one seed that finished; nil where it never came.
    public func value(_ scalar: String) -> Double? { values(scalar).first }

    /// A curve of the one seed.
    public func curve(_ name: String) -> [Double] { finished.first?.curve(name)?.values ?? [] }

    /// Seeds of which a scalar is as asked.
    public func share(_ scalar: String, where isCounted: (Double) -> Bool = { $0 != 0 })
        -> Proportion
    {
        Proportion(values(scalar).count(where: isCounted), of: finished.count)
    }
}
