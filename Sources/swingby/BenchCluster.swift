import Coordination
import Foundation
import Glibc
import Store
import Sweeps

/// A coordinator and workers as processes of their own, for a benchmark.
final class BenchCluster {
    private let folder: String
    private var coordinator: DetachedProgram?
    private var workers: [DetachedProgram] = []

    init(folder: String) {
        self.folder = folder
    }

    private var access: AccessOptions {
        var access = AccessOptions()
        access.access = folder + "/access"
        return access
    }

    func start(workers count: Int) async throws {
        try StoreDirectory.prepare(folder)
        try await startCoordinator()
        workers = try (1...count).map { number in
            try DetachedProgram(
                [
                    "worker", "start", "--access", access.path, "--spool",
                    "\(folder)/workers/\(number)", "--parent", "\(getpid())",
                ], log: "\(folder)/worker-\(number).log")
        }
    }

    private func startCoordinator() async throws {
        let program = try DetachedProgram(
            ["coordinator", "start", "--store", folder], log: folder + "/coordinator.log")
        coordinator = program
        while true {
            guard program.isRunning else {
                throw CommandFailure(.failed, program.said(after: "swingby: "))
            }
            let serves = try? await access.request(.info)  // not yet: asked again
            if case .info(let info) = serves, info.processID == Int(program.id) { return }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    func submit(_ source: SweepSource) async throws {
        guard case .submitted = try await access.request(.submit(source)) else {
            throw CommandFailure(.failed, "the coordinator answered something else")
        }
    }

    /// Waits until so many trials of a sweep have a result.
    func wait(for count: Int, of sweep: String, every pause: Duration) async throws {
        let reader = try StoreReader(opening: folder)
        let stored = try reader.sweep(sweep)
        while try reader.counts(of: stored)[.finished] < count {
            guard coordinator?.isRunning == true else {
                throw CommandFailure(
                    .failed, coordinator?.said(after: "swingby: ") ?? "no coordinator")
            }
            try await Task.sleep(for: pause)
        }
    }

    /// Nothing is said to anyone: as if its host's power were gone.
    func killAndRestart() async throws {
        if let coordinator { Self.end(coordinator) }
        try await startCoordinator()
    }

    /// The most memory that the coordinator has had.
    var coordinatorPeakInMiB: Double {
        guard let coordinator,
            let status = try? String(  // ended: nothing to tell
                contentsOfFile: "/proc/\(coordinator.id)/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = Double(line.split(whereSeparator: { !$0.isNumber }).first ?? "")
        else { return 0 }
        return kilobytes / 1024
    }

    func kill() {
        for program in workers { Self.end(program) }
        if let coordinator { Self.end(coordinator) }
    }

    private static func end(_ program: DetachedProgram) {
        Glibc.kill(program.id, SIGKILL)
        while program.isRunning { usleep(1000) }
    }
}
