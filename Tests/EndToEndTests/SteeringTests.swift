import Foundation
import Testing

/// Sweeps and workers that people steer.
@Suite("Steering sweeps and workers", .serialized)
struct SteeringTests {
    @Test("pause, resume, cancel and retry a sweep as they are told, and go on when it comes again")
    func steering() throws {
        let store = Folder()
        let file = try store.write(smallSweep, to: "small.yaml")
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

    @Test("give no trials to workers in quarantine, over restarts, and let drained ones leave")
    func steeringWorkers() throws {
        let store = Folder()
        let file = try store.write(smallSweep, to: "small.yaml")
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
            smallSweep.replacing("epochs: {value: 3}", with: "steps: {value: 100000000}")
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

    @Test("lease first what has the higher priority, and again after a restart")
    func priority() throws {
        let store = Folder()
        var coordinator = try startCoordinator(store)
        let runs = [("low", "{}"), ("high", "{priority: 5}"), ("late", "{}")]
        for (root, (name, run)) in runs.enumerated() {
            let file = try store.write(
                smallSweep.replacing("name: small", with: "name: \(name)").replacing(
                    "root: 7", with: "root: \(root)") + "\nrun: \(run)\n",
                to: "\(name).yaml")
            #expect(try Program.run("submit", file, store: store).status == 0)
        }
        let set = try Program.run("sweep", "priority", "late", "3", store: store)
        #expect(set.output == "late has priority 3, 6 trials to go\n", "\(set.output)\(set.error)")
        let low = try Program.run("sweep", "priority", "low", "-5", "--json", store: store)
        #expect(low.output == "{\"schema\":1,\"name\":\"low\",\"trials\":6}\n", "\(low.error)")
        #expect(try Program.run("sweep", "priority", "low", "1001", store: store).status == 2)
        coordinator.send(SIGKILL)
        coordinator.wait()
        coordinator = try startCoordinator(store)
        let worker = try Program.start(["worker", "start"], store: store)
        #expect(try Program.run("sweep", "wait", "all", store: store).status == 0)
        let sweeps = try leases(in: store).map { $0.prefix { $0 != "/" } }
        #expect(sweeps == ["high", "late", "low"].flatMap { Array(repeating: $0[...], count: 6) })
        // Submitted again, a sweep has its file's.
        let info = try Program.run("sweep", "info", "late", "--json", store: store)
        #expect(info.output.contains("\"overrides\":[\"run.priority=3\"]"), "\(info.output)")
        let again = try Program.run("submit", store.path + "/late.yaml", store: store)
        #expect(again.status == 0, "\(again.error)")
        let file = try Program.run("sweep", "info", "late", "--json", store: store)
        #expect(file.output.contains("\"overrides\":[]"), "\(file.output)")
        #expect(worker.isRunning && coordinator.isRunning)
    }

    @Test("try again what a person picks: by how it ended, and by its cell")
    func retry() throws {
        let store = Folder()
        let file = try store.write(smallSweep, to: "small.yaml")
        let options = ["train.epochs=200", "train.learning_rate=0.01,10"]
        let run = try Program.start(["run", file] + options, store: store).wait()
        #expect(run.status == 0, "\(run.error)")
        let coordinator = try startCoordinator(store)
        func retry(_ options: String...) throws -> Program.Ended {
            try Program.start(["sweep", "retry", "small"] + options, store: store).wait()
        }
        let failed = try retry()
        #expect(failed.output.contains("small: 0 trials wait again"), "\(failed.output)")
        let wrong = try retry("--diverged", "--where", "task.signl == 1")
        #expect(wrong.status == 1, "\(wrong.output)")
        #expect(wrong.error.contains("did you mean 'task.signal'"), "\(wrong.error)")
        let some = try retry("--diverged", "--where", "task.signal == [2, 2]")
        #expect(some.output.contains("small: 3 trials wait again"), "\(some.output)\(some.error)")
        var status = try Status(Program.run("sweep", "status", "--json", store: store).output)
        #expect(status.counts["waiting"] == 3 && status.counts["diverged"] == 3)
        let worker = try Program.start(["worker", "start"], store: store)
        #expect(try Program.run("sweep", "wait", store: store).status == 0)
        status = try Status(Program.run("sweep", "status", "--json", store: store).output)
        #expect(status.counts["diverged"] == 6)
        #expect(status.duplicates == 3 && status.digestMismatches == 0)
        let explained = try Program.run("trial", "explain", "small/10", store: store)
        #expect(explained.output.contains("its result was withdrawn"), "\(explained.output)")
        let verified = try Program.run("sweep", "verify", "all", "--all", store: store)
        #expect(verified.status == 0, "\(verified.output)\(verified.error)")
        #expect(worker.isRunning && coordinator.isRunning)
    }
}
