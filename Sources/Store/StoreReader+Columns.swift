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
        try read { db in
            try Self.expect(sweep, db)
            var layouts = LayoutReader(db: db)
            var places: [Int64: [NumberPlace?]] = [:]
            let rows = try FastStatement(
                """
                SELECT number, state, layout, data FROM sweep_trial
                JOIN trial ON trial.id = sweep_trial.trial
                LEFT JOIN result ON result.trial = trial.id
                WHERE sweep = ? ORDER BY number
                """, db)
            try rows.forEachRow(sweep.id) { row in
                let index = Int(row.integer(0)) - 1
                guard columns.states.indices.contains(index) else { return }
                columns.states[index] = try TrialState(
                    stored: UInt8(truncatingIfNeeded: row.integer(1)))
                guard let id = row.optionalInteger(2) else { return }
                let layout = try layouts.layout(id)
                let found = places[id] ?? sources.map { NumberPlace(of: $0, in: layout) }
                places[id] = found
                try row.withBytes(3) { bytes in
                    guard bytes.count == layout.sizeInBytes else {
                        throw StoredValueError(detail: "trial \(index + 1) has another layout")
                    }
                    for (column, place) in found.enumerated() {
                        columns.values[column][index] = place.map { $0.number(in: bytes) }
                    }
                }
            }
        }
        return columns
    }
}

/// Where in the bytes of a layout a number lies.
private struct NumberPlace {
    private enum Form { case scalar, float, double }

    private let offset: Int
    private let form: Form

    /// - Returns: nil where the layout has no such number.
    init?(of source: ColumnSource, in layout: ResultLayout) {
        switch source {
        case .scalar(let name):
            guard let index = layout.scalars.firstIndex(of: name) else { return nil }
            offset = 8 * index
            form = .scalar
        case .last(let name):
            guard let index = layout.curves.firstIndex(where: { $0.name == name }),
                !layout.curves[index].steps.isEmpty
            else { return nil }
            let curve = layout.curves[index]
            offset =
                layout.offset(ofCurve: index) + curve.sizeInBytes - curve.type.sizeInBytes
            form = curve.type == .float ? .float : .double
        }
    }

    func number(in bytes: UnsafeRawBufferPointer) -> Double? {
        switch form {
        case .scalar:
            PackedScalar.value(of: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        case .float: Double(bytes.loadUnaligned(fromByteOffset: offset, as: Float.self))
        case .double: bytes.loadUnaligned(fromByteOffset: offset, as: Double.self)
        }
    }
}
