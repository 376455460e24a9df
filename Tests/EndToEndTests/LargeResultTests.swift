import Foundation
import Testing

@Suite("Results that are too large for a message", .serialized)
struct LargeResultTests {
    /// Two trials of some 3 MB each.
    private static func text(steps: Int) -> String {
        """
        name: large
        parameters:
          task.dimension: {value: 2}
          task.samples: {value: 20}
          model.layers: {value: 1}
          train.batch_size: {value: full}
          train.learning_rate: {value: 0.0001}
          train.steps: {value: \(steps)}
        seeds: {count: 2}
        log: {every: \(steps / 100_000)}
        tables:
          main:
            rows: [task.dimension]
            cells: [{metric: "ood_loss:last", label: last}]
        """
    }

    @Test("are tabled, exported and verified as any other, and leave no file behind")
    func asAnyOther() throws {
        let store = Folder()
        let file = try store.write(Self.text(steps: 100_000), to: "large.yaml")
        let ran = try Program.run("run", file, "--workers", "2", store: store)
        #expect(ran.status == 0, "\(ran.error)")
        let verified = try Program.run("sweep", "verify", "large", "--all", store: store)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        let table = try Program.run("table", "large", store: store)
        #expect(table.status == 0 && table.output.contains("last"), "\(table.output)")
        let metrics = store.path + "/metrics.csv"
        let exported = try Program.run("export", "large", "metrics", "--out", metrics, store: store)
        #expect(exported.status == 0, "\(exported.error)")
        let lines = try String(contentsOfFile: metrics, encoding: .utf8).utf8
            .count { $0 == UInt8(ascii: "\n") }
        #expect(lines > 2 * 4 * 100_001)
        #expect(try FileManager.default.contentsOfDirectory(atPath: store.path + "/brought") == [])
    }

    @Test("outlive the coordinator and the worker that are killed before they are handed in")
    func killed() throws {
        let store = Folder()
        let file = try store.write(Self.text(steps: 2_000_000), to: "large.yaml")
        let coordinator = try Program.start(["coordinator", "start"], store: store)
        let spool = store.path + "/spool"
        try eventually("the coordinator says how to start a worker") {
            coordinator.output.contains("worker start")
        }
        let worker = try Program.start(["worker", "start", "--spool", spool], store: store)
        let submitted = try Program.run("submit", file, "seeds.count=1", store: store)
        #expect(submitted.status == 0, "\(submitted.error)")
        try eventually("the trial runs") {
            try Program.run("sweep", "status", "--json", store: store).output
                .contains("\"running\":1")
        }
        coordinator.send(SIGKILL)
        coordinator.wait()
        try eventually("the result is in the spool") {
            (FileManager.default.enumerator(atPath: spool)?.allObjects ?? []).contains {
                "\($0)".hasSuffix(".result")
            }
        }
        worker.send(SIGKILL)
        worker.wait()
        let again = try Program.start(["coordinator", "start"], store: store)
        let heir = try Program.start(["worker", "start", "--spool", spool], store: store)
        let waited = try Program.run("sweep", "wait", "large", store: store)
        #expect(waited.status == 0, "\(waited.error)\(heir.error)")
        let status = try Program.run("sweep", "status", "large", "--json", store: store)
        #expect(status.output.contains("\"attempts\":1"), "\(status.output)")
        let verified = try Program.run("sweep", "verify", "large", "--all", store: store)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(again.isRunning && heir.isRunning)
    }
}
