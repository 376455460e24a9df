import Foundation
import Testing

/// What holds for all commands alike.
@Suite("Every command", .serialized)
struct CommandTableTests {
    private struct Command: Decodable {
        let commandName: String
        let discussion: String?
        let subcommands: [Command]?

        /// The commands without subcommands below this one, each with its words.
        func leaves(after words: [String] = []) -> [(words: [String], help: String)] {
            let words = words + [commandName]
            let below = (subcommands ?? []).filter { $0.commandName != "help" }
            if below.isEmpty { return [(words, discussion ?? "")] }
            return below.flatMap { $0.leaves(after: words) }
        }
    }

    private struct Help: Decodable {
        let command: Command
    }

    @Test("has help with an example of itself, and is there if it was promised")
    func help() throws {
        let dump = try Program.run("--experimental-dump-help")
        let help = try JSONDecoder().decode(Help.self, from: Data(dump.output.utf8))
        let leaves = help.command.leaves()
        for (words, help) in leaves {
            #expect(help.contains(words.joined(separator: " ")), "no example: \(words)")
            let shown = try Program.start(words.dropFirst() + ["--help"]).wait()
            #expect(shown.status == 0 && shown.output.contains("OVERVIEW"), "\(words)")
        }
        let page = try String(
            contentsOf: Program.package.appending(path: "docs/commands.md"), encoding: .utf8)
        for (words, _) in leaves where words[1] != "bench" {
            let name = words.dropFirst().joined(separator: " ")
            let isThere = page.contains("`\(name)") || page.contains("`\(words[words.count - 1])`")
            #expect(isThere, "docs/commands.md lacks '\(name)'")
        }
        let names = Set(leaves.map { $0.words.dropFirst().joined(separator: " ") })
        for (noun, verbs) in [
            ("coordinator", "start info stop wait"),
            ("worker", "start list info drain quarantine release probe"),
            (
                "sweep",
                "list info status summary pause resume stop cancel retry priority wait verify extend"
            ),
            ("trial", "list info explain run export data"),
            ("bench", "dispatch sim matrix normal diffusion peak"),
        ] {
            for verb in verbs.split(separator: " ") {
                #expect(names.contains("\(noun) \(verb)"))
            }
        }
        for name in ["run", "plan", "submit", "top", "table", "figure", "export", "reproduce"] {
            #expect(names.contains(name))
        }
    }

    private func objects(_ output: String) throws -> [[String: Any]] {
        try output.split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return try #require(object as? [String: Any])
        }
    }

    @Test("that reads prints JSON with a schema, ends with 1 where it finds nothing, and says why")
    func reading() throws {
        let store = Folder()
        let quickstart = Program.sweep("quickstart.yaml")
        let fast = ["train.epochs=2", "seeds.count=1"]
        let run = try Program.start(
            ["run", quickstart, "--workers", "1", "--json"] + fast, store: store
        ).wait()
        #expect(try objects(run.output).first?["schema"] as? Int == 1, "\(run.error)")
        for arguments in [
            ["plan", quickstart] + fast, ["plan", "--keys", "sim"],
            ["sweep", "list"], ["sweep", "info"], ["sweep", "summary", "--since", "1h"],
            ["sweep", "status"], ["sweep", "wait"], ["sweep", "verify"],
            ["trial", "list"], ["trial", "info", "last/1-2"], ["trial", "explain", "last/1-2"],
            ["trial", "run", "last/1"], ["table", "last"], ["top"], ["worker", "list"],
            ["worker", "info", "all"], ["sweep", "status", "all"], ["sweep", "info", "1-9"],
            ["trial", "list", "all/1"], ["table", "all"],
            ["export", "last", "rows", "--out", store.path + "/rows.csv"],
            ["figure", "last", "--out", store.path + "/figure"],
        ] {
            let ended = try Program.start(arguments + ["--json"], store: store).wait()
            #expect(ended.status == 0, "\(arguments): \(ended.error)")
            let found = try objects(ended.output)
            #expect(!found.isEmpty && found.allSatisfy { $0["schema"] as? Int == 1 })
        }
        for arguments in [
            ["sweep", "status", "none"], ["sweep", "info", "none"], ["sweep", "wait", "none"],
            ["sweep", "verify", "none"],
            ["trial", "list", "none"], ["trial", "info", "none/1"], ["trial", "explain", "none/1"],
            ["trial", "run", "none/1"], ["table", "none"], ["top", "none"],
            ["worker", "info", "none"],
        ] {
            let ended = try Program.start(arguments, store: store).wait()
            #expect(ended.status == 1, "\(arguments): \(ended.error)")
            #expect(ended.error.contains("none") && ended.output.isEmpty, "\(ended.error)")
        }
        try noCoordinator(store)
        let none = Folder()
        let missing = try Program.run("coordinator", "info", "--store", none.path + "/none")
        #expect(missing.status == 69 && missing.error.contains("no store"), "\(missing.error)")
    }

    /// Every command that steers ends with 69, at once.
    private func noCoordinator(_ store: Folder) throws {
        for arguments in [
            ["coordinator", "info"], ["coordinator", "stop"],
            ["submit", Program.sweep("quickstart.yaml")],
            ["sweep", "pause", "last"], ["sweep", "resume", "last"], ["sweep", "stop", "last"],
            ["sweep", "cancel", "last"], ["sweep", "retry", "last"],
            ["sweep", "priority", "last", "-5"],
            ["sweep", "extend", "last", Program.sweep("quickstart.yaml")],
            ["worker", "drain", "all"], ["worker", "quarantine", "all"],
            ["worker", "release", "all"],
        ] {
            let ended = try Program.start(arguments, store: store).wait()
            #expect(ended.status == 69, "\(arguments): \(ended.error)")
            #expect(ended.error.contains("no coordinator serves"), "\(ended.error)")
        }
    }
}
