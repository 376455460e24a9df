import Foundation
import GRDB
import Testing

@testable import Store

@Suite("Opening a store")
struct OpeningTests {
    let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    @Test("makes it where there is none, for its owner's eyes alone")
    func modes() throws {
        let store = try TrialStore(opening: directory.path + "/deep/er/store")
        try store.insert(testPlan("a", values: [1]))
        #expect(try directory.mode("deep/er/store") == 0o700)
        #expect(try directory.mode("deep") == 0o700)
        let names = try directory.names(in: "deep/er/store")
        #expect(names == ["lock", "store.sqlite", "store.sqlite-shm", "store.sqlite-wal"])
        for name in names {
            #expect(try directory.mode("deep/er/store/" + name) == 0o600, "\(name)")
        }
        try store.close()
    }

    @Test("syncs every commit: synchronous is FULL, the journal WAL")
    func durableSettings() throws {
        for _ in 0..<2 {
            let store = try TrialStore(opening: directory.store)
            let settings = try ["synchronous", "journal_mode"].map { name in
                try store.queue.read { try String.fetchOne($0, sql: "PRAGMA \(name)") }
            }
            #expect(settings == ["2", "wal"])
            try store.close()
        }
    }

    @Test("counts coordinators and keeps the cluster's name")
    func epochs() throws {
        let first = try TrialStore(opening: directory.store)
        #expect(first.epoch == 1)
        try first.close()
        let second = try TrialStore(opening: directory.store)
        #expect(second.epoch == 2)
        #expect(second.cluster == first.cluster)
        try second.close()
        let other = try TrialStore(opening: directory.path + "/other")
        #expect(other.cluster != first.cluster)
        try other.close()
    }

    @Test("is refused to a second coordinator, which is told the first one's process and host")
    func secondCoordinator() throws {
        let first = try TrialStore(opening: directory.store)
        let error = #expect(throws: StoreError.self) {
            try TrialStore(opening: directory.store)
        }
        let owner = "process \(getpid()) on \(StoreLock.hostName)"
        #expect(error == .ownedByAnother(directory: directory.store, owner: owner))
        #expect(error?.description.contains(owner) == true)
        #expect(first.epoch == 1)
        try first.close()
        let next = try TrialStore(opening: directory.store)
        #expect(next.epoch == 2, "a refused coordinator is not counted")
        try next.close()
    }

    /// A descriptor closed twice may by then be another thread's file.
    @Test("closes no other thread's file when it is refused")
    func refusalsBesideOtherFiles() async throws {
        try StoreDirectory.prepare(directory.store)
        let place = directory.store
        let first = try StoreLock(directory: place)
        let stolen = await withTaskGroup(of: Int.self) { group in
            for isRefused in [true, true, false, false] {
                group.addTask {
                    (0..<5000).count { _ in
                        if isRefused { return (try? StoreLock(directory: place)) != nil }
                        let descriptor = open("/dev/null", O_RDONLY)
                        return descriptor < 0 || close(descriptor) != 0
                    }
                }
            }
            return await group.reduce(0, +)
        }
        #expect(stolen == 0)
        first.release()
    }

    @Test("refuses a newer program's store and names both versions")
    func newerSchema() throws {
        try TrialStore(opening: directory.store).close()
        try change("PRAGMA user_version = 99")
        let expected = StoreError.newerSchema(
            path: directory.database, found: 99, known: Schema.version)
        #expect(throws: expected) { try TrialStore(opening: directory.store) }
        #expect(throws: expected) { try StoreReader(opening: directory.store) }
        #expect(expected.description.contains("schema 99"))
        #expect(expected.description.contains("up to \(Schema.version)"))
    }

    @Test("refuses another program's database and leaves it as it is")
    func foreignDatabase() throws {
        try StoreDirectory.prepare(directory.store)
        try change("CREATE TABLE recipe (name TEXT)")
        let before = try Data(contentsOf: URL(fileURLWithPath: directory.database))
        let expected = StoreError.foreign(path: directory.database)
        #expect(throws: expected) { try TrialStore(opening: directory.store) }
        #expect(throws: expected) { try StoreReader(opening: directory.store) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: directory.database)) == before)
    }

    @Test("refuses a file that is no database")
    func noDatabase() throws {
        try StoreDirectory.prepare(directory.store)
        let text = String(repeating: "a shopping list\n", count: 100)
        try text.write(toFile: directory.database, atomically: false, encoding: .utf8)
        let expected = StoreError.notADatabase(path: directory.database)
        #expect(throws: expected) { try TrialStore(opening: directory.store) }
        #expect(throws: expected) { try StoreReader(opening: directory.store) }
        #expect(try String(contentsOfFile: directory.database, encoding: .utf8) == text)
    }

    @Test("reports damage as damage")
    func corruptPages() throws {
        let store = try TrialStore(opening: directory.store)
        try store.insert(testPlan("a", values: (1...200).map(Double.init)))
        try store.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: directory.database))
        try file.seek(toOffset: 4096)
        let size = try file.seekToEnd()
        try file.seek(toOffset: 4096)
        try file.write(contentsOf: Data(repeating: 0x5A, count: Int(size) - 4096))
        try file.close()
        let error = #expect(throws: StoreError.self) {
            try TrialStore(opening: directory.store).loadOpenState()
        }
        guard case .corrupt(let path, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(path == directory.database)
        #expect(error?.description.contains("is damaged") == true)
    }

    @Test("says what stands in the way of a directory")
    func unwritable() throws {
        try "".write(toFile: directory.path + "/file", atomically: false, encoding: .utf8)
        #expect(
            throws: StoreError.unwritable(
                path: directory.path + "/file", reason: "is not a directory")
        ) { try TrialStore(opening: directory.path + "/file") }
        // The kernel lets nobody make files there.
        let error = #expect(throws: StoreError.self) { try TrialStore(opening: "/sys/kernel") }
        guard case .unwritable("/sys/kernel/lock", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    private func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: directory.database)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }
}

@Suite("The table of mounts")
struct MountTableTests {
    let mounts = MountTable(
        text: """
            22 1 0:20 / / rw - overlay overlay rw
            30 22 0:31 / /home rw shared:1 - nfs4 head:/home rw
            31 30 8:1 / /home/ada/fast rw - ext4 /dev/sda1 rw
            32 22 0:33 / /with\\040space rw - fuse.sshfs there:/ rw
            33 22 8:2 / /mnt rw - xfs /dev/sdb rw
            34 22 0:35 / /mnt rw - lustre scratch rw
            a line that is none
            """)

    @Test(
        "tells what a directory is on",
        arguments: [
            ("/", "overlay"), ("/homely", "overlay"), ("/home", "nfs4"), ("/home/ada", "nfs4"),
            ("/home/ada/fast/s", "ext4"), ("/with space/s", "fuse.sshfs"), ("/mnt/s", "lustre"),
        ])
    func kinds(path: String, kind: String) {
        #expect(mounts.kind(of: path) == kind)
    }

    @Test("knows which file systems other hosts can change")
    func locality() {
        for kind in ["ext4", "xfs", "btrfs", "tmpfs", "overlay", "zfs", "fuseblk"] {
            #expect(MountTable.isLocal(kind), "\(kind)")
        }
        for kind in ["nfs", "nfs4", "cifs", "lustre", "beegfs", "gpfs", "ceph", "fuse.sshfs"] {
            #expect(!MountTable.isLocal(kind), "\(kind)")
        }
    }

    @Test("says nothing where the kernel does not")
    func silence() {
        #expect(MountTable(text: "").kind(of: "/") == nil)
    }

    @Test("brings the tables of the first version up to date and keeps their rows")
    func migration() throws {
        let queue = try DatabaseQueue()
        try Schema.migrator.migrate(queue, upTo: "1")
        try queue.write { db in
            try db.execute(
                sql: """
                    INSERT INTO trial (id, host_lost_limit, threads) VALUES (1, 20, 1);
                    INSERT INTO lease (token, trial, attempt, worker, issued)
                        VALUES (1, 1, 1, 'w', 0);
                    INSERT INTO failure VALUES (1, 1, 'error', 'no luck', 7);
                    """)
        }
        try Schema.migrator.migrate(queue)
        try queue.read { db in
            #expect(try Schema.check(db, path: "memory") == .store)
            let row = try #require(try Row.fetchOne(db, sql: "SELECT * FROM failure"))
            #expect(row["message"] == "no luck" && row["happened"] == 7)
            let trial = try #require(try Row.fetchOne(db, sql: "SELECT * FROM trial"))
            #expect(trial["crashes"] == 0 && trial["crash_limit"] == 3)
        }
    }
}
