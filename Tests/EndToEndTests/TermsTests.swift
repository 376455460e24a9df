import Foundation
import Testing

/// What `run:` and `notify:` ask of a coordinator, seen from outside.
@Suite("A sweep's terms")
struct TermsTests {
    /// Five trials that nobody could wait for.
    private static let endless = """
        name: endless
        parameters:
          task.dimension: {value: 4}
          task.samples: {value: 100}
          train.steps: {value: 100000000}
        seeds: {count: 5}
        log: {points: 10}
        run: {time_limit: 1s, max_fails: 0, order: seeds_outer}
        notify: {on: [finished, "failed > 0"]}
        """

    @Test("stop a trial at its time limit, then the sweep, and have a program told of both")
    func timeLimit() throws {
        let store = Folder()
        let told = store.path + "/told"
        // It hangs on to nothing: the second event comes though the first one's program fails.
        let program = try store.write(
            "#!/bin/sh\n(echo \"$SWINGBY_EVENT\"; cat) >> \(told)\nexit 3\n", to: "tell")
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        let coordinator = try Program.start(
            ["coordinator", "start", "--notify", program], store: store)
        try eventually("the coordinator serves") { coordinator.output.contains("worker start") }
        let worker = try Program.start(["worker", "start"], store: store)
        let file = try store.write(Self.endless, to: "endless.yaml")
        let submitted = try Program.run("submit", file, "--wait", store: store)
        #expect(submitted.status == 3 || submitted.status == 4, "\(submitted.error)")
        let first = try Program.run("trial", "info", "endless/1", store: store)
        #expect(first.output.contains("ran longer than its time limit, 1s"), "\(first.output)")
        let list = try Program.run("trial", "list", "endless/1", "--json", store: store)
        #expect(list.output.contains("\"reason\":\"time_limit\""), "\(list.output)")
        let status = try Program.run("sweep", "status", "endless", "--json", store: store)
        #expect(!status.output.contains("\"time_limit\":0"), "\(status.output)")
        #expect(status.output.contains("\"finished\":0"), "\(status.output)")
        #expect(!status.output.contains("\"cancelled\":0"), "\(status.output)")
        #expect(coordinator.error.contains("too many trials failed"), "\(coordinator.error)")
        try eventually("both events are told") {
            let text = store.text("told")
            return text.contains("finished\n{") && text.contains("failed\n{")
        }
        #expect(store.text("told").contains("\"rule\":\"failed > 0\",\"sweep\":\"endless\""))
        try eventually("that it failed is said") {
            coordinator.error.contains("notify program failed")
        }
        let none = try Program.run("sweep", "retry", "endless", "--failed", store: store)
        #expect(none.output.contains("endless: 0 trials wait again"), "\(none.output)")
        let pause = try Program.run("worker", "quarantine", "all", store: store)
        #expect(pause.status == 0, "\(pause.error)")
        let retried = try Program.run("sweep", "retry", "endless", "--time-limit", store: store)
        #expect(retried.output.firstMatch(of: #/endless: [1-5] trials wait again/#) != nil)
        #expect(coordinator.isRunning && worker.isRunning)
    }

    @Test("lease the first seed of every cell before the second where they ask for it")
    func order() throws {
        let store = Folder()
        let file = try store.write(smallSweep, to: "small.yaml")
        let run = try Program.run(
            "run", file, "run.order=seeds_outer", "--workers", "1", store: store)
        #expect(run.status == 0, "\(run.error)")
        #expect(try leases(in: store) == [1, 4, 2, 5, 3, 6].map { "small/\($0)" })
    }

    @Test("keep a trial that needs more memory than a worker has, and let others by")
    func memory() throws {
        let store = Folder()
        let coordinator = try startCoordinator(store)
        let worker = try Program.start(["worker", "start"], store: store)
        let large = try store.write(
            smallSweep + "\nrun: {memory: 1000TiB, priority: 9}\n", to: "large.yaml")
        #expect(try Program.run("submit", large, store: store).status == 0)
        let small = try store.write(
            smallSweep.replacing("name: small", with: "name: other").replacing("7", with: "8"),
            to: "other.yaml")
        let other = try Program.run("submit", small, "--wait", store: store)
        #expect(other.status == 0, "\(other.error)")
        var status = try Status(
            Program.run("sweep", "status", "small", "--json", store: store).output)
        #expect(status.counts["waiting"] == 6)
        try eventually("it is said what is missing") {
            coordinator.error.contains("no connected worker has the memory")
        }
        // Submitted with what there is, it goes on.
        let again = try Program.run("submit", large, "run.memory=1MiB", "--wait", store: store)
        #expect(again.status == 0, "\(again.error)")
        status = try Status(Program.run("sweep", "status", "small", "--json", store: store).output)
        #expect(status.counts["finished"] == 6)
        #expect(worker.isRunning && coordinator.isRunning)
    }

    @Test("name a program to be told that is none")
    func noProgram() throws {
        let ended = try Program.run(
            "coordinator", "start", "--notify", "/no/such/program", store: Folder())
        #expect(ended.status == 2)
        #expect(ended.error.contains("no program that can be run"), "\(ended.error)")
    }
}
