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
        #expect(first.output.contains("time_limit: ran longer than 1s"), "\(first.output)")
        let status = try Program.run("sweep", "status", "endless", "--json", store: store)
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
        #expect(coordinator.isRunning && worker.isRunning)
    }

    @Test("name a program to be told that is none")
    func noProgram() throws {
        let ended = try Program.run(
            "coordinator", "start", "--notify", "/no/such/program", store: Folder())
        #expect(ended.status == 2)
        #expect(ended.error.contains("no program that can be run"), "\(ended.error)")
    }
}
