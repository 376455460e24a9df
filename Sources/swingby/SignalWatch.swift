import Cluster
import ServiceLifecycle
import UnixSignals

/// Runs services until they end or SIGINT or SIGTERM asks them to, and tells which.
enum SignalWatch {
    /// - Returns: The signal, if one ended the services: the first of them, however many came.
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
}

extension UnixSignal {
    var exitStatus: ExitStatus { self == .sigterm ? .terminated : .interrupted }
}
