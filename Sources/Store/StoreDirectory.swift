import Foundation
import Glibc

/// The directory of a store, before there is a database in it.
public enum StoreDirectory {
    static func databasePath(_ directory: String) -> String { directory + "/store.sqlite" }

    /// Makes the directory where it is missing, parents too, open to its owner alone; refuses one
    /// on a network file system.
    public static func prepare(_ directory: String) throws(StoreError) {
        try make(directory)
        guard let resolved = realpath(directory, nil) else {
            throw .unwritable(path: directory, reason: String(cString: strerror(errno)))
        }
        defer { free(resolved) }
        let text = try? String(contentsOfFile: MountTable.path, encoding: .utf8)  // nil: not known
        let kind = MountTable(text: text ?? "").kind(of: String(cString: resolved))
        // Where the kernel does not tell, nothing shows that other hosts keep out.
        guard let kind, MountTable.isLocal(kind) else {
            throw .networkFileSystem(directory: directory, kind: kind ?? "an unknown file system")
        }
    }

    /// Makes an empty database file, where there is none, that nobody else may read: SQLite gives
    /// its side files the same mode.
    static func makeDatabaseFile(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw .unwritable(path: path, reason: String(cString: strerror(errno)))
        }
    }

    private static func make(_ directory: String) throws(StoreError) {
        if mkdir(directory, 0o700) == 0 { return }
        let reason = errno
        let parent = directory.split(separator: "/").dropLast().joined(separator: "/")
        if reason == ENOENT, !parent.isEmpty {
            try make(directory.hasPrefix("/") ? "/" + parent : parent)
            if mkdir(directory, 0o700) == 0 { return }
        }
        var facts = stat()
        guard stat(directory, &facts) == 0 else {
            throw .unwritable(path: directory, reason: String(cString: strerror(reason)))
        }
        guard facts.st_mode & S_IFMT == S_IFDIR else {
            throw .unwritable(path: directory, reason: "is not a directory")
        }
    }
}
