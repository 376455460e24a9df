import Foundation
public import Logging
public import ServiceLifecycle
import Subprocess
import Synchronization
import SystemPackage

/// Worker processes on this host, the same that a remote host would run; one that dies is started
/// again.
public struct LocalWorkers: Service {
    private let executable: String
    private let arguments: [[String]]
    private let logger: Logger

    /// Deaths in a row, each within a second of its start, after which nobody is helped by another.
    private static let deathLimit = 5

    /// - Parameters:
    ///   - executable: The program.
    ///   - arguments: A list for each worker.
    public init(executable: String, arguments: [[String]], logger: Logger) {
        self.executable = executable
        self.arguments = arguments
        self.logger = logger
    }

    /// Runs until a graceful shutdown, which lets each worker hand back what it has.
    ///
    /// - Throws: `ClusterError.workersKeepDying`.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for arguments in arguments {
                    group.addTask { try await keepAlive(arguments) }
                }
                try await group.waitForAll()
            }
        }
    }

    private func keepAlive(_ arguments: [String]) async throws {
        var deaths = 0
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let status = try await runOnce(arguments)
            if Task.isCancelled { return }
            // A worker that left because it was told to has nothing more to do here.
            if case .exited(0) = status { return }
            logger.warning(
                "local worker ended, starting it again", metadata: ["status": "\(status)"])
            deaths = start.duration(to: .now) < .seconds(1) ? deaths + 1 : 0
            if deaths == Self.deathLimit {
                throw ClusterError.workersKeepDying(status: "\(status)")
            }
        }
    }

    private func runOnce(_ arguments: [String]) async throws -> TerminationStatus {
        var options = PlatformOptions()
        // A group of its own: Ctrl-C in the terminal reaches the coordinator, which tells it.
        options.processGroupID = 0
        options.teardownSequence = [
            .gracefulShutDown(allowedDurationToNextStep: .seconds(10))
        ]
        return try await Subprocess.run(
            .path(FilePath(executable)),
            arguments: Arguments(executablePathOverride: "swingby", remainingValues: arguments),
            platformOptions: options, input: .none, output: .discarded,
            error: .currentStandardError
        ).terminationStatus
    }
}
