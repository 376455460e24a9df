import Foundation
import Testing

@testable import Sweeps

/// A sweep file that `expand.py` drew, and what it makes of it.
private struct DrawnFile: Decodable {
    let text: String
    /// Its `cells.csv`.
    let table: String?
    /// nil where the file is to be refused.
    let cells: [[String: Value]]?
    let seeds: Int
}

@Suite("A thousand drawn sweep files")
struct ExpansionTests {
    /// - Parameter fullCheckLimit: 0 has every independent key left out of the completing.
    @Test(
        "have the cells that another expansion gives, in its order, none twice",
        arguments: [0, GridBuilder.fullCheckLimit])
    func sameCells(fullCheckLimit: Int) throws {
        let files = try Self.drawnFiles(count: 1000, seed: 1)
        #expect(files.count == 1000)
        #expect(files.count { $0.cells == nil } < 300)
        for file in files {
            let plan = Self.plan(of: file, fullCheckLimit: fullCheckLimit)
            guard let expected = file.cells else {
                #expect(plan == nil, "\(file.text)")
                continue
            }
            guard let plan else {
                Issue.record("refused:\n\(file.text)")
                continue
            }
            let cells = (0..<plan.cellCount).map { plan.cell(at: $0).configuration }
            #expect(Set(cells).count == cells.count, "\(file.text)")
            #expect(cells.count == expected.count, "\(file.text)")
            #expect(plan.trialCount == expected.count * file.seeds)
            if let place = zip(cells, expected).enumerated().first(where: {
                !isSame($1.0.values, $1.1)
            }) {
                Issue.record(
                    """
                    cell \(place.offset) is \(place.element.0.canonicalText)
                    it should be \(Configuration(place.element.1).canonicalText) in
                    \(file.text)
                    """)
            }
        }
    }

    /// Numbers may differ in their 12th digit: the other expansion computes them in decimals.
    private func isSame(_ a: [String: Value], _ b: [String: Value]) -> Bool {
        a.count == b.count
            && a.allSatisfy { key, value in
                guard let other = b[key] else { return false }
                guard let number = value.number, let second = other.number else {
                    return value == other
                }
                return abs(number - second) <= 1.5e-11 * abs(second)
            }
    }

    private static func plan(of file: DrawnFile, fullCheckLimit: Int) -> Plan? {
        var problems = Problems()
        let table = Array((file.table ?? "").utf8)
        let attachment = Attachment(
            name: "cells.csv", digest: Digest256(hashing: table), bytes: table)
        var reader = SweepFileReader(
            path: "drawn.yaml", kinds: [ToyKind()], files: SentAttachments([attachment]))
        reader.fullCheckLimit = fullCheckLimit
        let sweep = reader.read(Array(file.text.utf8), overrides: [], &problems)
        return problems.count == 0 ? sweep?.plan : nil
    }

    private static func drawnFiles(count: Int, seed: Int) throws -> [DrawnFile] {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "expand.py")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.path, "\(count)", "\(seed)"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return try output.split(separator: UInt8(ascii: "\n")).map {
            try JSONDecoder().decode(DrawnFile.self, from: Data($0))
        }
    }
}
