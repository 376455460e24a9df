import Coordination
import Foundation
import Sweeps
import Synchronization
import Testing

@testable import Transport

@Suite("Files over the second socket")
struct FileExchangeTests {
    private let keys = CoordinatorKeys()
    private let bytes = (0..<1_300_000).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 251) }

    /// Serves with `answer` on this thread while `body` runs on another.
    private func serving<Value: Sendable>(
        _ answer: (FileRequest, Role) -> FileReply,
        peer body: @escaping @Sendable (AccessFile) throws -> Value
    ) throws -> Value {
        let socket = try CoordinatorSocket.loopback(keys)
        let files = try socket.openFileSocket(keys: keys)
        defer {
            files.close()
            socket.close()
        }
        let access = keys.access(
            cluster: "test", endpoints: socket.peersEndpoints, fileEndpoints: files.peersEndpoints)
        let ended = Mutex<Result<Value, any Error>?>(nil)
        startThread(named: "peer") {
            let result = Result { try body(access) }
            ended.withLock { $0 = result }
        }
        return try awaiting("the peer's end", on: files.polled) {
            files.serve(upTo: 10, answer)
            return ended.withLock { $0 }
        }.get()
    }

    @Test("go and come in parts, each in its place")
    func parts() throws {
        var kept: [UInt8] = []
        var roles: Set<Role> = []
        func answer(_ request: FileRequest, _ role: Role) -> FileReply {
            roles.insert(role)
            switch request {
            case .put(_, _, let offset, let bytes):
                #expect(offset == kept.count)
                kept += bytes
                return .stored(kept.count)
            case .get(_, let offset):
                let part = kept.dropFirst(offset).prefix(FileExchange.partSize)
                return .part(size: kept.count, offset: offset, bytes: Array(part))
            }
        }
        let back = try serving(answer) { [bytes] access in
            try FileExchange(access: access, role: .submitter).put(bytes)
            return try FileExchange(access: access, role: .worker).get(Digest256(hashing: bytes))
        }
        #expect(back == bytes)
        #expect(roles == [.worker, .submitter])
    }

    @Test("that are there already are not sent again; an empty one is a file too")
    func known() throws {
        var requests = 0
        func answer(_ request: FileRequest, _ role: Role) -> FileReply {
            requests += 1
            guard case .put(_, let size, _, _) = request else {
                return .part(size: 0, offset: 0, bytes: [])
            }
            return .stored(size)
        }
        let empty = try serving(answer) { [bytes] access in
            try FileExchange(access: access, role: .submitter).put(bytes)
            return try FileExchange(access: access, role: .worker).get(Digest256(hashing: []))
        }
        #expect(empty == [])
        #expect(requests == 2)
    }

    @Test("go on where a part is there, go back where one was lost, and not for ever")
    func resumed() throws {
        var offsets: [Int] = []
        func answer(_ request: FileRequest, _ role: Role) -> FileReply {
            guard case .put(_, _, let offset, let bytes) = request else { return .refused("?") }
            offsets.append(offset)
            // A third of it is there; once the draft is lost.
            if bytes.isEmpty { return .stored(400_000) }
            return .stored(offsets.count == 2 ? 0 : offset + bytes.count)
        }
        try serving(answer) { [bytes] access in
            try FileExchange(access: access, role: .worker).put(bytes)
        }
        #expect(offsets == [0, 400_000, 0, 524_288, 1_048_576])
        let error = #expect(throws: TransportError.self) {
            func forget(_ request: FileRequest, _ role: Role) -> FileReply { .stored(0) }
            try serving(forget) { [bytes] access in
                try FileExchange(access: access, role: .worker).put(bytes)
            }
        }
        #expect(error?.description.contains("not asked for") == true)
    }

    @Test("are given up when whoever brings them is to stop")
    func cancelled() throws {
        #expect(throws: CancellationError.self) {
            func answer(_ request: FileRequest, _ role: Role) -> FileReply { .stored(0) }
            try serving(answer) { [bytes] access in
                try FileExchange(access: access, role: .worker, isCancelled: { true }).put(bytes)
            }
        }
    }

    @Test("with other bytes than their digest's, or refused, are errors that say so")
    func wrong() throws {
        let replies: [(FileReply, String)] = [
            (.refused("the store has no file"), "no file"),
            (.part(size: 2, offset: 0, bytes: [1, 2]), "other bytes"),
            (.part(size: 2, offset: 1, bytes: [2]), "not asked for"),
            (.part(size: 2, offset: 0, bytes: []), "not asked for"),
        ]
        for (reply, hint) in replies {
            let error = #expect(throws: TransportError.self) {
                func answer(_ request: FileRequest, _ role: Role) -> FileReply { reply }
                _ = try serving(answer) { access in
                    try FileExchange(access: access, role: .worker).get(Digest256(hashing: [9]))
                }
            }
            #expect(error?.description.contains(hint) == true, "\(String(describing: error))")
        }
    }

    @Test("need a key that the coordinator knows")
    func refused() throws {
        let stranger = CoordinatorKeys()
        let serverKey = keys.server.publicKey
        #expect(throws: TransportError.self) {
            func answer(_ request: FileRequest, _ role: Role) -> FileReply { .stored(0) }
            try serving(answer) { access in
                let strange = AccessFile(
                    cluster: "test", endpoints: access.endpoints,
                    fileEndpoints: access.fileEndpoints, serverKey: serverKey,
                    worker: stranger.worker, submitter: stranger.submitter)
                _ = try FileExchange(access: strange, role: .worker).get(Digest256(hashing: []))
            }
        }
    }
}
