import Foundation
import Store
import Sweeps
import Synchronization

/// Trains a trial in this process, for commands that check one.
enum TrialRunner {
    /// - Parameter files: Those that the trial may start from, by the names that its configuration has.
    /// - Throws: `CommandFailure` where this program has no such kind; what the trial's own code
    ///   throws.
    static func run(
        _ spec: TrialSpec, files: @escaping TrialFiles, threads: Int = 1
    ) async throws -> TrialResult {
        let context = TrialContext(threads: threads, file: files)
        return try await kind(of: spec).run(spec, context: context)
    }

    /// - Returns: The result, and the final weights; none where the kind has none.
    static func train(
        _ spec: TrialSpec, files: @escaping TrialFiles, threads: Int = 1
    ) async throws -> (result: TrialResult, weights: [Tensor]) {
        let kept = Kept()
        let context = TrialContext(
            threads: threads, file: files,
            keepWeights: { weights in kept.weights.withLock { $0 = weights } })
        let result = try await kind(of: spec).run(spec, context: context)
        return (result, kept.weights.withLock { $0 })
    }

    static func kind(of spec: TrialSpec) throws -> any TrialKind { try kind(named: spec.kind) }

    static func kind(named name: String) throws -> any TrialKind {
        guard let kind = trialKinds.first(where: { $0.name == name }) else {
            throw CommandFailure(.failed, "this program knows no trial kind '\(name)'")
        }
        return kind
    }

    private final class Kept: Sendable {
        let weights = Mutex<[Tensor]>([])
    }
}

/// Reads a file by the name that a configuration has for it.
typealias TrialFiles = @Sendable (_ name: String) throws -> [UInt8]

extension StoreOptions {
    /// The files beside the database.
    var files: TrialFiles {
        let files = FileStore(store: path)
        return { name in
            guard let digest = Digest256(fileName: name), files.contains(digest) else {
                throw MissingFile(digest: name)
            }
            return try files.bytes(of: digest)
        }
    }
}

extension StoreReader {
    /// The files within a bundle.
    var bundledFiles: TrialFiles {
        { name in
            guard let digest = Digest256(fileName: name), let bytes = try bundledFile(digest) else {
                throw MissingFile(digest: name)
            }
            return bytes
        }
    }
}
