import DiffusionTrials
import Foundation
import SIMTrials
import Sweeps
import Testing

@Suite("The page on figures")
struct FigurePageTests {
    static let repository = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func read(_ text: String) throws -> SweepFile {
        try SweepFile(
            text: Array(text.utf8), path: "figures.yaml",
            kinds: [SIMKind(), MatrixKind(), DiffusionKind()])
    }

    static func page() throws -> String {
        try String(
            contentsOf: repository.appending(path: "docs/figures.md"), encoding: .utf8)
    }

    @Test("has an example of each subject that is read without a word")
    func example() throws {
        let examples = try Self.page().components(separatedBy: "```yaml\n").dropFirst()
            .map { try Self.read($0.components(separatedBy: "```")[0]) }
        #expect(
            examples.map { $0.figures.map(\.name) } == [
                ["path", "loss", "map", "weights", "nodes"], ["course", "start", "end"],
            ])
        #expect(examples.allSatisfy { $0.notes.isEmpty })
    }

    @Test("names sweep files that have the figures of the paper")
    func paper() throws {
        let rows = try Self.page().split(separator: "\n").filter { $0.contains(".yaml` |") }
        #expect(rows.count == 9)
        for row in rows {
            let words = row.split(separator: "`").enumerated().filter { $0.offset % 2 == 1 }
                .map { String($0.element) }
            let names = Set(words.filter { !$0.hasSuffix(".yaml") })
            for file in words where file.hasSuffix(".yaml") {
                let text = try String(
                    contentsOf: Self.repository.appending(path: "sweeps/\(file)"), encoding: .utf8)
                #expect(
                    names.isSubset(of: try Self.read(text).figures.map(\.name)), "\(row)")
            }
        }
    }
}
