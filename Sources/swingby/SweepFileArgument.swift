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

    func source() throws -> SweepSource {
        let url = URL(filePath: file)
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw CommandFailure(.usage, "\(file): cannot be read; name a sweep file")
        }
        // Bytes that are no UTF-8 are the reader's to complain about, with their place.
        _ = try SweepFile(text: Array(data), path: file, overrides: overrides, kinds: trialKinds)
        return SweepSource(
            path: url.standardizedFileURL.path, text: String(decoding: data, as: UTF8.self),
            overrides: overrides)
    }

    func read() throws -> SweepFile {
        let source = try source()
        return try SweepFile(source, path: file)
    }
}

extension SweepFile {
    /// Reads a sweep as it was asked for.
    init(_ source: SweepSource, path: String? = nil) throws {
        try self.init(
            text: Array(source.text.utf8), path: path ?? source.path,
            overrides: source.overrides, kinds: trialKinds)
    }
}
