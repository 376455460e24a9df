/// A metric as a table or figure names it: a curve with its reducer (`ood_loss:last`), or a scalar
/// alone (`learning_time/1`).
public struct MetricReference: Hashable, Sendable, CustomStringConvertible {
    public let name: String
    /// nil for a scalar.
    public let reducer: Reducer?

    /// - Parameter text: `ood_loss:last`, `learning_time/1`.
    /// - Throws: `ReducerError`, for what is after the colon.
    public init(_ text: String) throws(ReducerError) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        reducer = parts.count == 2 ? try Reducer(String(parts[1])) : nil
    }

    public init(name: String, reducer: Reducer? = nil) {
        self.name = name
        self.reducer = reducer
    }

    public var description: String { reducer.map { "\(name):\($0)" } ?? name }
}

/// What is made of a metric's values over the seeds of a group.
public enum Statistic: Hashable, Sendable, CustomStringConvertible {
    case mean
    /// With n − 1.
    case sd
    case median
    /// From 0 to 1, by linear interpolation between order statistics.
    case quantile(Double)
    /// Of values that are not zero (events that came, flags that are up).
    case fraction

    /// - Returns: nil unless it is `mean`, `sd`, `median`, `fraction`, or `q` and a percentage.
    public init?(_ text: String) {
        switch text {
        case "mean": self = .mean
        case "sd": self = .sd
        case "median": self = .median
        case "fraction": self = .fraction
        default:
            guard let share = quantileShare(text) else { return nil }
            self = .quantile(share)
        }
    }

    public var description: String {
        switch self {
        case .mean: "mean"
        case .sd: "sd"
        case .median: "median"
        case .quantile(let q): "q\(Value.canonicalText(of: (q * 1000).rounded() / 10))"
        case .fraction: "fraction"
        }
    }
}

/// A 95 % interval beside a statistic.
public enum Interval: String, Hashable, Sendable, CaseIterable {
    case t95, bootstrap95, wilson95

    /// Whether it is an interval for that statistic.
    public func fits(_ statistic: Statistic) -> Bool {
        switch self {
        case .t95: statistic == .mean
        case .wilson95: statistic == .fraction
        case .bootstrap95: true
        }
    }
}

/// How a cell brings in the trial kind's own prediction.
public enum TheoryUse: String, Hashable, Sendable, CaseIterable {
    /// The prediction itself.
    case value
    /// Statistic over prediction.
    case ratio
    /// Statistic minus prediction.
    case residual
}

/// One number of each row of a table: a cell of the file's `cells`.
public struct ColumnSpec: Hashable, Sendable {
    public let metric: MetricReference
    public let statistic: Statistic
    public let interval: Interval?
    public let theory: TheoryUse?
    /// What an event's step is shown in: `step`, `epoch`, `time`; nil leaves the metric as it is.
    public let unit: String?
    /// Its own, else metric and statistic (or metric and use of theory).
    public let label: String

    public init(
        metric: MetricReference, statistic: Statistic = .mean, interval: Interval? = nil,
        theory: TheoryUse? = nil, unit: String? = nil, label: String? = nil
    ) {
        self.metric = metric
        self.statistic = statistic
        self.interval = interval
        self.theory = theory
        self.unit = unit
        let what = theory.map { $0 == .value ? "theory" : $0.rawValue } ?? statistic.description
        self.label = label ?? "\(metric) \(what)"
    }
}

/// A summary table that a sweep file asks for.
public struct TableSpec: Hashable, Sendable {
    public let name: String
    /// The axes (or keys that vary) that rows are grouped by; nil: all axes.
    public let rows: [String]?
    /// Those that are spread over columns in text.
    public let columns: [String]
    public let cells: [ColumnSpec]
    /// A group with fewer finished trials shows a dash.
    public let minimumSeeds: Int
    /// Cells of which it is false are left out.
    public let condition: Condition?
    public let pairing: Pairing?

    /// Statistics of differences to another value of an axis, seed by seed.
    public struct Pairing: Hashable, Sendable {
        public let axis: String
        /// The value, or the label, that others are held against.
        public let base: Value

        public init(axis: String, base: Value) {
            self.axis = axis
            self.base = base
        }
    }

    public init(
        name: String, rows: [String]?, columns: [String] = [], cells: [ColumnSpec],
        minimumSeeds: Int = 1, condition: Condition? = nil, pairing: Pairing? = nil
    ) {
        self.name = name
        self.rows = rows
        self.columns = columns
        self.cells = cells
        self.minimumSeeds = minimumSeeds
        self.condition = condition
        self.pairing = pairing
    }
}

/// A trial of a plan as the store knows it: what tables and figures are made from.
public struct TrialRow: Hashable, Sendable {
    /// Its number in the plan, from 1.
    public let number: Int
    public let state: TrialState
    /// The attempt whose result stands, or the newest one; 0 before the first.
    public let attempt: Int
    public let result: TrialResult?

    public init(number: Int, state: TrialState, attempt: Int, result: TrialResult?) {
        self.number = number
        self.state = state
        self.attempt = attempt
        self.result = result
    }
}
