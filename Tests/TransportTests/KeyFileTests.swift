import Foundation
import Testing

@testable import Transport

/// A folder that is gone after the test.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "transport-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        chmod(path, 0o700)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func mode(_ name: String) -> mode_t {
        var status = stat()
        return stat("\(path)/\(name)", &status) == 0 ? status.st_mode & 0o777 : 0
    }

    func write(_ text: String, _ name: String) throws {
        try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
        chmod("\(path)/\(name)", 0o600)
    }
}

@Suite("Keys and their files")
struct KeyFileTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var access: AccessFile {
        CoordinatorKeys().access(
            cluster: "north-1", endpoints: ["tcp://head:4071", "tcp://[::1]:4071"])
    }

    @Test("a key pair follows from its secret half and does not print it")
    func pairs() throws {
        let pair = CurveKeyPair()
        #expect(CurveKeyPair(secret: pair.secretKey.text) == pair)
        #expect(pair.publicKey.bytes.count == 32)
        #expect(!"\(pair)".contains(pair.secretKey.text))
        #expect(CurveKeyPair() != pair)
        for text in ["", "short", String(repeating: "~", count: 40), pair.publicKey.text + "0"] {
            #expect(CurveKey(text) == nil)
        }
    }

    @Test("an access file comes back as it was written, mode 0600 in a folder 0700")
    func accessFile() throws {
        let access = access
        let path = "\(folder.path)/store/access"
        try access.write(to: path)
        #expect(try AccessFile(path: path) == access)
        #expect(folder.mode("store") == 0o700)
        #expect(folder.mode("store/access") == 0o600)
        let newer = self.access
        try newer.write(to: path)
        #expect(try AccessFile(path: path) == newer)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/store").count == 1)
    }

    @Test(
        "a file that others may read is refused, with the mend", arguments: [0o640, 0o604, 0o660])
    func exposed(mode: mode_t) throws {
        let path = "\(folder.path)/access"
        try access.write(to: path)
        chmod(path, mode)
        let error = #expect(throws: TransportError.self) { try AccessFile(path: path) }
        #expect(try #require(error).description.contains("chmod 600 \(path)"))
        _ = try CoordinatorKeys(path: "\(folder.path)/keys")
        chmod("\(folder.path)/keys", mode)
        #expect(throws: TransportError.self) { try CoordinatorKeys(path: "\(folder.path)/keys") }
    }

    @Test("a folder in which others may write gets no keys")
    func exposedFolder() throws {
        chmod(folder.path, 0o777)
        let error = #expect(throws: TransportError.self) {
            try CoordinatorKeys(path: "\(folder.path)/keys")
        }
        #expect(try #require(error).description.contains("chmod go-w"))
        #expect(folder.mode("keys") == 0)
    }

    @Test("a link is replaced, not written through; when read, its target is judged")
    func links() throws {
        try folder.write("precious", "target")
        #expect(symlink("\(folder.path)/target", "\(folder.path)/access") == 0)
        try access.write(to: "\(folder.path)/access")
        #expect(try String(contentsOfFile: "\(folder.path)/target", encoding: .utf8) == "precious")

        chmod("\(folder.path)/access", 0o644)
        #expect(symlink("\(folder.path)/access", "\(folder.path)/link") == 0)
        #expect(throws: TransportError.self) { try AccessFile(path: "\(folder.path)/link") }
        #expect(mkfifo("\(folder.path)/pipe", 0o600) == 0)
        #expect(throws: TransportError.self) { try AccessFile(path: "\(folder.path)/pipe") }
        let missing = #expect(throws: TransportError.self) {
            try AccessFile(path: "\(folder.path)/none")
        }
        #expect(try #require(missing).description.contains("there is no access file"))
    }

    @Test("a file that is not ours is refused at the line that is wrong")
    func malformed() throws {
        try access.write(to: "\(folder.path)/access")
        let text = try String(contentsOfFile: "\(folder.path)/access", encoding: .utf8)
        let cases: [(String, Int)] = [
            ("{}", 1),
            (text.replacing("swingby access 1", with: "swingby access 2"), 1),
            (text.replacing("cluster: ", with: "clutser: "), 2),
            (text.replacing("endpoint: tcp://head", with: "endpoint: head"), 3),
            (text.replacing("server-public-key: ", with: "server-public-key: x"), 5),
            (text + "no colon\n", 8),
            (text + "cluster: again\n", 9),
        ]
        for (text, line) in cases {
            try folder.write(text, "broken")
            let error = #expect(throws: TransportError.self) {
                try AccessFile(path: "\(folder.path)/broken")
            }
            let text = try #require(error).description
            #expect(text.hasPrefix("\(folder.path)/broken:\(line): "))
        }
    }

    @Test("a store's keys are made once, and name whom else to let in")
    func coordinatorKeys() throws {
        let path = "\(folder.path)/store/keys"
        let keys = try CoordinatorKeys(path: path)
        #expect(try CoordinatorKeys(path: path) == keys)
        #expect(folder.mode("store/keys") == 0o600)
        let other = CurveKeyPair().publicKey
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try folder.write(text + "# an older key\nallow-worker: \(other)\n", "store/keys")
        let more = try CoordinatorKeys(path: path)
        #expect(more.others == [other: .worker])
        #expect(more.allowed.count == 3)
        #expect(more.allowed[keys.submitter.publicKey.bytes] == .submitter)
    }
}
