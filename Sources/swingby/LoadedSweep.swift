import Coordination
import Foundation
import Sweeps

/// A sweep file that was read with the files it names.
struct LoadedSweep {
    /// As it is submitted.
    var source: SweepSource
    let sweep: SweepFile
    private let files: SweepFiles

    /// - Parameters:
    ///   - path: Where the sweep file is, or, with `text`, where it would be.
    ///   - text: What is read in place of the file.
    ///   - store: Where trials are whose weights the file names; those that are not there yet are
    ///     trained first.
    /// - Throws: `CommandFailure`, `SweepFileErrors`.
    init(
        path: String, text: [UInt8]? = nil, overrides: [String] = [], store: StoreOptions
    ) async throws {
        let url = URL(filePath: path)
        let text = try text ?? Self.read(path)
        let files = SweepFiles(folder: url.deletingLastPathComponent(), store: store)
        func read() throws -> SweepFile {
            // Bytes that are no UTF-8 are the reader's to complain about, with their place.
            try SweepFile(
                text: text, path: path, overrides: overrides, files: files, kinds: trialKinds)
        }
        do {
            sweep = try read()
        } catch  where !files.untrained.isEmpty {
            for trial in files.untrained { try await trial.train(store) }
            sweep = try read()
        }
        self.files = files
        try Self.check(sweep, path: path, files)
        for note in sweep.notes { Terminal.note("note: \(note)") }
        source = SweepSource(
            path: url.standardizedFileURL.path, text: String(decoding: text, as: UTF8.self),
            overrides: overrides, attachments: sweep.attachments)
    }

    /// Tells before anything is run whether the files fit the first cells, which mostly are like all.
    private static func check(_ sweep: SweepFile, path: String, _ files: SweepFiles) throws {
        let plan = sweep.plan
        guard let kind = plan.kind as? any FileChecking else { return }
        for index in 0..<min(plan.cellCount, 16) {
            do {
                try kind.checkFiles(of: plan.cell(at: index).configuration) { digest in
                    let named = sweep.attachments.first {
                        $0.digest == Digest256(fileName: digest)
                    }
                    guard let named else { throw MissingFile(digest: digest) }
                    return try files.bytes(of: named.name)
                }
            } catch let error as ConfigurationError {
                throw CommandFailure(.usage, "\(path): \(error)")
            }
        }
    }

    private static func read(_ path: String) throws -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw CommandFailure(.usage, "\(path): cannot be read; name a sweep file")
        }
    }

    /// Hands over the files that trials start from, which do not go with the sweep's text.
    func bringFiles(_ bring: ([UInt8]) throws -> Void) throws {
        for attachment in source.attachments where attachment.bytes == nil {
            let bytes = try files.bytes(of: attachment.name)
            guard Digest256(hashing: bytes) == attachment.digest else {
                throw CommandFailure(.failed, "\(attachment.name) changes while it is read")
            }
            try bring(bytes)
        }
    }
}
