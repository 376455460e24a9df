import Foundation

/// An exclusive lock on a file, held until the process ends or the value goes.
final class FileLock: Sendable {
    private let descriptor: CInt

    /// - Returns: nil where another process holds it.
    /// - Throws: `ClusterError.spoolUnusable` where the file cannot be made.
    init?(path: String) throws(ClusterError) {
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw .spoolUnusable(path: path, why: String(cString: strerror(errno)))
        }
        // The deinit, which runs now too, closes the descriptor.
        if flock(descriptor, LOCK_EX | LOCK_NB) != 0 { return nil }
    }

    deinit {
        close(descriptor)
    }
}
