import Foundation
import Testing

/// A sweep that gets a larger plan.
@Suite("An extended sweep", .serialized)
struct ExtensionTests {
    private static let small = """
        name: small
        parameters:
          task.dimension: {value: 4}
          task.samples: {value: 100}
          train.epochs: {value: 3}
          task.signal: {values: [[1, 2], [2, 2]]}
        seeds: {count: 3, root: 7}
        """

    /// Digests by cell and seed, which stay when trials are counted anew.
    private func digests(_ store: Folder) throws -> [String: String] {
        let trials = try Program.run("trial", "info", "small", "--json", store: store)
        var digests: [String: String] = [:]
        for line in trials.output.split(separator: "\n") {
            let trial = try #require(
                JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let identity = try #require(trial["identity"] as? String)
            digests[identity] = trial["digest"] as? String
        }
        return digests
    }

    @Test("runs only what is new, through a coordinator that is killed meanwhile")
    func killedCoordinator() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        let first = try Program.run("run", file, "--workers", "1", "--json", store: store)
        try #require(first.status == 0, "\(first.error)")
        let before = try digests(store)
        #expect(before.count == 6)

        let refused = try Program.run("run", file, "seeds.count=300", store: store)
        #expect(refused.status == 1 && refused.error.contains("--extend"), "\(refused.error)")
        #expect(!refused.error.contains("sockets"), "\(refused.error)")

        func startCoordinator() throws -> RunningProgram {
            let coordinator = try Program.start(["coordinator", "start"], store: store)
            try eventually("the coordinator says how to start a worker") {
                coordinator.output.contains("worker start") || !coordinator.isRunning
            }
            return coordinator
        }
        var coordinator = try startCoordinator()
        let larger = ["small", file, "seeds.count=300"]
        let interrupted = try Program.start(["sweep", "extend"] + larger, store: store)
        usleep(UInt32.random(in: 0...60_000))
        coordinator.send(SIGKILL)
        coordinator.wait()
        #expect([0, 69].contains(interrupted.wait().status), "\(interrupted.error)")
        // The old plan or the new one, nothing between.
        let found = try Program.run("sweep", "verify", "small", "--json", store: store)
        let isExtended = found.output.contains("\"planned\":600")
        #expect(isExtended || found.output.contains("\"planned\":6,"), "\(found.output)")
        #expect(found.output.contains("\"extra\":0"), "\(found.output)")
        #expect(found.status == (isExtended ? 1 : 0), "missing trials are still to come")

        coordinator = try startCoordinator()
        let worker = try Program.start(["worker", "start", "--slots", "2"], store: store)
        let extended = try Program.start(
            ["sweep", "extend"] + larger + ["--wait", "--json"], store: store
        ).wait()
        #expect(extended.status == 0, "\(extended.error)")
        #expect(extended.output.contains("\"planned\":600"), "\(extended.output)")
        let status = try Program.run("sweep", "status", "small", "--json", store: store)
        #expect(status.output.contains("\"attempts\":600,"), "nothing is run twice")
        let verified = try Program.run("sweep", "verify", "small", "--sample", "2%", store: store)
        #expect(verified.status == 0, "\(verified.output)")
        let after = try digests(store)
        #expect(after.count == 600)
        for (identity, digest) in before { #expect(after[identity] == digest) }
        worker.send(SIGTERM)
        worker.wait()
        coordinator.send(SIGTERM)
        coordinator.wait()
    }

    @Test("is asked for by name, keeps its name, and loses no trial")
    func refusals() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        let run = ["run", file, "--workers", "1"]
        #expect(try Program.start(run + ["seeds.count=1"], store: store).wait().status == 0)
        let other = try Program.start(run, store: store).wait()
        #expect(other.status == 1)
        #expect(other.error.contains("swingby run FILE --extend"), "\(other.error)")
        let more = try Program.start(run + ["--extend", "--json"], store: store).wait()
        #expect(more.status == 0 && more.output.contains("\"finished\":6"), "\(more.error)")
        let less = try Program.start(run + ["seeds.count=2", "--extend"], store: store).wait()
        #expect(less.status == 1 && less.error.contains("lacks 2 of the 6"), "\(less.error)")

        let coordinator = try Program.start(["coordinator", "start"], store: store)
        try eventually("the coordinator listens") { coordinator.output.contains("worker start") }
        let renamed = try store.write(
            Self.small.replacing("name: small", with: "name: large"), to: "large.yaml")
        let wrong = try Program.run("sweep", "extend", "small", renamed, store: store)
        #expect(wrong.status == 1 && wrong.error.contains("name: small"), "\(wrong.error)")
        let unknown = try Program.run("sweep", "extend", "smal", file, store: store)
        #expect(unknown.status == 1 && unknown.error.contains("no sweep 'smal'"))
        let text = try Program.run("sweep", "info", "1", store: store)
        #expect(text.output.contains("2, 3 seeds each"), "\(text.output)")
        let paused = try Program.run("sweep", "pause", "small", "--json", store: store)
        #expect(paused.output == "{\"schema\":1,\"name\":\"small\",\"trials\":0}\n")
        coordinator.send(SIGTERM)
        coordinator.wait()
    }
}
