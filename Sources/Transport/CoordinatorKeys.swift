/// The keys of a store: who its coordinator is, and whom it lets in.
///
/// They stay the same over restarts, so that workers find their coordinator again.
public struct CoordinatorKeys: Hashable, Sendable {
    public let server: CurveKeyPair
    /// Handed out in the access file.
    public let worker: CurveKeyPair
    /// Handed out in the access file.
    public let submitter: CurveKeyPair
    /// Further keys that are let in, as `allow-worker` and `allow-submitter` lines name them: old
    /// ones for a while after a change, or those that a launcher made.
    public let others: [CurveKey: Role]

    private static let title = "swingby keys 1"

    /// Draws new keys.
    public init() {
        server = CurveKeyPair()
        worker = CurveKeyPair()
        submitter = CurveKeyPair()
        others = [:]
    }

    /// Reads the file at `path`; makes it with new keys where there is none.
    ///
    /// - Throws: `TransportError`, where others may read it or a line is wrong.
    public init(path: String) throws {
        if let text = try PrivateFile.read(path) {
            try self.init(text, path: path)
            return
        }
        self.init()
        let text = """
            \(Self.title)
            server-secret-key: \(server.secretKey.text)
            worker-secret-key: \(worker.secretKey.text)
            submitter-secret-key: \(submitter.secretKey.text)

            """
        guard try PrivateFile.write(text, to: path, replacing: false) else {
            // Another coordinator was faster; the store's lock decides which of them runs.
            try self.init(path: path)
            return
        }
    }

    private init(_ text: String, path: String) throws {
        let lists = [("allow-worker", Role.worker), ("allow-submitter", Role.submitter)]
        let secrets = ["server-secret-key", "worker-secret-key", "submitter-secret-key"]
        let lines = try KeyedLines(
            text, path: path, title: Self.title, names: secrets + lists.map(\.0))
        server = try lines.secret("server-secret-key")
        worker = try lines.secret("worker-secret-key")
        submitter = try lines.secret("submitter-secret-key")
        var others: [CurveKey: Role] = [:]
        for (name, role) in lists {
            for key in try lines.all(
                name, expecting: "a key of 40 characters", { CurveKey($0) })
            {
                others[key] = role
            }
        }
        self.others = others
    }

    /// Whom the coordinator lets in, by the bytes of the public key.
    var allowed: [[UInt8]: Role] {
        var allowed = [worker.publicKey.bytes: Role.worker]
        allowed[submitter.publicKey.bytes] = .submitter
        for (key, role) in others { allowed[key.bytes] = role }
        return allowed
    }

    /// What the coordinator writes for its workers and commands.
    public func access(
        cluster: String, endpoints: [String], fileEndpoints: [String] = []
    ) -> AccessFile {
        AccessFile(
            cluster: cluster, endpoints: endpoints, fileEndpoints: fileEndpoints,
            serverKey: server.publicKey, worker: worker, submitter: submitter)
    }
}
