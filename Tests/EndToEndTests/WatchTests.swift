import Foundation
import Testing

/// What people see of a store, its workers and this host.
@Suite("Watching", .serialized)
struct WatchTests {
    /// A terminal of 12 lines with 60 characters, on which a key is typed once a text is shown.
    private func onTerminal(
        typing key: String, after text: String, _ arguments: String..., store: Folder
    ) throws -> (status: Int?, output: String, isRestored: Bool) {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        let script = Program.package.appending(path: "Tests/EndToEndTests/python/terminal.py").path
        process.arguments = ["python3", "-B", script, key, text, Program.url.path] + arguments
        process.environment = ProcessInfo.processInfo.environment
            .merging(["SWINGBY_STORE": store.path, "NO_COLOR": "1"]) { $1 }
        let ended = try RunningProgram(process).wait()
        try #require(ended.status == 0, "\(ended.error)")
        let said = try #require(
            JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
        return (
            said["status"] as? Int, said["output"] as? String ?? "",
            said["restored"] as? Bool == true
        )
    }

    private func finishedStore() throws -> Folder {
        let store = Folder()
        let ended = try Program.run(
            "run", Program.sweep("quickstart.yaml"), "train.epochs=2", "seeds.count=1",
            "--workers", "1", store: store)
        try #require(ended.status == 0, "\(ended.error)")
        return store
    }

    @Test("redraws a terminal in place, and leaves it as it was on q and on Ctrl-C")
    func terminal() throws {
        let store = try finishedStore()
        for (key, status) in [("q", 0), ("ctrl-c", 130)] {
            let ended = try onTerminal(typing: key, after: "no failed trials", "top", store: store)
            #expect(ended.status == status, "\(ended.output)")
            #expect(ended.isRestored)
            let parts = ended.output.components(separatedBy: "\u{1B}[?1049l")
            try #require(parts.count == 2, "\(ended.output)")
            #expect(parts[0].hasPrefix("\u{1B}[?1049h\u{1B}[?25l"))
            #expect(parts[0].hasSuffix("\u{1B}[?25h"))
            // The last view stays, below the user's own lines.
            #expect(parts[1].contains("quickstart") && parts[1].contains("7/7"), "\(parts[1])")
            let widths = parts[0].components(separatedBy: "\r\n").map {
                $0.replacing(#/\x1b\[[?0-9;]*[A-Za-z]/#, with: "").count
            }
            #expect(widths.allSatisfy { $0 <= 60 }, "\(widths)")
        }
    }

    @Test("prints once where there is no terminal")
    func once() throws {
        let store = try finishedStore()
        let plain = try Program.run("top", store: store)
        #expect(plain.status == 0, "\(plain.error)")
        #expect(plain.output.contains("no coordinator"), "\(plain.output)")
        #expect(plain.output.contains("7/7") && !plain.output.contains("\u{1B}"))
        let wrong = try Program.run("top", "quickstrat", store: store)
        #expect(wrong.status == 1 && wrong.error.contains("quickstart"), "\(wrong.error)")
    }

    @Test("explains a trial that is over by its attempt and worker")
    func explanation() throws {
        let store = try finishedStore()
        let text = try Program.run("trial", "explain", "quickstart/2", store: store)
        #expect(text.output.contains("it finished in attempt 1 by worker"), "\(text.output)")
        #expect(text.output.contains("its result stands"), "\(text.output)")
        let wrong = try Program.run("trial", "explain", "quickstart/99", store: store)
        #expect(wrong.status == 2, "\(wrong.error)")
    }

    @Test("probes the host with digests that are on record")
    func probe() throws {
        let ended = try Program.run("worker", "probe", "--json")
        #expect(ended.status == 0, "\(ended.output)\(ended.error)")
        let probe = try #require(
            JSONSerialization.jsonObject(with: Data(ended.output.utf8)) as? [String: Any])
        #expect(probe["ok"] as? Bool == true)
        #expect((probe["usable_cores"] as? Int ?? 0) >= 1)
        let tests = try #require(probe["self_test"] as? [[String: Any]])
        #expect(tests.count >= 5)
        for test in tests {
            let kind = try #require(test["kind"] as? String)
            let golden = try String(
                contentsOf: Program.package.appending(
                    path: "Tests/SIMTrialsTests/golden/\(kind).txt"), encoding: .utf8)
            let line = "\(test["expected"] as? String ?? "")  \(test["name"] as? String ?? "")\n"
            #expect(golden.contains(line), "record the self-test's digest anew: \(line)")
        }
    }
}
