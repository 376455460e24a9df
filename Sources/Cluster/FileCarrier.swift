import Foundation
import Logging
import Sweeps
import Synchronization
import Transport

/// Brings a worker's files to the coordinator, one after the other, on a thread of its own: however
/// long one takes, heartbeats go on.
actor FileCarrier {
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.executor }

    private let thread = SocketThread(named: "carrier")
    private let accessPath: String
    private let isStopped = Flag()

    /// - Parameter accessPath: Read for each file, since a coordinator that returns may have another
    ///   port.
    init(accessPath: String) {
        self.accessPath = accessPath
    }

    /// - Returns: nil where the coordinator does not have the file now.
    func bring(_ bytes: [UInt8], logger: Logger) -> Digest256? {
        do {
            try exchange().put(bytes)
            return Digest256(hashing: bytes)
        } catch {
            warn(logger, error)
            return nil
        }
    }

    /// Brings the file at `path`, of which it has a part in memory at a time.
    ///
    /// - Returns: nil where the coordinator does not have the file now.
    func bring(fileAt path: String, logger: Logger) -> (digest: Digest256, sizeInBytes: Int)? {
        // Taken out of the folder since: a newer one is there.
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        do {
            defer { try? file.close() }  // only read from
            let digest = try Digest256(hashingParts: {
                guard let part = try file.read(upToCount: 1 << 20), !part.isEmpty else {
                    return nil
                }
                return Array(part)
            })
            let size = Int(try file.offset())
            try exchange().put(digest, size: size) { offset, end in
                try file.seek(toOffset: UInt64(offset))
                return Array(try file.read(upToCount: end - offset) ?? Data())
            }
            return (digest, size)
        } catch {
            warn(logger, error)
            return nil
        }
    }

    private func warn(_ logger: Logger, _ error: any Error) {
        guard !isStopped.isRaised else { return }
        logger.warning("file not brought, it is tried again", metadata: ["error": "\(error)"])
    }

    private func exchange() throws -> FileExchange {
        FileExchange(
            access: try AccessFile(path: accessPath), role: .worker, patience: .seconds(60),
            isCancelled: { [isStopped] in isStopped.isRaised })
    }

    /// What is on its way stays behind.
    nonisolated func stop() {
        isStopped.raise()
        thread.stop()
    }
}

/// Raised once, seen by all threads.
final class Flag: Sendable {
    private let raised = Atomic(false)

    var isRaised: Bool { raised.load(ordering: .relaxed) }

    func raise() {
        raised.store(true, ordering: .relaxed)
    }
}
