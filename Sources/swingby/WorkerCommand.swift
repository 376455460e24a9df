import ArgumentParser
import Cluster
import Foundation
import Logging
import NumericCore
import ServiceLifecycle
import Store
import Sweeps

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Starts a worker on this host, and lists, shows and steers those that there are.",
        discussion: "Workers are named by their own name, by their host, or as 'all'.",
        subcommands: [
            WorkerStart.self, WorkerList.self, WorkerInfo.self, WorkerDrain.self,
            WorkerQuarantine.self, WorkerRelease.self, WorkerProbe.self,
        ])
}

struct WorkerStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Trains what the coordinator hands out, until it is stopped.",
        discussion: """
            swingby worker start --access ~/swingby-access --slots auto

            Cut off from its coordinator, a worker finishes what it has, keeps the results in its
            spool folder and waits. SIGTERM and Ctrl-C hand back what is not finished; so does the
            end of --time-limit, with status 75.
            """)

    @Option(help: "The access file that 'coordinator start' wrote (default: the store's own).")
    var access: String?

    @Option(
        help: "How many trials train at once: a number, or auto for one a core that it may use.")
    var slots = "1"

    @Option(help: "Hand back what runs, and have left after this long: 15m, 4:00:00.")
    var timeLimit: DurationArgument?

    @Option(help: "Leave after this long without work: 15m, 4:00:00.")
    var idleTimeout: DurationArgument?

    @Option(help: "Leave after this long without a coordinator; the spool is kept.")
    var giveUpAfter: DurationArgument?

    @Option(
        help: "The folder for results that are not handed in yet (default: the first free one).")
    var spool: String?

    @Option(help: .hidden)
    var parent: Int32?

    @OptionGroup var store: StoreOptions

    func run() async throws {
        // Fails now, with the reason, on a processor that no kernel is built for.
        _ = try Kernels.chosen()
        let heap = Heap.keepSmall()
        defer { heap.cancel() }
        let logger = programLogger(label: "worker", level: parent == nil ? .notice : .warning)
        let settings = WorkerService.Settings(
            accessPath: access ?? store.path + "/access", slots: try slotCount(),
            job: ProcessInfo.processInfo.environment["SLURM_JOB_ID"] ?? "",
            program: programVersion, giveUpAfter: giveUpAfter?.duration,
            idleTimeout: idleTimeout?.duration, timeLimit: timeLimit?.duration, parent: parent)
        let worker = try await openWorker(settings, logger)
        logger.notice(
            "worker started",
            metadata: ["worker.id": "\(worker.worker)", "slots": "\(settings.slots)"])
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: worker, successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: logger))
        let signal = try await SignalWatch.run(group)
        switch await worker.ending {
        case .refused:
            throw CommandFailure(
                .refused, "the coordinator refused the key; take a new copy of its access file")
        case .unreachable:
            throw CommandFailure(
                .unreachable, "no coordinator; results that are not handed in stay in the spool")
        case .outOfTime:
            throw CommandFailure(.outOfTime, "its time is over; what ran is handed back")
        case .left, nil:
            if let signal { throw CommandFailure(signal.exitStatus) }
        }
    }

    private func slotCount() throws -> Int {
        if slots == "auto" { return HostLimits().usableCores }
        guard let count = Int(slots), (1...1024).contains(count) else {
            throw CommandFailure(.usage, "--slots is auto or from 1 to 1024, not '\(slots)'")
        }
        return count
    }

    /// Without `--spool`, the first folder of the user's that no live worker has.
    private func openWorker(
        _ settings: WorkerService.Settings, _ logger: Logger
    ) async throws -> WorkerService {
        func open(_ path: String) throws -> WorkerService {
            try WorkerService(
                settings: settings, spoolPath: path, kinds: trialKinds, logger: logger)
        }
        if let spool { return try await openAtLast(spool, open) }
        let environment = ProcessInfo.processInfo.environment
        let state =
            environment["XDG_STATE_HOME"]
            ?? (environment["HOME"] ?? FileManager.default.homeDirectoryForCurrentUser.path)
            + "/.local/state"
        for number in 1...1024 {
            do {
                return try open("\(state)/swingby/worker-\(number)")
            } catch ClusterError.spoolInUse {
                continue
            }
        }
        throw CommandFailure(.failed, "all spool folders below \(state) are in use; use --spool")
    }
}

extension WorkerStart {
    /// A worker of `swingby run` waits a while for its folder: that of a run that was killed hands
    /// back what it has before it leaves.
    private func openAtLast(
        _ path: String, _ open: (String) throws -> WorkerService
    ) async throws -> WorkerService {
        let start = ContinuousClock.now
        while true {
            do {
                return try open(path)
            } catch ClusterError.spoolInUse
                where parent != nil && start.duration(to: .now) < .seconds(10)
            {
                try await Task.sleep(for: .milliseconds(100))
            }
        }
    }
}
