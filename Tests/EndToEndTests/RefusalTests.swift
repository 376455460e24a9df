import Foundation
import Testing

/// What a coordinator refuses, and what it outlives.
@Suite("A coordinator that is to be had by one, and by those with its keys", .serialized)
struct RefusalTests {
    @Test("refuse a second coordinator on the same store, naming the first")
    func secondCoordinator() throws {
        let store = Folder()
        let first = try startCoordinator(store)
        let second = try Program.run("coordinator", "start", store: store)
        #expect(second.status == 1)
        #expect(second.error.contains("\(first.id)"), "\(second.error)")
        // The first one serves on.
        #expect(try Program.run("coordinator", "info", store: store).status == 0)
        let run = try Program.run("run", Program.sweep("quickstart.yaml"), store: store)
        #expect(run.status == 1)
    }

    @Test("name a port that is in use")
    func portInUse() throws {
        let store = Folder()
        let other = Folder()
        let first = try startCoordinator(store)
        let address = try #require(first.output.firstMatch(of: #/tcp:\/\/127\.0\.0\.1:\d+/#)?.0)
        let second = try Program.run(
            "coordinator", "start", "--listen", String(address), store: other)
        #expect(second.status == 1)
        #expect(second.error.contains("in use"), "\(second.error)")
    }

    @Test("refuse a key that the coordinator does not know, with status 77")
    func wrongKey() throws {
        let store = Folder()
        let other = Folder()
        let first = try startCoordinator(store)
        let stranger = try startCoordinator(other)
        // The stranger's keys with the first one's address and public key.
        let ours = try String(contentsOfFile: store.path + "/access", encoding: .utf8)
        let theirs = try String(contentsOfFile: other.path + "/access", encoding: .utf8)
        let mixed = ours.split(separator: "\n").map { line -> Substring in
            guard line.contains("worker-") || line.contains("submitter-") else { return line }
            let key = line.prefix { $0 != ":" }
            return theirs.split(separator: "\n").first { $0.hasPrefix(key) } ?? line
        }
        let access = try store.write(mixed.joined(separator: "\n") + "\n", to: "mixed")
        chmod(access, 0o600)
        let info = try Program.run("coordinator", "info", "--access", access, store: store)
        #expect(info.status == 77, "\(info.error)")
        let worker = try Program.run("worker", "start", "--access", access, store: store)
        #expect(worker.status == 77, "\(worker.error)")
        #expect(first.isRunning && stranger.isRunning)
    }

    @Test("refuse keys that others may read, and say how to mend it")
    func exposedKey() throws {
        let store = Folder()
        let coordinator = try startCoordinator(store)
        chmod(store.path + "/access", 0o644)
        let worker = try Program.run("worker", "start", store: store)
        #expect(worker.status == 1)
        #expect(worker.error.contains("chmod 600"), "\(worker.error)")
        #expect(coordinator.isRunning)
    }

    @Test("say with status 69 that no coordinator answers")
    func unreachable() throws {
        let store = Folder()
        let file = try store.write(smallSweep, to: "small.yaml")
        let coordinator = try startCoordinator(store)
        coordinator.send(SIGKILL)
        coordinator.wait()
        let submitted = try Program.run("submit", file, store: store)
        #expect(submitted.status == 69, "\(submitted.error)")
        let worker = try Program.run(
            "worker", "start", "--give-up-after", "1s", store: store)
        #expect(worker.status == 69, "\(worker.error)")
    }

    @Test("go on serving after garbage and a client without keys")
    func garbage() throws {
        let store = Folder()
        let coordinator = try startCoordinator(store)
        let match = try #require(coordinator.output.firstMatch(of: #/127\.0\.0\.1:(\d+)/#))
        let port = try #require(UInt16(match.1))
        for bytes in [[UInt8](repeating: 0xFF, count: 4096), Array("GET / HTTP/1.1\r\n\r\n".utf8)] {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let connected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            #expect(connected == 0)
            #expect(write(descriptor, bytes, bytes.count) == bytes.count)
        }
        let info = try Program.run("coordinator", "info", store: store)
        #expect(info.status == 0, "\(info.error)")
    }

    @Test("refuse a store that a newer program wrote")
    func newerStore() throws {
        let store = Folder()
        let coordinator = try startCoordinator(store)
        coordinator.send(SIGTERM)
        coordinator.wait()
        let python =
            "import sqlite3; sqlite3.connect('\(store.path)/store.sqlite')"
            + ".execute('PRAGMA user_version = 99')"
        let process = try Process.run(
            URL(filePath: "/usr/bin/env"), arguments: ["python3", "-c", python])
        process.waitUntilExit()
        for arguments in [["coordinator", "start"], ["sweep", "list"]] {
            let ended = try Program.start(arguments, store: store).wait()
            #expect(ended.status == 1)
            #expect(ended.error.contains("99"), "\(ended.error)")
        }
    }
}
