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
