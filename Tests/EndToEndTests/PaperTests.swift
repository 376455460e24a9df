import Foundation
import Testing

/// R4 and R5 of the reproduction checklist (docs/reproducing.md), from the sweep files.
///
/// - SeeAlso: arXiv:2410.08309, Fig. 2(a) and 2(b).
@Suite("The learning order of the paper's Figure 2", .serialized)
struct PaperTests {
    /// `table --json`.
    private struct Table: Decodable {
        struct Row: Decodable {
            struct Cell: Decodable {
                let value: Double?
                let low: Double?
                let high: Double?
            }
            let n: Int
            let diverged: Int
            let cells: [String: Cell]
        }
        let rows: [Row]

        func values(_ label: String) throws -> [Double] {
            try rows.map { try #require($0.cells[label]?.value, "\(label)") }
        }
    }

    private func table(_ sweep: String) throws -> Table {
        let store = Folder()
        let ran = try Program.run(
            "run", Program.sweep("\(sweep).yaml"), store: store)
        try #require(ran.status == 0, "\(ran.error)")
        let json = try Program.run("table", sweep, "--json", store: store).output
        return try JSONDecoder().decode(Table.self, from: Data(json.utf8))
    }

    /// Within 15 % of the anchor or one epoch, whichever is more.
    private func isNear(_ value: Double, _ anchor: ClosedRange<Double>) -> Bool {
        let slack = max(0.15 * anchor.upperBound, 1)
        return value >= anchor.lowerBound - slack && value <= anchor.upperBound + slack
    }

    @Test("R4: the concept with the larger signal is learned first")
    func figure2a() throws {
        let table = try table("fig2a")
        let first = try table.values("T_1")
        let second = try table.values("T_2")
        let bend = try table.values("bend")
        for (value, anchor) in zip(first, [34.0, 10, 3]) {
            #expect(isNear(value, anchor...anchor), "T_1 \(first)")
        }
        for (value, anchor) in zip(second, [7.0, 10, 11]) {
            #expect(isNear(value, anchor...anchor), "T_2 \(second)")
        }
        #expect(bend[0] * bend[2] < 0, "bend \(bend)")
        // Ten seeds leave the criterion for equal signals open, 400 meet it (docs/reproducing.md):
        // here the interval may not lie outside the tenth.
        let tenth = 0.1 * min(abs(bend[0]), abs(bend[2]))
        let equal = try #require(table.rows[1].cells["bend"])
        let low = try #require(equal.low)
        let high = try #require(equal.high)
        #expect(low < tenth && high > -tenth, "bend \(low)...\(high), a tenth is \(tenth)")
    }

    @Test("R5: more diversity along the weaker concept speeds it up and reverses the order")
    func figure2b() throws {
        let table = try table("fig2b")
        let first = try table.values("T_1")
        let second = try table.values("T_2")
        #expect(zip(first, first.dropFirst()).allSatisfy { $0 > $1 }, "T_1 \(first)")
        for (value, anchor) in zip(first, [34.0...34, 28...28, 11...11, 5...6, 3...3]) {
            #expect(isNear(value, anchor), "T_1 \(first)")
        }
        for row in 0..<3 {
            #expect(first[row] > second[row])
        }
        #expect(first[4] < second[4])
    }
}
