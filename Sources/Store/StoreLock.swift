import Foundation
import Glibc

/// The claim of one coordinator on a store: an exclusive `flock` on `DIR/lock`, which the kernel
/// releases when the process ends, however it ends.
final class StoreLock: Sendable {
    private let descriptor: Int32

    init(directory: String) throws(StoreError) {
        let path = directory + "/lock"
        let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else {
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            let owner = Self.owner(opened)
            // Here, since `deinit` does not run before `descriptor` is set, and only then does.
            close(opened)
            if reason == EWOULDBLOCK {
                throw .ownedByAnother(directory: directory, owner: owner)
            }
            throw .unwritable(path: path, reason: String(cString: strerror(reason)))
        }
        descriptor = opened
        // For the message of whoever comes second; the claim stands without it, on a full disk too.
        let text = Array("process \(getpid()) on \(Self.hostName)\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    deinit {
        close(descriptor)
    }

    /// Lets go before the end of the object's life; doing so twice is harmless.
    func release() {
        _ = flock(descriptor, LOCK_UN)
    }

    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "an unknown host" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func owner(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 512)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        // Empty for the moment between the owner's claim and its signature.
        guard count > 0 else { return "another process" }
        return String(decoding: bytes.prefix(count), as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
