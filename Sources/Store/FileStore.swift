import Foundation
import Glibc
public import Sweeps

/// A folder of files, each named by the SHA-256 of its bytes: what sweeps start from and trials leave
/// that is too large for the database.
public struct FileStore: Sendable {
    private let folder: String

    /// The files of the store at `directory`.
    public init(store directory: String) {
        folder = directory + "/files"
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

    /// Keeps a part of a file; parts come in order. The file appears with its last part, if its
    /// bytes have the digest, and not before.
    ///
    /// - Returns: How many of its bytes are here.
    /// - Throws: `StoreError.unwritable`; `.failed` for bytes of another digest.
    public func keep(
        part: [UInt8], at offset: Int, of size: Int, _ digest: Digest256
    ) throws(StoreError) -> Int {
        if self.size(of: digest) == size { return size }
        let path = path(of: digest)
        func fail() -> StoreError {
            .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
        guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw fail() }
        let draft = path + ".part"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw fail() }
        let isKept =
            pwrite(descriptor, part, part.count, offset) == part.count
            && (offset + part.count < size
                || ftruncate(descriptor, size) == 0 && fsync(descriptor) == 0)
        let error = isKept ? nil : fail()
        close(descriptor)
        if let error { throw error }
        guard offset + part.count >= size else { return offset + part.count }
        guard let bytes = FileManager.default.contents(atPath: draft),
            Digest256(hashing: bytes) == digest
        else {
            unlink(draft)
            throw .failed(path: path, detail: "what came has another digest")
        }
        guard rename(draft, path) == 0 else { throw fail() }
        let parent = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if parent >= 0 {
            fsync(parent)
            close(parent)
        }
        return size
    }
}
