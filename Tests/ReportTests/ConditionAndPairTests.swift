import Report
import Testing

@testable import Sweeps

@Suite("A summary table of some cells, or of differences")
struct ConditionAndPairTests {
    let plan = Plan.measuring([.signal, .layers], seeds: 3)

    @Test("leaves out the cells of which the condition is false")
    func condition() throws {
        let spec = TableSpec(
            name: "t", rows: ["model.layers"], cells: [ColumnSpec(metric: .time)],
            condition: try plan.condition("task.signal == [3, 2]"))
        let table = try SummaryTable(
            spec, plan: plan, rows: (1...12).map { .finished($0, time: Double($0)) })
        #expect(table.rows.map(\.n) == [3, 3])
        #expect(table.rows.map { $0.cells[0].value } == [8, 11])
        #expect(table.planned == 6)
        #expect(table.text().contains("where task.signal == [3, 2]\n"))
    }

    @Test("says where a condition names what is not there")
    func unknownName() {
        let error = #expect(throws: ConditionError.self) { try plan.condition("model.layer > 1") }
        #expect(error?.description == "no key or axis 'model.layer'; did you mean 'model.layers'?")
    }

    @Test("takes differences seed by seed, of pairs that both finished")
    func pairs() throws {
        let spec = TableSpec(
            name: "t", rows: nil, cells: [ColumnSpec(metric: .time, interval: .t95)],
            pairing: TableSpec.Pairing(axis: "model.layers", base: .number(1)))
        // Signal [1, 2]: trials 1 to 3 with one layer, 4 to 6 with two.
        let rows: [TrialRow] = [
            .finished(1, time: 10), .finished(2, time: 20), .diverged(3),
            .finished(4, time: 11), .finished(5, time: 23), .finished(6, time: 99),
            .finished(7, time: 1), .finished(10, time: nil),
        ]
        let table = try SummaryTable(spec, plan: plan, rows: rows)
        #expect(table.rows.map(\.n) == [0, 2, 0, 1])
        #expect(table.rows.map { $0.cells[0].value } == [nil, 2, nil, nil])
        #expect(table.rows[3].cells[0].missing == 1)
        #expect(table.rows[1].cells[0].low.map { $0 < 2 } ?? false)
        #expect(table.text().contains("differences to model.layers 1, seed by seed"))
    }

    @Test("wants the axis of its pairs in rows or columns, and no theory")
    func wrongPairs() {
        func table(rows: [String], _ cell: ColumnSpec, base: Value = .number(1)) throws {
            let spec = TableSpec(
                name: "t", rows: rows, cells: [cell],
                pairing: TableSpec.Pairing(axis: "model.layers", base: base))
            _ = try SummaryTable(spec, plan: plan, rows: [])
        }
        let time = ColumnSpec(metric: .time)
        #expect(throws: ReportError.self) { try table(rows: ["task.signal"], time) }
        #expect(throws: ReportError.self) {
            try table(rows: ["model.layers"], ColumnSpec(metric: .time, theory: .ratio))
        }
        let error = #expect(throws: ReportError.self) {
            try table(rows: ["model.layers"], time, base: .number(7))
        }
        #expect(error?.description == "model.layers is never 7; known are 1, 2")
    }
}
