import ArgumentParser
import Coordination
import Foundation
import Sweeps

/// A sweep file with what the command line overrides in it.
struct SweepFileArgument: ParsableArguments {
    @Argument(help: "The sweep file.")
    var file: String

    @Argument(help: "Overrides: key=value, or key=a,b for an axis (train.learning_rate=0.1,0.2).")
    var overrides: [String] = []

    func source() throws -> SweepSource { try load().source }

    func read() throws -> SweepFile { try load().sweep }

    /// Hands over the files that trials start from, which do not go with the sweep's text.
    func bringFiles(of source: SweepSource, _ bring: ([UInt8]) throws -> Void) throws {
        let folder = FolderAttachments(folder: URL(filePath: file).deletingLastPathComponent())
        for attachment in source.attachments where attachment.bytes == nil {
            let bytes = Array(try Data(contentsOf: folder.url(of: attachment.name)))
            guard Digest256(hashing: bytes) == attachment.digest else {
                throw CommandFailure(.failed, "\(attachment.name) changes while it is read")
            }
            try bring(bytes)
        }
    }

    func load() throws -> (source: SweepSource, sweep: SweepFile) {
        let url = URL(filePath: file)
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw CommandFailure(.usage, "\(file): cannot be read; name a sweep file")
        }
        // Bytes that are no UTF-8 are the reader's to complain about, with their place.
        let sweep = try SweepFile(
            text: Array(data), path: file, overrides: overrides,
            files: FolderAttachments(folder: url.deletingLastPathComponent()), kinds: trialKinds)
        for note in sweep.notes { Terminal.note("note: \(note)") }
        let source = SweepSource(
            path: url.standardizedFileURL.path, text: String(decoding: data, as: UTF8.self),
            overrides: overrides, attachments: sweep.attachments)
        return (source, sweep)
    }
}

extension SweepFile {
    /// Reads a sweep as it was asked for.
    init(_ source: SweepSource) throws {
        try self.init(
            text: Array(source.text.utf8), path: source.path,
            overrides: source.overrides, files: SentAttachments(source.attachments),
            kinds: trialKinds)
    }
}
