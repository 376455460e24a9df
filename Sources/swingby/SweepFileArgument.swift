import ArgumentParser
import Coordination
import Sweeps

/// A sweep file with what the command line overrides in it.
struct SweepFileArgument: ParsableArguments {
    @Argument(help: "The sweep file.")
    var file: String

    @Argument(help: "Overrides: key=value, or key=a,b for an axis (train.learning_rate=0.1,0.2).")
    var overrides: [String] = []

    /// - Parameter store: Where trials are whose weights the file names.
    func load(_ store: StoreOptions) async throws -> LoadedSweep {
        try await LoadedSweep(path: file, overrides: overrides, store: store)
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
