import Foundation
import Testing

@testable import Sweeps

@Suite("The page on sweep files")
struct DocumentTests {
    /// What stands between the fences of YAML.
    private static func examples() throws -> [String] {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/sweep-file.md")
        let parts = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```")
        return parts.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
            .filter { $0.hasPrefix("yaml\n") }.map { String($0.dropFirst(5)) }
    }

    @Test("has only examples that are read without a word")
    func examplesAreRight() throws {
        let examples = try Self.examples()
        #expect(examples.count == 6)
        for example in examples {
            let file = try readSweep(example)
            #expect(file.notes.isEmpty, "\(file.name)")
        }
        #expect(try readSweep(examples[0]).plan.trialCount == 60)
    }
}
