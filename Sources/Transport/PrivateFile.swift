internal import Glibc

/// Files with secrets: read only where nobody else could have read or written them, and written so
/// that nobody else ever can.
enum PrivateFile {
    private static let sizeLimit = 1 << 16

    /// Reads a file. What is checked is the file that was opened, so a link is judged by its target.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: `TransportError`.
    static func read(_ path: String) throws -> String? {
        // Without O_NONBLOCK a FIFO would be waited for.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw TransportError.file(path: path, problem: String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw TransportError.last("fstat \(path)") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TransportError.file(path: path, problem: "is not a regular file")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw TransportError.exposed(
                path: path,
                mend: "belongs to user \(status.st_uid); make a copy that belongs to you")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw TransportError.exposed(
                path: path,
                mend: "holds secret keys and others may read it; run: chmod 600 \(path)")
        }
        var bytes = [UInt8](repeating: 0, count: sizeLimit + 1)
        var count = 0
        while count < bytes.count {
            let taken = bytes.withUnsafeMutableBytes {
                Glibc.read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if taken < 0, errno == EINTR { continue }
            guard taken >= 0 else { throw TransportError.last("read \(path)") }
            guard taken > 0 else { break }
            count += taken
        }
        guard count <= sizeLimit else {
            throw TransportError.file(path: path, problem: "is too long to be ours")
        }
        guard let text = String(validating: bytes[..<count], as: UTF8.self) else {
            throw TransportError.file(path: path, problem: "is not text")
        }
        return text
    }

    /// Writes a whole file or none, mode 0600, and its folder where there is none, mode 0700.
    ///
    /// - Parameter replacing: Whether to take the place of a file that exists. A link is replaced,
    ///   not followed.
    /// - Returns: false where there is one and it was not to be replaced.
    /// - Throws: `TransportError`.
    @discardableResult
    static func write(_ text: String, to path: String, replacing: Bool) throws -> Bool {
        try prepareFolder(parent(of: path))
        let draft = "\(path).\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw TransportError.file(path: path, problem: String(cString: strerror(errno)))
        }
        defer { unlink(draft) }
        do {
            defer { close(descriptor) }
            let bytes = Array(text.utf8)
            guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count,
                fsync(descriptor) == 0
            else { throw TransportError.last("write \(draft)") }
        }
        if replacing {
            guard rename(draft, path) == 0 else { throw TransportError.last("rename to \(path)") }
        } else if link(draft, path) != 0 {
            guard errno == EEXIST else { throw TransportError.last("link to \(path)") }
            return false
        }
        try synchronizeFolder(parent(of: path))
        return true
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func prepareFolder(_ path: String) throws {
        var status = stat()
        if stat(path, &status) != 0 {
            guard errno == ENOENT else {
                throw TransportError.file(path: path, problem: String(cString: strerror(errno)))
            }
            try prepareFolder(parent(of: path))
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
                throw TransportError.file(path: path, problem: String(cString: strerror(errno)))
            }
            return
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            throw TransportError.file(path: path, problem: "is not a folder")
        }
        // Who may write here could put another file in ours' place; not so where the sticky bit
        // is set, as in /tmp.
        guard status.st_mode & 0o022 == 0 || status.st_mode & S_ISVTX != 0 else {
            throw TransportError.exposed(
                path: path,
                mend: "is to hold secret keys and others may write to it; run: chmod go-w \(path)")
        }
    }

    /// Makes the new name durable.
    private static func synchronizeFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw TransportError.last("open \(path)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw TransportError.last("fsync \(path)") }
    }
}
