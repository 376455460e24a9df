import Foundation
import Testing

/// A coordinator and workers as separate programs, and what each does when something is wrong.
@Suite("Coordinator and workers as separate programs", .serialized)
struct ClusterTests {
    /// A small sweep: two cells, three seeds, a few milliseconds each.
    private static let small = """
        name: small
        parameters:
          task.dimension: {value: 4}
          task.samples: {value: 100}
          train.epochs: {value: 3}
          task.signal: {values: [[1, 2], [2, 2]]}
        seeds: {count: 3, root: 7}
        """

    private func startCoordinator(
        _ store: Folder, _ options: String...
    ) throws -> RunningProgram {
        let coordinator = try Program.start(
            ["coordinator", "start"] + options, store: store)
        try eventually("the coordinator says how to start a worker") {
            coordinator.output.contains("worker start") || !coordinator.isRunning
        }
        return coordinator
    }

    @Test("run a submitted sweep, survive the coordinator's restart, and stop")
    func wholeLife() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        var coordinator = try startCoordinator(store)
        let worker = try Program.start(["worker", "start", "--slots", "2"], store: store)
        let submitted = try Program.run("submit", file, "--wait", "--json", store: store)
        #expect(submitted.status == 0, "\(submitted.error)")
        let info = try Program.run("coordinator", "info", "--json", store: store)
        #expect(info.output.contains("\"workers\":1"), "\(info.output)")
        #expect(info.output.contains("\"epoch\":1"), "\(info.output)")

        #expect(try Program.run("coordinator", "stop", store: store).status == 0)
        #expect(coordinator.wait().status == 0)
        #expect(worker.isRunning)
        coordinator = try startCoordinator(store)
        let more = try Program.run(
            "submit", file, "name=more", "seeds.count=5", "--wait", store: store)
        #expect(more.status == 2, "an override of the name is none of a key")
        let second = try store.write(
            Self.small.replacing("name: small", with: "name: more").replacing(
                "count: 3", with: "count: 5"), to: "more.yaml")
        let again = try Program.run("submit", second, "--wait", store: store)
        #expect(again.status == 0, "\(again.error)")
        // Three seeds of each cell are the first sweep's trials: shared, not run again.
        #expect(again.output.contains("10 trials, 6 known"), "\(again.output)")
        let workers = try Program.run("worker", "list", "--json", store: store)
        #expect(workers.output.contains("\"state\":\"connected\""), "\(workers.output)")

        worker.send(SIGTERM)
        #expect(worker.wait().status == 143)
        coordinator.send(SIGINT)
        #expect(coordinator.wait().status == 130)
        for name in ["small", "more"] {
            #expect(try Program.run("sweep", "verify", name, store: store).status == 0)
        }
        let list = try Program.run("sweep", "list", store: store)
        #expect(list.output.contains("small") && list.output.contains("more"))
    }

    @Test("lose nothing of 4,000 short trials when the coordinator is killed amid them")
    func killedAmidShortTrials() throws {
        let store = Folder()
        let bench = try Program.run(
            "bench", "dispatch", "--trials", "4000", "--sleep", "0.2", "--kill", "--json",
            "--store", store.path + "/bench")
        #expect(bench.status == 0, "\(bench.error)")
        #expect(bench.output.contains("\"verified\":true"), "\(bench.output)")
        let verified = try Program.run("sweep", "verify", "many", "--store", store.path + "/bench")
        #expect(verified.output.contains("4000 rows of 4000 planned"), "\(verified.output)")
    }

    @Test("keep no short trial waiting behind one that takes long")
    func unevenTrials() throws {
        let store = Folder()
        // Trial 300 of 600 sleeps, the others do nothing.
        let rows = (0..<600).map { "\($0),\($0 == 299 ? 6 : 0)" }
        _ = try store.write("index,sleep\n" + rows.joined(separator: "\n") + "\n", to: "rows.csv")
        let file = try store.write(
            "name: uneven\nkind: noop\nmethod: list\nrows: rows.csv\n", to: "uneven.yaml")
        let running = try Program.start(["run", file, "--workers", "2"], store: store)
        try eventually("all but the long one are over") {
            let said = try Program.run("sweep", "status", "uneven", "--json", store: store).output
            guard let status = try? Status(said) else { return false }  // not submitted yet
            #expect(status.counts["finished"] != 600, "the long one ended before a short one")
            return status.counts["finished"] == 599 || !running.isRunning
        }
        let ended = running.wait()
        #expect(ended.status == 0, "\(ended.error)")
        #expect(try Program.run("sweep", "verify", "uneven", store: store).status == 0)
    }

    @Test("of a benchmark that is interrupted nothing is left")
    func interruptedBenchmark() throws {
        let store = Folder()
        let temporary = Folder()
        let bench = try Program.start(
            ["bench", "dispatch", "--trials", "2000", "--sleep", "100"], store: store,
            environment: ["TMPDIR": temporary.path])
        let access = { FileManager.default.enumerator(atPath: temporary.path)?.allObjects ?? [] }
        try eventually("the benchmark's workers are there") {
            access().contains { "\($0)".hasSuffix("worker-2.log") }
        }
        let children = bench.children
        #expect(children.count == 3)
        bench.send(SIGINT)
        #expect(bench.wait().status == 130)
        #expect(children.allSatisfy { kill($0, 0) != 0 })
        #expect(access().isEmpty, "\(access())")
    }

    @Test("refuse a second coordinator on the same store, naming the first")
    func secondCoordinator() throws {
        let store = Folder()
        let first = try startCoordinator(store)
        let second = try Program.run("coordinator", "start", store: store)
        #expect(second.status == 1)
        #expect(second.error.contains("\(first.id)"), "\(second.error)")
        // The first one serves on.
        #expect(try Program.run("coordinator", "info", store: store).status == 0)
        let run = try Program.run("run", Program.sweep("quickstart.yaml"), store: store)
        #expect(run.status == 1)
    }

    @Test("name a port that is in use")
    func portInUse() throws {
        let store = Folder()
        let other = Folder()
        let first = try startCoordinator(store)
        let address = try #require(first.output.firstMatch(of: #/tcp:\/\/127\.0\.0\.1:\d+/#)?.0)
        let second = try Program.run(
            "coordinator", "start", "--listen", String(address), store: other)
        #expect(second.status == 1)
        #expect(second.error.contains("in use"), "\(second.error)")
    }

    @Test("refuse a key that the coordinator does not know, with status 77")
    func wrongKey() throws {
        let store = Folder()
        let other = Folder()
        let first = try startCoordinator(store)
        let stranger = try startCoordinator(other)
        // The stranger's keys with the first one's address and public key.
        let ours = try String(contentsOfFile: store.path + "/access", encoding: .utf8)
        let theirs = try String(contentsOfFile: other.path + "/access", encoding: .utf8)
        let mixed = ours.split(separator: "\n").map { line -> Substring in
            guard line.contains("worker-") || line.contains("submitter-") else { return line }
            let key = line.prefix { $0 != ":" }
            return theirs.split(separator: "\n").first { $0.hasPrefix(key) } ?? line
        }
        let access = try store.write(mixed.joined(separator: "\n") + "\n", to: "mixed")
        chmod(access, 0o600)
        let info = try Program.run("coordinator", "info", "--access", access, store: store)
        #expect(info.status == 77, "\(info.error)")
        let worker = try Program.run("worker", "start", "--access", access, store: store)
        #expect(worker.status == 77, "\(worker.error)")
        #expect(first.isRunning && stranger.isRunning)
    }

    @Test("refuse keys that others may read, and say how to mend it")
    func exposedKey() throws {
        let store = Folder()
        let coordinator = try startCoordinator(store)
        chmod(store.path + "/access", 0o644)
        let worker = try Program.run("worker", "start", store: store)
        #expect(worker.status == 1)
        #expect(worker.error.contains("chmod 600"), "\(worker.error)")
        #expect(coordinator.isRunning)
    }

    @Test("say with status 69 that no coordinator answers")
    func unreachable() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        let coordinator = try startCoordinator(store)
        coordinator.send(SIGKILL)
        coordinator.wait()
        let submitted = try Program.run("submit", file, store: store)
        #expect(submitted.status == 69, "\(submitted.error)")
        let worker = try Program.run(
            "worker", "start", "--give-up-after", "1s", store: store)
        #expect(worker.status == 69, "\(worker.error)")
    }

    @Test("go on serving after garbage and a client without keys")
    func garbage() throws {
        let store = Folder()
        let coordinator = try startCoordinator(store)
        let match = try #require(coordinator.output.firstMatch(of: #/127\.0\.0\.1:(\d+)/#))
        let port = try #require(UInt16(match.1))
        for bytes in [[UInt8](repeating: 0xFF, count: 4096), Array("GET / HTTP/1.1\r\n\r\n".utf8)] {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            #expect(connected == 0)
            #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        }
        let info = try Program.run("coordinator", "info", store: store)
        #expect(info.status == 0, "\(info.error)")
    }

    @Test("refuse a store that a newer program wrote")
    func newerStore() throws {
        let store = Folder()
        let coordinator = try startCoordinator(store)
        coordinator.send(SIGTERM)
        coordinator.wait()
        let python =
            "import sqlite3; sqlite3.connect('\(store.path)/store.sqlite')"
            + ".execute('PRAGMA user_version = 99')"
        let process = try Process.run(
            URL(filePath: "/usr/bin/env"), arguments: ["python3", "-c", python])
        process.waitUntilExit()
        for arguments in [["coordinator", "start"], ["sweep", "list"]] {
            let ended = try Program.start(arguments, store: store).wait()
            #expect(ended.status == 1)
            #expect(ended.error.contains("99"), "\(ended.error)")
        }
    }

    @Test("keep counting a diverged trial as a result")
    func diverged() throws {
        let store = Folder()
        let file = try store.write(
            Self.small + "\n", to: "small.yaml")
        let ended = try Program.run(
            "run", file, "train.learning_rate=10", "train.epochs=200", "--json", store: store)
        #expect(ended.status == 0, "\(ended.error)")
        let status = try Status(ended.output)
        #expect(status.counts["diverged"] == 6)
        let table = try Program.run("table", "small", store: store)
        #expect(table.output.contains("diverged"), "\(table.output)")
    }

    @Test("set a trial aside that brings down its workers, and name the signal")
    func crashing() throws {
        let store = Folder()
        let file = try store.write(
            Self.small.replacing("epochs: {value: 3}", with: "steps: {value: 100000000}")
                + "\nlog: {every: 1000000}\nrun: {retry: {crash: 1}}\n", to: "small.yaml")
        let running = try Program.start(
            [
                "run", file, "--workers", "1", "task.signal=[1,2]", "seeds.count=1",
                "task.samples=20000",
            ], store: store)
        for attempt in 1...2 {
            try eventually("attempt \(attempt) trains") {
                let info = try Program.run("trial", "info", "small/1", "--json", store: store)
                return !running.isRunning
                    || info.output.contains("\"attempt\":\(attempt)")
                        && info.output.contains("\"progress\"")
            }
            kill(try #require(running.children.first), SIGSEGV)
        }
        let ended = running.wait()
        #expect(ended.status == 3, "\(ended.error)")
        let failed = try Program.run("trial", "list", "small", "--state", "failed", store: store)
        #expect(failed.output.contains("SIGSEGV"), "\(failed.output)")
    }

    @Test("start detached, say where, end when idle, and tell who waits that nobody serves")
    func detached() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        let started = try Program.run(
            "coordinator", "start", "--detach", "--idle-timeout", "8s", store: store)
        #expect(started.status == 0, "\(started.error)")
        #expect(started.output.contains("worker start --access"), "\(started.output)")
        let again = try Program.run("coordinator", "start", "--detach", store: store)
        #expect(again.status == 1)
        #expect(again.error.contains("process"), "\(again.error)")
        let wait = try Program.start(["coordinator", "wait"], store: store)
        #expect(try Program.run("submit", file, store: store).status == 0)
        let worker = try Program.run(
            "worker", "start", "--idle-timeout", "1s", store: store)
        #expect(worker.status == 0, "\(worker.error)")
        // With nothing left to do the coordinator ends by itself.
        #expect(wait.wait().status == 0)
        let more = try store.write(
            Self.small.replacing("name: small", with: "name: more"), to: "more.yaml")
        #expect(try Program.run("submit", more, store: store).status == 69)
        let reader = try Program.run("sweep", "wait", "small", store: store)
        #expect(reader.status == 0, "\(reader.error)")
    }

    @Test("pause, resume, cancel and retry a sweep as they are told, and go on when it comes again")
    func steering() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        let coordinator = try startCoordinator(store)
        #expect(try Program.run("submit", file, store: store).status == 0)
        let paused = try Program.run("sweep", "pause", "small", store: store)
        #expect(paused.output.contains("6 trials to go"), "\(paused.output)\(paused.error)")
        let worker = try Program.start(["worker", "start"], store: store)
        try eventually("the worker is there") {
            try Program.run("worker", "list", store: store).output.contains("connected")
        }
        var status = try Status(
            Program.run("sweep", "status", "small", "--json", store: store).output)
        #expect(status.state == "paused" && status.counts["waiting"] == 6)
        #expect(try Program.run("sweep", "cancel", "small", store: store).status == 0)
        #expect(try Program.run("sweep", "wait", "small", store: store).status == 4)
        let retried = try Program.run("sweep", "retry", "small", "--cancelled", store: store)
        #expect(retried.output.contains("6 trials wait again"), "\(retried.output)")
        #expect(try Program.run("sweep", "pause", "small", store: store).status == 0)
        #expect(try Program.run("sweep", "cancel", "small", store: store).status == 0)
        #expect(try Program.run("submit", file, store: store).status == 0)
        #expect(try Program.run("sweep", "wait", "small", store: store).status == 0)
        status = try Status(Program.run("sweep", "status", "--json", store: store).output)
        #expect(status.state == "finished" && status.counts["finished"] == 6)
        #expect(try Program.run("sweep", "verify", "small", store: store).status == 0)
        let unknown = try Program.run("sweep", "pause", "smal", store: store)
        #expect(unknown.status == 1 && unknown.error.contains("small"), "\(unknown.error)")
        #expect(worker.isRunning && coordinator.isRunning)
    }

    @Test("bring the weights that trials start from to the workers")
    func filesOfTrials() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        #expect(try Program.run("run", file, "seeds.count=1", store: store).status == 0)
        let weights = store.path + "/first.safetensors"
        let kept = try Program.run("trial", "run", "small/1", "--weights", weights, store: store)
        #expect(kept.status == 0, "\(kept.error)")

        let other = Folder()
        let coordinator = try startCoordinator(other)
        // Beside the weights, as a person has them.
        let more = try store.write(
            Self.small.replacing("name: small", with: "name: more")
                + "\ninit: {file: first.safetensors}\n", to: "more.yaml")
        let worker = try Program.start(["worker", "start"], store: other)
        let submitted = try Program.run("submit", more, "--wait", store: other)
        #expect(submitted.status == 0, "\(submitted.error)")
        let verified = try Program.run("sweep", "verify", "more", "--all", store: other)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(worker.isRunning && coordinator.isRunning)
    }

    @Test("give no trials to workers in quarantine, over restarts, and let drained ones leave")
    func steeringWorkers() throws {
        let store = Folder()
        let file = try store.write(Self.small, to: "small.yaml")
        var coordinator = try startCoordinator(store)
        var worker = try Program.start(["worker", "start"], store: store)
        try eventually("the worker is there") {
            try Program.run("worker", "list", store: store).output.contains("connected")
        }
        let put = try Program.run("worker", "quarantine", "all", "--json", store: store)
        #expect(put.status == 0 && put.output.contains("\"schema\":1"), "\(put.error)")
        coordinator.send(SIGKILL)
        coordinator.wait()
        let refused = try Program.run("worker", "release", "all", store: store)
        #expect(refused.status == 69, "\(refused.error)")
        coordinator = try startCoordinator(store)
        worker.send(SIGTERM)
        worker.wait()
        worker = try Program.start(["worker", "start"], store: store)
        #expect(try Program.run("submit", file, store: store).status == 0)
        try eventually("the worker is back, and in quarantine") {
            try Program.run("worker", "list", store: store).output.contains(" quarantined ")
        }
        let waiting = try Program.run("trial", "explain", "small/1", store: store)
        #expect(waiting.output.contains("all are in quarantine"), "\(waiting.output)")
        #expect(try Program.run("sweep", "wait", "--timeout", "1s", store: store).status == 5)
        let mistyped = try Program.run("worker", "release", "al", store: store)
        #expect(mistyped.status == 1 && mistyped.error.contains("no worker"), "\(mistyped.error)")

        let released = try Program.run("worker", "release", "all", store: store)
        #expect(released.status == 0, "\(released.error)")
        #expect(try Program.run("sweep", "wait", store: store).status == 0)
        #expect(try Program.run("worker", "release", "all", store: store).status == 1)
        #expect(try Program.run("worker", "drain", "all", store: store).status == 0)
        #expect(worker.wait().status == 0)
        let gone = try Program.run("worker", "drain", "all", store: store)
        #expect(gone.status == 1 && gone.error.contains("connected"), "\(gone.error)")
        let info = try Program.run("worker", "info", "all", store: store)
        #expect(info.output.contains(": left,"), "\(info.output)")
        #expect(info.output.contains("finished 6"), "\(info.output)")
        #expect(try Program.run("sweep", "verify", "small", store: store).status == 0)
    }

    @Test("hand back what runs when a worker's time is over, and end with 75")
    func timeLimit() throws {
        let store = Folder()
        let file = try store.write(
            Self.small.replacing("epochs: {value: 3}", with: "steps: {value: 100000000}")
                + "\nlog: {every: 1000000}\n", to: "small.yaml")
        let coordinator = try startCoordinator(store)
        #expect(try Program.run("submit", file, store: store).status == 0)
        let worker = try Program.run("worker", "start", "--time-limit", "2s", store: store)
        #expect(worker.status == 75, "\(worker.error)")
        let trial = try Program.run("trial", "explain", "small/1", store: store)
        #expect(trial.output.contains("handed back by the worker"), "\(trial.output)")
        #expect(trial.output.contains("small/1: waiting"), "\(trial.output)")
        #expect(coordinator.isRunning)
    }
}
