import Foundation
import Testing

/// The promises of the README, on the quickstart's sweep, with real processes and real kills.
@Suite("The quickstart's sweep", .serialized)
struct QuickstartTests {
    /// Digests by trial, as `release-digests` checks them against a release build too.
    private static let recorded = Program.package
        .appending(path: "Tests/EndToEndTests/quickstart-digests.txt")

    private func run(
        store: Folder, _ options: String..., environment: [String: String] = [:]
    ) throws -> RunningProgram {
        try Program.start(
            ["run", Program.sweep("quickstart.yaml")] + options, store: store,
            environment: environment)
    }

    private func table(_ store: Folder) throws -> String {
        let ended = try Program.run("table", "quickstart", "--json", store: store)
        #expect(ended.status == 0, "\(ended.error)")
        return ended.output
    }

    /// The same bits, the same table, nothing missing.
    private func expectRecorded(_ store: Folder) throws {
        let expected = try String(contentsOf: Self.recorded, encoding: .utf8)
        #expect(try store.digests(of: "quickstart") == expected)
        let verify = try Program.run("sweep", "verify", "quickstart", "--json", store: store)
        #expect(verify.status == 0, "\(verify.output)\(verify.error)")
        let reference = Program.package
            .appending(path: "Tests/EndToEndTests/quickstart-table.json")
        #expect(try table(store) == String(contentsOf: reference, encoding: .utf8))
    }

    /// 0 before there is a sweep.
    private func finished(_ store: Folder) throws -> Int {
        let status = try Program.run("sweep", "status", "quickstart", "--json", store: store)
        guard status.status == 0 else { return 0 }
        return try Status(status.output).counts["finished"] ?? 0
    }

    @Test("gives the recorded bits with two workers")
    func twoWorkers() throws {
        let store = Folder()
        let ended = try run(store: store, "--workers", "2").wait()
        #expect(ended.status == 0, "\(ended.error)")
        #expect(ended.output.contains("T_1"))
        try expectRecorded(store)
    }

    @Test("gives the same bits with one worker, two threads a trial and the AVX2 kernels")
    func oneWorkerTwoThreads() throws {
        let store = Folder()
        let ended = try run(
            store: store, "--workers", "1", "--threads", "2",
            environment: ["SWINGBY_KERNELS": "v3"]
        ).wait()
        #expect(ended.status == 0, "\(ended.error)")
        try expectRecorded(store)
    }

    @Test("gives the same bits after a worker is killed in the middle")
    func workerKilled() throws {
        let store = Folder()
        let running = try run(store: store, "--workers", "2")
        try eventually("a few trials are finished") { try finished(store) >= 5 }
        let worker = try #require(running.children.first)
        let name = try String(contentsOfFile: "/proc/\(worker)/comm", encoding: .utf8)
        #expect(name == "swingby\n")
        kill(worker, SIGKILL)
        let ended = running.wait()
        #expect(ended.status == 0, "\(ended.error)")
        try expectRecorded(store)
    }

    @Test("loses and repeats no finished trial when the coordinator is killed and started again")
    func coordinatorKilled() throws {
        let store = Folder()
        let running = try run(store: store, "--workers", "2")
        try eventually("a few trials are finished") { try finished(store) >= 8 }
        running.send(SIGKILL)
        running.wait()
        let before = try finished(store)
        let ended = try run(store: store, "--workers", "2").wait()
        #expect(ended.status == 0, "\(ended.error)")
        try expectRecorded(store)
        let json = try Program.run("sweep", "status", "quickstart", "--json", store: store).output
        let status = try Status(json)
        #expect(before >= 8)
        #expect(status.duplicates == 0)
        // Two slots and a prefetched trial each may have begun for nothing.
        #expect(status.attempts <= status.planned + 4)
    }

    @Test("hands back on Ctrl-C, says how to go on, and goes on")
    func interrupted() throws {
        let store = Folder()
        let running = try run(store: store, "--workers", "2")
        try eventually("a few trials are finished") { try finished(store) >= 3 }
        running.send(SIGINT)
        let stopped = running.wait()
        #expect(stopped.status == 130)
        #expect(stopped.error.contains("swingby run"), "\(stopped.error)")
        let status = try Status(
            Program.run("sweep", "status", "quickstart", "--json", store: store).output)
        #expect(status.counts["leased"] == 0 && status.counts["running"] == 0)
        #expect(try run(store: store, "--workers", "2").wait().status == 0)
        try expectRecorded(store)
    }

    @Test("computes a trial here with the digest that the store has")
    func trialRun() throws {
        let store = Folder()
        #expect(try run(store: store, "--workers", "2", "seeds.count=1").wait().status == 0)
        let stored = try Program.run("trial", "info", "quickstart/3", "--json", store: store)
        let here = try Program.run("trial", "run", "quickstart/3", "--json", store: store)
        let digests = try [stored, here].map {
            try JSONDecoder().decode(TrialObject.self, from: Data($0.output.utf8)).digest
        }
        #expect(digests[0] == digests[1])
        let verify = try Program.run(
            "sweep", "verify", "quickstart", "--all", "--json", store: store)
        #expect(verify.status == 0, "\(verify.output)\(verify.error)")
    }
}

struct TrialObject: Decodable {
    let trial: Int
    let digest: String?
    let outcome: String?
}

/// `sweep status --json`.
struct Status: Decodable {
    let schema: Int
    let name: String
    let state: String
    let planned: Int
    let counts: [String: Int]
    let attempts: Int
    let duplicates: Int
    let digestMismatches: Int
    let workers: Int

    init(_ json: String) throws {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        self = try decoder.decode(Status.self, from: Data(json.utf8))
        #expect(counts.values.reduce(0, +) == planned)
    }
}
