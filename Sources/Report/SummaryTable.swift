public import Sweeps

/// Seeds as replicates: a row of statistics for each group of cells.
public struct SummaryTable: Sendable {
    /// One number of a row.
    public struct Cell: Hashable, Sendable {
        /// nil where there is none: too few seeds, or an event that never came.
        public let value: Double?
        /// The interval; an end is nil where there is none.
        public let low: Double?
        public let high: Double?
        /// The kind's own prediction, in the cell's unit, where some column of the table asks for
        /// that of this metric and the group's cells agree on it.
        public let theory: Double?
        /// Finished trials in which the event never came.
        public let missing: Int
    }

    /// What the finished trials of a group say.
    public struct Row: Hashable, Sendable {
        /// As many as `axes`; nil where a key does not apply.
        public let values: [Value?]
        /// Trials that finished.
        public let n: Int
        /// Trials that diverged: counted, never averaged.
        public let diverged: Int
        /// As many as the table's columns.
        public let cells: [Cell]
    }

    /// The sweep's name.
    public let sweep: String
    public let spec: TableSpec
    /// What rows are grouped by: the table's rows, then what text spreads over columns.
    public let axes: [String]
    /// Axes whose values are thrown together.
    public let pooled: [String]
    /// Replicates a cell.
    public let seedCount: Int
    /// Trials of the groups.
    public let planned: Int
    /// How many of them given are over, and how many of them had failed or were cancelled.
    public let over: Int
    public let withoutResult: Int
    /// In plan order: every combination that occurs in the plan.
    public let rows: [Row]

    /// Reads the rows once; of each it keeps the numbers that the table needs.
    ///
    /// - Parameter rows: Any trials of the plan, none twice; those that are not over are passed by.
    /// - Throws: `GroupingError`, `ReportError`, when the table asks for what the sweep has not.
    public init(
        _ spec: TableSpec, plan: Plan, rows: some Sequence<TrialRow>
    ) throws {
        var builder = try TableBuilder(spec, plan: plan)
        for row in rows {
            builder.add(row)
        }
        self = builder.table
    }

    init(
        spec: TableSpec, plan: Plan, grouping: Grouping, planned: Int, over: Int,
        withoutResult: Int, rows: [Row]
    ) {
        sweep = plan.name
        self.spec = spec
        axes = grouping.names
        pooled = grouping.pooled
        seedCount = plan.seeds.count
        self.planned = planned
        self.over = over
        self.withoutResult = withoutResult
        self.rows = rows
    }

    /// What `table --json` prints: see `docs/`; the same plan and rows have the same bytes.
    public var json: JSONValue {
        [
            "schema": 1,
            "table": .string(spec.name),
            "columns": .array(spec.cells.map { .string($0.label) }),
            "rows": .array(rows.map(json)),
        ]
    }

    private func json(_ row: Row) -> JSONValue {
        [
            "axes": .object(
                zip(axes, row.values).map { .init($0, $1.map { JSONValue($0) } ?? .null) }),
            "n": .integer(row.n),
            "diverged": .integer(row.diverged),
            "cells": .object(
                zip(spec.cells, row.cells).map { .init($0.label, json($1)) }),
        ]
    }

    private func json(_ cell: Cell) -> JSONValue {
        [
            "value": .optional(cell.value),
            "low": .optional(cell.low),
            "high": .optional(cell.high),
            "theory": .optional(cell.theory),
            "missing": .integer(cell.missing),
        ]
    }
}
