import Store
import Sweeps
import Transport

/// The files that a worker's trials start from: fetched once, kept beside its spool.
struct TrialFiles: Sendable {
    private let cache: FileStore
    private let accessPath: String

    /// - Parameters:
    ///   - folder: Where they are kept.
    ///   - accessPath: Read at each fetch, since a coordinator that returns may have another port.
    init(folder: String, accessPath: String) {
        cache = FileStore(folder: folder)
        self.accessPath = accessPath
    }

    /// Blocks its thread while the file comes.
    ///
    /// - Parameter name: `sha256:` and 64 hexadecimal digits, as a configuration has it.
    /// - Throws: `MissingFile` for what is no such name; `TransportError`, `StoreError`.
    func bytes(_ name: String) throws -> [UInt8] {
        guard let digest = Digest256(fileName: name) else { throw MissingFile(digest: name) }
        if let kept = try? cache.bytes(of: digest) { return kept }  // none, or damaged: anew
        let bytes = try fetch(digest)
        try cache.keep(bytes)
        return bytes
    }

    /// A file that is read once, as `bytes`.
    func fetch(_ digest: Digest256) throws -> [UInt8] {
        let access = try AccessFile(path: accessPath)
        return try FileExchange(access: access, role: .worker).get(digest)
    }
}
