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
    /// What submitters bring, and what workers do.
    private let given: FileStore
    private let brought: FileStore

    /// More than a network of this project takes, with all that its optimiser keeps.
    private static let broughtLimit = 4 << 30

    init(_ socket: sending FileSocket, given: FileStore, brought: FileStore) {
        self.socket = socket
        self.given = given
        self.brought = brought
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
            for files in [given, brought] {
                guard let size = files.size(of: digest) else { continue }
                let bytes = try files.read(digest, at: offset, count: FileExchange.partSize)
                return .part(size: size, offset: offset, bytes: bytes)
            }
            return .refused("the store has no file \(digest)")
        case .put(let digest, let size, let offset, let bytes):
            guard role == .worker else {
                return .stored(try given.keep(part: bytes, at: offset, of: size, digest))
            }
            guard size <= Self.broughtLimit else {
                return .refused("a file of \(size) bytes; at most \(Self.broughtLimit) are taken")
            }
            return .stored(try brought.keep(part: bytes, at: offset, of: size, digest))
        }
    }
}
