import Foundation
import Testing

/// A coordinator and workers as separate programs, and what each does when something is wrong.
@Suite("Coordinator and workers as separate programs", .serialized)
struct ClusterTests {
    @Test("run a submitted sweep, survive the coordinator's restart, and stop")
    func wholeLife() throws {
        let store = Folder()
        let file = try store.write(smallSweep, to: "small.yaml")
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
            smallSweep.replacing("name: small", with: "name: more").replacing(
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

    @Test("keep counting a diverged trial as a result")
    func diverged() throws {
        let store = Folder()
        let file = try store.write(
            smallSweep + "\n", to: "small.yaml")
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
            smallSweep.replacing("epochs: {value: 3}", with: "steps: {value: 100000000}")
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
        let file = try store.write(smallSweep, to: "small.yaml")
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
            smallSweep.replacing("name: small", with: "name: more"), to: "more.yaml")
        #expect(try Program.run("submit", more, store: store).status == 69)
        let reader = try Program.run("sweep", "wait", "small", store: store)
        #expect(reader.status == 0, "\(reader.error)")
    }

    @Test("bring the weights that trials start from to the workers")
    func filesOfTrials() throws {
        let store = Folder()
        let file = try store.write(smallSweep, to: "small.yaml")
        #expect(try Program.run("run", file, "seeds.count=1", store: store).status == 0)
        let weights = store.path + "/first.safetensors"
        let kept = try Program.run("trial", "run", "small/1", "--weights", weights, store: store)
        #expect(kept.status == 0, "\(kept.error)")

        let other = Folder()
        let coordinator = try startCoordinator(other)
        // Beside the weights, as a person has them.
        let more = try store.write(
            smallSweep.replacing("name: small", with: "name: more")
                + "\ninit: {file: first.safetensors}\n", to: "more.yaml")
        let worker = try Program.start(["worker", "start"], store: other)
        let submitted = try Program.run("submit", more, "--wait", store: other)
        #expect(submitted.status == 0, "\(submitted.error)")
        let verified = try Program.run("sweep", "verify", "more", "--all", store: other)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(worker.isRunning && coordinator.isRunning)
    }
}
