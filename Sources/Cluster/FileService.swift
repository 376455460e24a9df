import Coordination
import Store
import Sweeps
import Transport

/// Serves the store's files over the second socket, on a thread of its own: a file that is on its
/// way delays no lease.
actor FileService {
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.executor }

    private let thread = SocketThread(named: "files")
    private let socket: FileSocket
    private let files: FileStore

    init(_ socket: sending FileSocket, files: FileStore) {
        self.socket = socket
        self.files = files
    }

    func start() {
        thread.watch(socket) { [weak self] in self?.assumeIsolated { $0.serve() } }
    }

    /// - Precondition: The first socket is still open.
    func stop() {
        thread.stop()
        socket.close()
    }

    private func serve() {
        // A few at a time: each is up to half a MiB.
        socket.serve(upTo: 16) { request, role in
            do {
                return try answer(request, role)
            } catch {
                return .refused("\(error)")
            }
        }
    }

    private func answer(_ request: FileRequest, _ role: Role) throws(StoreError) -> FileReply {
        switch request {
        case .get(let digest, let offset):
            guard let size = files.size(of: digest) else {
                return .refused("the store has no file \(digest)")
            }
            let bytes = try files.read(digest, at: offset, count: FileExchange.partSize)
            return .part(size: size, offset: offset, bytes: bytes)
        case .put(let digest, let size, let offset, let bytes):
            guard role == .submitter else { return .refused("only submitters bring files") }
            return .stored(try files.keep(part: bytes, at: offset, of: size, digest))
        }
    }
}
