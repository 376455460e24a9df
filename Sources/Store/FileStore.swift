import Foundation
import Glibc
public import Sweeps

/// A folder of files, each named by the SHA-256 of its bytes: what sweeps start from and trials leave
/// that is too large for the database.
public struct FileStore: Sendable {
    private static let draftSuffix = ".part"
    /// What a file leaves free on the disk: the database is to have room for results.
    private static let reserve = 64 << 20

    private let folder: String

    /// The files of the store at `directory`.
    public init(store directory: String) {
        folder = directory + "/files"
    }

    /// What workers brought to the store at `directory`: results too large for a message until the
    /// database has them, and checkpoints.
    public init(broughtTo directory: String) {
        folder = directory + "/brought"
    }

    /// A folder of its own, made when the first file comes.
    public init(folder: String) {
        self.folder = folder
    }

    private func path(of digest: Digest256) -> String { "\(folder)/\(digest)" }

    public func contains(_ digest: Digest256) -> Bool { size(of: digest) != nil }

    /// In bytes; nil where the file is not here.
    public func size(of digest: Digest256) -> Int? { Self.size(path(of: digest)) }

    private static func size(_ path: String) -> Int? {
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFREG else { return nil }
        return Int(facts.st_size)
    }

    /// At most `count` bytes of a file, from `offset` on.
    ///
    /// - Throws: `StoreError.failed`, where it is not here.
    public func read(
        _ digest: Digest256, at offset: Int, count: Int
    ) throws(StoreError) -> [UInt8] {
        let path = path(of: digest)
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw .failed(path: path, detail: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: count)
        let taken = pread(descriptor, &bytes, count, offset)
        guard taken >= 0 else {
            throw .failed(path: path, detail: String(cString: strerror(errno)))
        }
        return Array(bytes.prefix(taken))
    }

    /// All bytes of a file, compared with its digest.
    ///
    /// - Throws: `StoreError.failed`, where it is not here or damaged.
    public func bytes(of digest: Digest256) throws(StoreError) -> [UInt8] {
        let path = path(of: digest)
        guard let size = size(of: digest) else { throw .failed(path: path, detail: "not here") }
        let bytes = try read(digest, at: 0, count: size)
        guard Digest256(hashing: bytes) == digest else {
            throw .failed(path: path, detail: "damaged: its bytes have another digest")
        }
        return bytes
    }

    /// Keeps a whole file; a second time it costs nothing.
    @discardableResult
    public func keep(_ bytes: [UInt8]) throws(StoreError) -> Digest256 {
        let digest = Digest256(hashing: bytes)
        _ = try keep(part: bytes, at: 0, of: bytes.count, digest)
        return digest
    }

    /// Keeps a part of a file. The file appears with its last part, if its bytes have the digest, and
    /// not before; until then its parts lie in a draft, of whose end the next one is to begin.
    ///
    /// - Returns: How many of its bytes are here: where to go on. An empty part asks for no more.
    /// - Throws: `StoreError.full`, of which nothing stays; `.unwritable`; `.failed` for bytes of
    ///   another digest.
    public func keep(
        part: [UInt8], at offset: Int, of size: Int, _ digest: Digest256
    ) throws(StoreError) -> Int {
        if self.size(of: digest) == size { return size }
        let path = path(of: digest)
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Self.error(path) }
        let draft = path + Self.draftSuffix
        let descriptor = open(draft, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.error(path) }
        defer { close(descriptor) }
        do {
            let count = try extend(descriptor, by: part, at: offset, of: size, path)
            guard count == size else { return count }
            try complete(descriptor, digest, path)
            return size
        } catch {
            // A full disk gets its room back; what came wrong is of no use.
            switch error {
            case .full, .failed: unlink(draft)
            default: break
            }
            throw error
        }
    }

    /// What the disk has left for this user.
    private var freeBytes: Int {
        var facts = statvfs()
        guard statvfs(folder, &facts) == 0 else { return .max }  // not known
        return Int(clamping: facts.f_bavail).multipliedReportingOverflow(by: Int(facts.f_frsize))
            .partialValue
    }

    /// Appends a part to a draft, unless there is a gap between the two.
    ///
    /// - Returns: How many bytes the draft has now.
    private func extend(
        _ descriptor: Int32, by part: [UInt8], at offset: Int, of size: Int, _ path: String
    ) throws(StoreError) -> Int {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { throw Self.error(path) }
        var count = Int(facts.st_size)
        if count > size {
            guard ftruncate(descriptor, 0) == 0 else { throw Self.error(path) }
            count = 0
        }
        guard offset <= count, part.count <= size - offset else { return count }
        guard freeBytes - Self.reserve >= size - count else { throw .full(path: path) }
        var done = 0
        while done < part.count {
            let written = part[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, offset + done)
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Self.error(path) }
            done += written
        }
        return max(count, offset + done)
    }

    /// Makes a file of a draft that is whole.
    private func complete(
        _ descriptor: Int32, _ digest: Digest256, _ path: String
    ) throws(StoreError) {
        guard fsync(descriptor) == 0 else { throw Self.error(path) }
        var offset = 0
        var failure: StoreError?
        let found = Digest256(hashingParts: {
            var bytes = [UInt8](repeating: 0, count: 1 << 20)
            let count = pread(descriptor, &bytes, bytes.count, offset)
            if count < 0 { failure = Self.error(path) }
            offset += max(0, count)
            return count > 0 ? Array(bytes.prefix(count)) : nil
        })
        if let failure { throw failure }
        guard found == digest else {
            throw .failed(path: path, detail: "what came has another digest")
        }
        guard rename(path + Self.draftSuffix, path) == 0 else { throw Self.error(path) }
        syncFolder()
    }

    private func syncFolder() {
        let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard parent >= 0 else { return }
        fsync(parent)
        close(parent)
    }

    /// What the last call of the system that failed means for the file at `path`.
    private static func error(_ path: String) -> StoreError {
        let code = errno
        if code == ENOSPC || code == EDQUOT { return .full(path: path) }
        return .unwritable(path: path, reason: String(cString: strerror(code)))
    }

    /// Removes a file, if it is here.
    public func remove(_ digest: Digest256) {
        unlink(path(of: digest))
    }

    /// Removes drafts that an earlier process left, and files that nobody needs.
    ///
    /// - Parameter needed: The files that stay; nil: all.
    public func sweep(keeping needed: Set<Digest256>? = nil) {
        let list = try? FileManager.default.contentsOfDirectory(atPath: folder)  // none: no files
        for name in list ?? [] {
            let isDraft = name.hasSuffix(Self.draftSuffix)
            let isNeeded = needed.map { $0.contains { "\($0)" == name } } ?? true
            if isDraft || !isNeeded { unlink(folder + "/" + name) }
        }
    }
}
