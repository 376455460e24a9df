import Foundation
import Testing

@Suite("Python and the store of a small quickstart", .serialized)
struct PythonTests {
    /// Runs the documents in a folder with a store and its exports.
    private func documents(in folder: Folder) throws -> [String: Any] {
        let python = Program.package.appending(path: ".venv/bin/python").path
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "there is no \(python); make test sets it up")
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.currentDirectoryURL = folder.url
        process.arguments = [
            "-W", "error", "-B",
            Program.package.appending(path: "Tests/EndToEndTests/python/documents.py").path,
            Program.package.appending(path: "docs").path,
        ]
        let ended = try RunningProgram(process).wait()
        try #require(ended.status == 0, "\(ended.error)")
        return try #require(
            JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
    }

    /// The values of one column of a table, row by row; nil where there is none.
    private func column(_ arguments: String..., store: Folder) throws -> [Double?] {
        let all = ["table", "quickstart", "--json"] + arguments
        let ended = try Program.start(all, store: store).wait()
        try #require(ended.status == 0, "\(ended.error)")
        let table = try #require(
            JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
        let rows = try #require(table["rows"] as? [[String: Any]])
        return rows.map { row in
            let cells = row["cells"] as? [String: [String: Any]]
            return cells?.values.first?["value"] as? Double
        }
    }

    @Test("give the numbers of the program's own tables, by every query of the docs")
    func queries() throws {
        let folder = Folder()
        let store = Folder()
        try FileManager.default.createSymbolicLink(
            at: folder.url.appending(path: "swingby-store"), withDestinationURL: store.url)
        let commands = [
            [
                "run", Program.sweep("quickstart.yaml"), "seeds.count=3", "train.epochs=12",
                "--workers", "2",
            ],
            ["export", "quickstart", "rows", "--out", folder.path + "/rows.csv"],
            ["export", "quickstart", "metrics", "--out", folder.path + "/metrics.csv"],
            ["export", "quickstart", "metrics", "--out", folder.path + "/metrics.jsonl"],
            ["export", "quickstart", "weights", "--out", folder.path + "/weights"],
        ]
        for command in commands {
            let ended = try Program.start(command, store: store).wait()
            try #require(ended.status == 0, "\(command): \(ended.error)")
        }
        let found = try documents(in: folder)
        let answers = try #require(found["answers"] as? [[[Any]]])
        try #require(answers.count == 6)
        #expect(answers[0].map { $0.map { "\($0)" } } == [["quickstart", "finished", "21"]])

        let medians = try column("--metric", "learning_time/2", "--stat", "median", store: store)
        #expect(medians.contains { $0 != nil })
        #expect(answers[3].map { $0[1] as? Double } == medians)
        let sorted = { (numbers: [Double?]) in numbers.compactMap(\.self).sorted() }
        #expect(sorted(answers[1].map { $0[2] as? Double }) == sorted(medians))

        let steps = answers[2].compactMap { $0[0] as? Double }
        #expect(steps.first == 0 && steps.last == 12 * 118)
        #expect(answers[4].map { $0[1] as? Int } == Array(repeating: 3, count: 7))
        let rises = try column(
            "--metric", "ood_loss:rise", "--by", "setting", "--stat", "q100", "--ci", "none",
            store: store)
        let rise = answers[5].compactMap { $0[1] as? Double }
        try #require(rise.count == 21 && rises.count == 7)
        for (i, greatest) in rises.enumerated() {
            #expect(greatest == rise[3 * i..<3 * i + 3].max())
        }
        #expect(found["curves"] as? [Int] == [21, steps.count])
        #expect((found["weights"] as? [String: [Int]])?["layers.0.weight"] == [64, 64])
        let lines = folder.text("metrics.jsonl").split(separator: "\n")
        #expect(lines.count == folder.text("metrics.csv").split(separator: "\n").count - 1)
        #expect(
            lines.first?.hasPrefix(#"{"trial":1,"metric":"train_loss","step":0,"value":"#) ?? false)
    }
}
