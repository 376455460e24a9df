import Foundation
import Sweeps
import Testing

@testable import Store

@Suite("Files by their digest")
struct FileStoreTests {
    let directory: TemporaryDirectory
    let files: FileStore
    private let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }

    init() throws {
        directory = try TemporaryDirectory()
        files = FileStore(folder: directory.path + "/files")
    }

    @Test("come back as they were kept, whole or in parts, for their owner's eyes alone")
    func kept() throws {
        let digest = Digest256(hashing: bytes)
        #expect(!files.contains(digest))
        #expect(try files.keep(part: Array(bytes[..<4000]), at: 0, of: 10_000, digest) == 4000)
        #expect(!files.contains(digest))
        #expect(try files.keep(part: Array(bytes[4000...]), at: 4000, of: 10_000, digest) == 10_000)
        #expect(try files.bytes(of: digest) == bytes)
        #expect(try files.read(digest, at: 9_990, count: 100) == Array(bytes[9_990...]))
        #expect(try files.keep(bytes) == digest)
        #expect(try directory.mode("files/\(digest)") == 0o600)
        #expect(try files.bytes(of: files.keep([])) == [])
    }

    @Test("take each part at the end of those before, and say where that is")
    func order() throws {
        let digest = Digest256(hashing: bytes)
        func keep(_ range: Range<Int>) throws -> Int {
            try files.keep(
                part: Array(bytes[range]), at: range.lowerBound, of: bytes.count, digest)
        }
        #expect(try keep(0..<0) == 0)
        #expect(try keep(4000..<8000) == 0)
        #expect(try keep(0..<4000) == 4000)
        // Twice, lost, and one that comes late.
        #expect(try keep(0..<4000) == 4000)
        #expect(try keep(8000..<10_000) == 4000)
        #expect(try keep(4000..<8000) == 8000)
        #expect(try keep(2000..<3000) == 8000)
        #expect(try keep(0..<0) == 8000)
        #expect(try keep(8000..<10_000) == 10_000)
        #expect(try files.bytes(of: digest) == bytes)
        // Who claims another size begins anew.
        let other = Digest256(hashing: bytes[..<10])
        #expect(try files.keep(part: Array(bytes[..<20]), at: 0, of: 30, other) == 20)
        #expect(try files.keep(part: Array(bytes[..<10]), at: 0, of: 10, other) == 10)
    }

    @Test("that are larger than the disk's room are refused before anything is written")
    func full() throws {
        let digest = Digest256(hashing: bytes)
        #expect(throws: StoreError.full(path: directory.path + "/files/\(digest)")) {
            try files.keep(part: bytes, at: 0, of: 1 << 60, digest)
        }
        #expect(try directory.names(in: "files") == [])
    }

    @Test("are swept: drafts always, and what nobody needs")
    func swept() throws {
        let digests = try [[1], [2], [3]].map { try files.keep($0) }
        let draft = Digest256(hashing: bytes)
        #expect(try files.keep(part: [0], at: 0, of: 10_000, draft) == 1)
        files.sweep()
        #expect(digests.allSatisfy(files.contains))
        #expect(try directory.names(in: "files").count == 3)
        files.sweep(keeping: [digests[1]])
        #expect(try directory.names(in: "files") == ["\(digests[1])"])
        files.remove(digests[1])
        #expect(!files.contains(digests[1]))
        FileStore(folder: directory.path + "/none").sweep(keeping: [])
    }

    @Test("are not there when what came has another digest, or was damaged since")
    func damaged() throws {
        let digest = Digest256(hashing: [1, 2, 3])
        #expect(throws: StoreError.self) { try files.keep(part: bytes, at: 0, of: 10_000, digest) }
        #expect(!files.contains(digest))
        let kept = try files.keep(bytes)
        try Data([0]).write(to: URL(filePath: directory.path + "/files/\(kept)"))
        #expect(throws: StoreError.self) { try files.bytes(of: kept) }
        #expect(throws: StoreError.self) { try files.bytes(of: digest) }
    }
}
