import ArgumentParser
import Cluster
import Coordination
import Foundation
import Logging
import ServiceLifecycle
import Store
import Sweeps
import Transport
import UnixSignals

struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Starts, shows or stops the process that hands out trials.",
        subcommands: [CoordinatorStart.self, CoordinatorInfoCommand.self, CoordinatorStop.self])
}

struct CoordinatorStart: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Serves a store until it is stopped; makes it where there is none.",
        discussion: """
            swingby coordinator start --listen tcp://0.0.0.0:7700

            Prints the line that starts a worker. The access file in the store lets workers in:
            copy it to hosts that do not share the file system, and keep it private.
            """)

    @Option(help: "Where to listen; port 0 is a free one.")
    var listen = "tcp://127.0.0.1:0"

    @OptionGroup var store: StoreOptions

    func run() async throws {
        let logger = programLogger(label: "coordinator", level: .notice)
        let trialStore = try TrialStore(opening: store.path)
        let coordinator = try CoordinatorService(
            store: trialStore, listen: listen, kinds: trialKinds, logger: logger)
        Terminal.printAtOnce(
            "coordinator of \(store.path) listens on \(coordinator.endpoint)\n"
                + "start a worker: swingby worker start --access \(coordinator.accessPath)\n")
        let group = ServiceGroup(
            configuration: .init(
                services: [
                    .init(
                        service: coordinator,
                        successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: logger))
        let signal = try await SignalWatch.run(group)
        if let signal { throw CommandFailure(signal.exitStatus) }
    }
}

struct CoordinatorInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Asks a running coordinator who and where it is.")

    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard case .info(let info) = try await access.request(.info) else {
            throw CommandFailure(.failed, "the coordinator answered something else")
        }
        if output.json {
            Terminal.printJSON([
                "schema": 1, "endpoint": .string(info.endpoint), "web": .null,
                "store": .string(info.store), "epoch": .integer(Int(info.epoch)),
                "pid": .integer(info.processID), "workers": .integer(info.workers),
                "sweeps": .integer(info.sweeps),
            ])
        } else {
            print("coordinator of \(info.store), process \(info.processID), on \(info.endpoint)")
            print("  workers \(info.workers), sweeps \(info.sweeps), start number \(info.epoch)")
        }
    }
}

struct CoordinatorStop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stops a coordinator; workers finish what they have and wait for its return.")

    @OptionGroup var access: AccessOptions

    func run() async throws {
        guard case .stopping = try await access.request(.stop) else {
            throw CommandFailure(.failed, "the coordinator answered something else")
        }
        print("the coordinator stops; what is finished is stored, start it again to go on")
    }
}

/// A logger on standard error.
func programLogger(label: String, level: Logger.Level) -> Logger {
    var logger = Logger(label: "swingby.\(label)") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = level
    return logger
}
