import Foundation
import GRDB
import Testing

@testable import Store
@testable import Sweeps

@Suite("A bundle")
struct BundleTests {
    let directory: TemporaryDirectory
    let store: TrialStore
    /// Shares the trial of 2 with sweep b, and starts from a file.
    let plan = testPlan("a", values: [1, 2])
    let file: [UInt8] = [1, 2, 3]
    let bundle: String

    init() throws {
        directory = try TemporaryDirectory()
        bundle = directory.path + "/a.bundle"
        store = try TrialStore(opening: directory.store)
        let digest = try FileStore(store: directory.store).keep(file)
        var ours = submission(of: plan)
        ours.attachments = [
            Attachment(name: "weights", digest: digest, bytes: nil),
            Attachment(name: "cells.csv", digest: Digest256(hashing: [7]), bytes: [7]),
        ]
        try store.insert(testPlan("b", values: [2, 3]))
        _ = try store.insert(ours, plan: plan, at: 1)
        try store.commit((1...3).map { .leased(lease($0, trial: $0)) }, at: 1)
        try store.commit(
            [
                .finished(lease(1, trial: 1), result(1)), .finished(lease(2, trial: 2), result(2)),
                .finished(lease(3, trial: 3), result(3, outcome: .diverged(step: 1))),
            ], at: 2)
    }

    private func write() throws -> StoreReader {
        let reader = try StoreReader(opening: directory.store)
        try reader.writeBundle(of: reader.sweep("a"), to: bundle)
        return try StoreReader(bundle: bundle)
    }

    @Test("has one sweep, with what its store has of it")
    func oneSweep() throws {
        let given = try write()
        let reader = try StoreReader(opening: directory.store)
        #expect(try given.sweeps().map(\.name) == ["a"])
        let sweep = try given.sweep("a")
        #expect(try given.audit(sweep, against: plan).isSound)
        let rows = try given.rows(of: sweep)
        #expect(try rows == reader.rows(of: reader.sweep("a")) && rows.count == 2)
        for table in ["trial", "spec", "cell", "lease", "result", "sweep_count"] {
            let count = try given.read { try $0.count("SELECT count(*) FROM \(table)") }
            #expect(count == (table == "sweep_count" ? 1 : 2), "\(table)")
        }
        // The grid of sweep b's own trial stays behind.
        #expect(try given.read { try $0.count("SELECT count(*) FROM grid") } == 3)
    }

    @Test("holds the files that its trials start from")
    func files() throws {
        let given = try write()
        let attachments = try given.attachments(of: given.sweep("a"))
        #expect(attachments.map(\.bytes) == [file, [7]])
        #expect(try given.bundledFile(Digest256(hashing: file)) == file)
        #expect(try given.bundledFile(Digest256(hashing: [9])) == nil)
        try DatabaseQueue(path: bundle).write { db in
            try db.execute(sql: "UPDATE attachment SET content = x'00' WHERE position = 0")
        }
        #expect(throws: StoreError.self) { try given.bundledFile(Digest256(hashing: file)) }
    }

    @Test("is not written without such a file, nor read where there is none")
    func missing() throws {
        #expect(throws: StoreError.missingBundle(path: bundle)) { try StoreReader(bundle: bundle) }
        let digest = Digest256(hashing: file)
        #expect(unlink(directory.store + "/files/\(digest)") == 0)
        let error = #expect(throws: StoreError.self) { try write() }
        #expect(error?.description.contains("\(digest)") == true)
        #expect(try directory.names(in: "") == ["store"])
    }
}
