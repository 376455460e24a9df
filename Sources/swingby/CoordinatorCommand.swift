import ArgumentParser
import Cluster
import Coordination
import Foundation
import Logging
import ServiceLifecycle
import Store
import Sweeps
import UnixSignals

struct CoordinatorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "coordinator",
        abstract: "Starts, shows or stops the process that hands out trials.",
        subcommands: [
            CoordinatorStart.self, CoordinatorInfoCommand.self, CoordinatorStop.self,
            CoordinatorWait.self,
        ])
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

    @Flag(help: "Go on in the background; return when workers can connect.")
    var detach = false

    @Option(
        help:
            "A program to run when a sweep's 'notify' asks for it, with JSON on its standard input."
    )
    var notify: String?

    @Option(help: "End after this long without a trial that waits or runs: 15m, 4:00:00.")
    var idleTimeout: DurationArgument?

    @OptionGroup var store: StoreOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard let notify, notify.contains("/"),
            !FileManager.default.isExecutableFile(atPath: notify)
        else { return }
        throw ValidationError("--notify '\(notify)' is no program that can be run")
    }

    func run() async throws {
        if detach {
            try await runDetached()
            return
        }
        let logger = programLogger(label: "coordinator", level: .notice)
        let trialStore = try TrialStore(opening: store.path)
        let coordinator = try CoordinatorService(
            store: trialStore, listen: listen, kinds: trialKinds,
            notifier: notify.map { Notifier(program: $0, logger: logger) },
            idleTimeout: idleTimeout?.duration, logger: logger)
        say(
            "coordinator of \(store.path) listens on \(coordinator.endpoint)",
            endpoint: coordinator.endpoint, processID: Int(getpid()))
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

    /// Starts the same command in a session of its own, and waits until it answers.
    private func runDetached() async throws {
        try StoreDirectory.prepare(store.path)
        let log = store.path + "/coordinator.log"
        let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--detach" }
        let program = try DetachedProgram(Array(arguments), log: log)
        while true {
            try await Task.sleep(for: .milliseconds(50))
            guard program.isRunning else {
                throw CommandFailure(.failed, program.said(after: "swingby: "))
            }
            let serves = try? await access.request(.info)  // not yet: asked again
            if case .info(let info) = serves, info.processID == Int(program.id) {
                say(
                    "coordinator of \(store.path), process \(program.id), goes on; its log is "
                        + log, endpoint: info.endpoint, processID: info.processID)
                return
            }
        }
    }

    /// At once: who reads it at the other end of a pipe waits for it.
    private func say(_ text: String, endpoint: String, processID: Int) {
        if output.json {
            let object: JSONValue = [
                "schema": 1, "endpoint": .string(endpoint), "store": .string(store.path),
                "access": .string(access.path), "pid": .integer(processID),
            ]
            Terminal.printAtOnce(object.text + "\n")
        } else {
            Terminal.printAtOnce(
                text + "\nstart a worker: swingby worker start --access \(access.path)\n")
        }
    }

    private var access: AccessOptions {
        var access = AccessOptions()
        access.access = store.path + "/access"
        return access
    }
}

struct CoordinatorInfoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Asks a running coordinator who and where it is.",
        discussion: """
            swingby coordinator info --store ~/sweeps

            Ends with 69 where none answers.
            """)

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
        abstract: "Stops a coordinator; workers finish what they have and wait for its return.",
        discussion: """
            swingby coordinator stop --store ~/sweeps
            """)

    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        guard case .stopping = try await access.request(.stop) else {
            throw CommandFailure(.failed, "the coordinator answered something else")
        }
        if output.json {
            Terminal.printJSON(["schema": 1, "stopping": true])
        } else {
            print("the coordinator stops; what is finished is stored, start it again to go on")
        }
    }
}

struct CoordinatorWait: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "wait", abstract: "Waits until a coordinator has ended.",
        discussion: """
            swingby coordinator wait --store ~/sweeps
            """)

    @OptionGroup var access: AccessOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        _ = try await access.request(.info)
        do {
            while true {
                try await Task.sleep(for: .milliseconds(500))
                _ = try await access.request(.info)
            }
        } catch {
            guard CommandFailure(explaining: error).status == .unreachable else { throw error }
            if output.json { Terminal.printJSON(["schema": 1, "ended": true]) }
        }
    }
}

/// A logger on standard error.
func programLogger(label: String, level: Logger.Level) -> Logger {
    var logger = Logger(label: "swingby.\(label)") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = level
    return logger
}
