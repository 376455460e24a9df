import Cluster
import Coordination
import Foundation
import Logging
import ServiceLifecycle
import Store
import Sweeps
import UnixSignals

/// A sweep on this machine: a coordinator and worker processes, until the sweep is over or a signal
/// comes.
struct LocalRun {
    private let loaded: LoadedSweep
    private let storePath: String
    private let workers: Int?

    /// - Parameter workers: nil: one a core.
    init(_ loaded: LoadedSweep, storePath: String, workers: Int?) {
        self.loaded = loaded
        self.storePath = storePath
        self.workers = workers
    }

    /// - Returns: The sweep, and the signal that ended the run, if one did.
    func run() async throws -> (sweep: InsertedSweep, signal: UnixSignal?) {
        let logger = programLogger(label: "run", level: .warning)
        let coordinator = try CoordinatorService(
            store: try TrialStore(opening: storePath), listen: "tcp://127.0.0.1:0",
            kinds: trialKinds, logger: logger)
        let sweep: InsertedSweep
        do {
            let files = FileStore(store: storePath)
            try loaded.bringFiles { try files.keep($0) }
            sweep = try await coordinator.submit(loaded.source)
        } catch {
            try await coordinator.close()
            throw error
        }
        if sweep.waiting.isEmpty && sweep.known == sweep.planned {
            Terminal.note("\(sweep.name): all \(sweep.planned) trials are known already")
        }
        let watch = SweepWatch(sweep: sweep, storePath: storePath)
        let count = workers ?? ProcessInfo.processInfo.activeProcessorCount
        let arguments = (1...count).map { number in
            [
                "worker", "start", "--access", coordinator.accessPath, "--spool",
                "\(storePath)/workers/\(number)", "--parent", "\(getpid())",
            ]
        }
        let localWorkers = LocalWorkers(
            executable: "/proc/\(getpid())/exe", arguments: arguments, logger: logger)
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(service: coordinator), .init(service: localWorkers),
                    .init(
                        service: watch, successTerminationBehavior: .gracefullyShutdownGroup),
                ], logger: programLogger(label: "run", level: .critical)))
        return (sweep, try await SignalWatch.run(group))
    }
}

/// Shows how far a sweep is, and ends when it is over.
private struct SweepWatch: Service {
    let sweep: InsertedSweep
    let storePath: String

    func run() async throws {
        try await cancelWhenGracefulShutdown {
            do {
                _ = try await waitForSweep(sweep.id, in: StoreReader(opening: storePath))
            } catch is CancellationError {
                // A signal: what it means is said when everything has been handed back.
            }
        }
    }
}
