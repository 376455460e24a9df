import GRDB
public import Sweeps

/// A number of a trial's result that is found without unpacking its curves.
public enum ColumnSource: Hashable, Sendable {
    case scalar(String)
    /// The last value of a curve.
    case last(String)
}

/// Some numbers of every trial of a sweep; trial `n` of the plan is at index `n - 1`.
public struct TrialColumns: Sendable {
    public internal(set) var states: [TrialState]
    /// A column for each source, in the order asked for: as `TrialResult.scalar`, nil where the
    /// trial has no result or no such number, `.some(nil)` where its event never came.
    public internal(set) var values: [[Double??]]
}

extension StoreReader {
    /// Reads a few numbers of every trial of a sweep, far faster than whole rows.
    public func columns(
        of sweep: StoredSweep, _ sources: [ColumnSource]
    ) throws(StoreError) -> TrialColumns {
        var columns = TrialColumns(
            states: Array(repeating: .waiting, count: sweep.planned),
            values: Array(
                repeating: Array(repeating: nil, count: sweep.planned), count: sources.count))
        try forEachRow(
            of: sweep, curves: .named(Set(sources.compactMap { $0.curve }))
        ) { row in
            columns.states[row.number - 1] = row.state
            for (i, source) in sources.enumerated() {
                columns.values[i][row.number - 1] = row.result.flatMap(source.value)
            }
        }
        return columns
    }
}

extension ColumnSource {
    fileprivate var curve: String? {
        if case .last(let name) = self { name } else { nil }
    }

    fileprivate func value(in result: TrialResult) -> Double?? {
        switch self {
        case .scalar(let name): result.scalar(name)
        case .last(let name): result.curve(name)?.values.last.map { .some($0) }
        }
    }
}
