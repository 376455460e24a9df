import Foundation
import Testing

@Suite("A trial whose state is kept", .serialized)
struct CheckpointTests {
    /// Some seconds, of which a tenth is lost when it is interrupted.
    private static let text = """
        name: kept
        kind: diffusion
        parameters:
          tier: {value: T0}
          train.steps: {value: 400}
          train.schedule: {value: learned}
          sample.checkpoints: {value: 3}
        run: {checkpoint: 200ms, threads: 2}
        log: {every: 50}
        """

    private func startCoordinator(_ store: Folder) throws -> RunningProgram {
        let coordinator = try Program.start(["coordinator", "start"], store: store)
        try eventually("the coordinator says how to start a worker") {
            coordinator.output.contains("worker start")
        }
        return coordinator
    }

    private func startWorker(_ store: Folder, _ name: String) throws -> RunningProgram {
        try Program.start(["worker", "start", "--spool", "\(store.path)/\(name)"], store: store)
    }

    /// The step after which the coordinator has the state.
    private func keptStep(_ store: Folder) throws -> Int {
        let said = try Program.run("trial", "explain", "kept/1", "--json", store: store).output
        let step = said.firstMatch(of: #/"checkpoint":\{"step":(\d+)/#)?.1
        return step.flatMap { Int($0) } ?? 0
    }

    @Test("goes on elsewhere with the same bits, though worker and coordinator are killed")
    func killed() throws {
        let store = Folder()
        let file = try store.write(Self.text, to: "kept.yaml")
        var coordinator = try startCoordinator(store)
        var worker = try startWorker(store, "first")
        let submitted = try Program.run("submit", file, store: store)
        #expect(submitted.status == 0 && !submitted.error.contains("no effect"))
        try eventually("the coordinator has a state") { try keptStep(store) > 40 }
        worker.send(SIGKILL)
        worker.wait()
        let first = try keptStep(store)
        let explained = try Program.run("trial", "explain", "kept/1", store: store)
        #expect(explained.output.contains("another attempt goes on from there"))

        worker = try startWorker(store, "second")
        try eventually("the second worker goes on") { try keptStep(store) > first }
        #expect(worker.error.contains("the trial goes on"), "\(worker.error)")
        coordinator.send(SIGKILL)
        coordinator.wait()
        worker.send(SIGKILL)
        worker.wait()
        let second = try keptStep(store)
        coordinator = try startCoordinator(store)
        // It has what the coordinator may not have heard of.
        worker = try startWorker(store, "second")
        let waited = try Program.run("sweep", "wait", "kept", store: store)
        #expect(waited.status == 0, "\(waited.error)\(worker.error)")
        let gone = worker.error.firstMatch(of: #/step=(\d+)/#)?.1
        #expect(gone.flatMap { Int($0) } ?? 0 >= second, "\(worker.error)")

        // Trained again from the start, without a state, on one thread.
        let verified = try Program.run("sweep", "verify", "kept", "--all", store: store)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        let list = try Program.run("trial", "explain", "kept/1", "--json", store: store).output
        #expect(list.contains("\"attempt\":3") && list.contains("\"checkpoint\":null"), "\(list)")
        let files = FileManager.default
        #expect(try files.contentsOfDirectory(atPath: store.path + "/brought") == [])
        let spool = files.enumerator(atPath: store.path + "/second")?.allObjects ?? []
        #expect(!spool.contains { "\($0)".hasSuffix(".checkpoint") }, "\(spool)")
        #expect(coordinator.isRunning)
    }

    @Test("begins anew from a state that is damaged, with the same bits and a warning")
    func damaged() throws {
        let store = Folder()
        let file = try store.write(
            Self.text.replacing("400", with: "150"), to: "kept.yaml")
        let coordinator = try startCoordinator(store)
        var worker = try startWorker(store, "first")
        #expect(try Program.run("submit", file, store: store).status == 0)
        try eventually("the coordinator has a state") { try keptStep(store) > 20 }
        worker.send(SIGKILL)
        worker.wait()
        let folder = store.path + "/brought"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let handle = try #require(FileHandle(forUpdatingAtPath: "\(folder)/\(name)"))
            try handle.truncate(atOffset: 1000)
        }
        // Its own state is gone too. Since it comes back without the trial, it gets it again at once.
        let spool = store.path + "/first"
        for name in try FileManager.default.subpathsOfDirectory(atPath: spool)
        where name.hasSuffix(".checkpoint") {
            try FileManager.default.removeItem(atPath: "\(spool)/\(name)")
        }
        worker = try startWorker(store, "first")
        #expect(try Program.run("sweep", "wait", "kept", store: store).status == 0)
        #expect(worker.error.contains("begins anew"), "\(worker.error)")
        let verified = try Program.run("sweep", "verify", "kept", "--all", store: store)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(coordinator.isRunning)
    }
}
