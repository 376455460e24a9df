/// What a worker or a command needs to reach a coordinator, and to be let in.
///
/// Who may read it may run code on the workers, as their user; so it is mode 0600, and is not read
/// otherwise.
public struct AccessFile: Hashable, Sendable {
    /// The store's own name.
    public let cluster: String
    /// Where the coordinator listens: `tcp://HOST:PORT`, all of them the same socket; at least one.
    public let endpoints: [String]
    /// Where its second socket listens, which moves files; none where it moves none.
    public let fileEndpoints: [String]
    public let serverKey: CurveKey
    /// Lets in as a worker.
    public let worker: CurveKeyPair
    /// Lets in as a submitter.
    public let submitter: CurveKeyPair

    private static let title = "swingby access 1"

    /// - Precondition: There is an endpoint; no text has a line break.
    public init(
        cluster: String, endpoints: [String], fileEndpoints: [String] = [], serverKey: CurveKey,
        worker: CurveKeyPair, submitter: CurveKeyPair
    ) {
        precondition(!endpoints.isEmpty, "an access file without an endpoint")
        precondition(
            !(endpoints + fileEndpoints + [cluster]).contains { $0.contains("\n") }, "a line break")
        self.cluster = cluster
        self.endpoints = endpoints
        self.fileEndpoints = fileEndpoints
        self.serverKey = serverKey
        self.worker = worker
        self.submitter = submitter
    }

    /// Reads the file at `path`.
    ///
    /// - Throws: `TransportError`, where there is none, others may read it, or a line is wrong.
    public init(path: String) throws {
        guard let text = try PrivateFile.read(path) else {
            throw TransportError.file(
                path: path,
                problem: "there is no access file; a coordinator writes it to its store when it "
                    + "starts, a copy of mode 0600 does on another host")
        }
        let names = [
            "cluster", "endpoint", "file-endpoint", "server-public-key", "worker-secret-key",
            "submitter-secret-key",
        ]
        let lines = try KeyedLines(text, path: path, title: Self.title, names: names)
        cluster = try lines.one("cluster", expecting: "a name") { $0 }
        func addresses(_ name: String) throws -> [String] {
            try lines.all(name, expecting: "tcp://HOST:PORT") { $0.hasPrefix("tcp://") ? $0 : nil }
        }
        endpoints = try addresses("endpoint")
        fileEndpoints = try addresses("file-endpoint")
        guard !endpoints.isEmpty else {
            throw TransportError.file(path: path, problem: "has no endpoint")
        }
        serverKey = try lines.one("server-public-key", expecting: "a key of 40 characters") {
            CurveKey($0)
        }
        worker = try lines.secret("worker-secret-key")
        submitter = try lines.secret("submitter-secret-key")
    }

    /// Writes the file to `path`, in the place of an older one.
    ///
    /// - Throws: `TransportError`.
    public func write(to path: String) throws {
        var lines = [Self.title, "cluster: \(cluster)"]
        lines += endpoints.map { "endpoint: \($0)" }
        lines += fileEndpoints.map { "file-endpoint: \($0)" }
        lines += [
            "server-public-key: \(serverKey.text)",
            "worker-secret-key: \(worker.secretKey.text)",
            "submitter-secret-key: \(submitter.secretKey.text)",
        ]
        try PrivateFile.write(
            lines.joined(separator: "\n") + "\n", to: path, replacing: true)
    }
}
