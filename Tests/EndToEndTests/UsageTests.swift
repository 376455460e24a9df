import Foundation
import Testing

/// What the program says to a person who mistypes.
@Suite("The command line")
struct UsageTests {
    @Test("ends with 2 and a message on wrong usage")
    func usage() throws {
        let store = Folder()
        for arguments in [
            ["nonsense"], ["run"], ["run", "--wokers", "2", "x.yaml"],
            ["table", "--format", "xls"],
            ["run", "no-such-file.yaml"], ["plan", "--keys", "smi"],
            ["sweep", "wait", "--timeout", "5"],
            ["worker", "start", "--slots", "0"], ["reproduce"], ["reproduce", "R99"],
        ] {
            let ended = try Program.start(arguments, store: store).wait()
            #expect(ended.status == 2, "\(arguments): \(ended.error)")
            #expect(!ended.error.isEmpty)
        }
    }

    @Test(
        "suggests the command that was meant",
        arguments: [
            ("swep list", "did you mean 'swingby sweep'?"),
            ("sweep satus last", "did you mean 'swingby sweep status'?"),
            ("sweep frobnicate", "there are list, info"),
        ])
    func mistypedCommand(typed: String, answer: String) throws {
        let ended = try Program.start(typed.split(separator: " ").map(String.init)).wait()
        #expect(ended.status == 2 && ended.error.contains(answer), "\(ended.error)")
    }

    @Test("writes completions for each shell", arguments: ["bash", "zsh", "fish"])
    func completion(shell: String) throws {
        let ended = try Program.run("--generate-completion-script", shell)
        #expect(ended.status == 0 && ended.output.contains("extend"), "\(ended.error)")
    }

    @Test("shows every error of a sweep file at once, with its place and the nearest right key")
    func sweepFile() throws {
        let store = Folder()
        let file = try store.write(
            """
            name: wrong
            parameters:
              task.signl: {values: [[1, 2], [2, 2]]}
              train.learning_rate: {value: fast}
            """, to: "wrong.yaml")
        let ended = try Program.run("run", file, store: store)
        #expect(ended.status == 2)
        #expect(ended.error.contains("wrong.yaml:3:3:"), "\(ended.error)")
        #expect(ended.error.contains("task.signal"), "\(ended.error)")
        #expect(ended.error.contains("wrong.yaml:4:"), "\(ended.error)")
    }

    @Test("judges a claim and writes its page and the summary")
    func reproduce() throws {
        let store = Folder()
        let out = store.path + "/results"
        let ended = try Program.start(
            ["reproduce", "R15", "--json", "--out", out, "--sweeps", Program.sweep("")],
            store: store
        ).wait()
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.output.hasPrefix("{\"schema\":1,\"id\":\"R15\""), "\(ended.output)")
        #expect(ended.output.contains("\"verdict\":\"pass\""), "\(ended.output)")
        let page = try String(contentsOfFile: out + "/R15.md", encoding: .utf8)
        #expect(page.contains("Verdict: **pass**"))
        let summary = try String(contentsOfFile: out + "/README.md", encoding: .utf8)
        #expect(summary.contains("| [R15](R15.md) |"))
        #expect(FileManager.default.fileExists(atPath: out + "/R15-path.svg"))
    }

    @Test("reads a missing store as what it is, and makes nothing")
    func missingStore() throws {
        let store = Folder()
        let missing = store.path + "/none"
        let ended = try Program.run("sweep", "list", "--store", missing)
        #expect(ended.status == 1)
        #expect(ended.error.contains("there is no store"), "\(ended.error)")
        #expect(!FileManager.default.fileExists(atPath: missing))
    }

    @Test("plans without touching anything")
    func plan() throws {
        let store = Folder()
        let ended = try Program.run(
            "plan", Program.sweep("quickstart.yaml"), "--json", store: store)
        #expect(ended.status == 0, "\(ended.error)")
        for part in ["\"cells\":7", "\"seeds\":5", "\"trials\":35", "\"known\":0"] {
            #expect(ended.output.contains(part), "\(ended.output)")
        }
        let keys = try Program.run("plan", "--keys", "sim")
        #expect(keys.output.contains("train.learning_rate"))
    }
}
