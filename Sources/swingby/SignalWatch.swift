import Cluster
import ServiceLifecycle
import UnixSignals

/// Runs something until it ends or SIGINT or SIGTERM asks it to, and tells which.
enum SignalWatch {
    /// Runs services.
    ///
    /// - Returns: The signal, if one ended them: the first of them, however many came.
    static func run(_ group: ServiceGroup) async throws -> UnixSignal? {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: UnixSignal?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                for await signal in signals {
                    await group.triggerGracefulShutdown()
                    return signal
                }
                return nil
            }
            var received: UnixSignal?
            while let ended = try await tasks.next() {
                if let signal = ended {
                    received = signal
                } else {
                    tasks.cancelAll()
                    return received
                }
            }
            return received
        }
    }

    /// Runs what has no services: a signal cancels it.
    ///
    /// - Returns: The signal, if one did.
    static func run(
        _ body: @escaping @Sendable () async throws -> Void
    ) async throws -> UnixSignal? {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: UnixSignal?.self) { tasks in
            tasks.addTask {
                try await body()
                return nil
            }
            tasks.addTask {
                for await signal in signals { return signal }
                return nil
            }
            let first = try await tasks.next() ?? nil
            tasks.cancelAll()
            // What is cancelled is waited for: it clears away.
            while (try? await tasks.next()) != nil {}  // it ends by its cancellation
            return first
        }
    }
}

extension UnixSignal {
    var exitStatus: ExitStatus { self == .sigterm ? .terminated : .interrupted }
}
