import Foundation
import Store
import Sweeps

/// `export SEL weights`: trains each trial that has a result again, since weights are not stored,
/// and writes its final weights where the digest is the stored one.
struct WeightsExport {
    let opened: OpenedSweep
    let reader: StoreReader
    let store: StoreOptions
    /// Gets a file `N.safetensors` for trial N.
    let folder: String

    /// - Throws: `CommandFailure`, at the end, where digests differ.
    func run() async throws {
        let sweep = opened.sweep
        var (written, missing, differing) = (0, 0, 0)
        for number in 1...opened.file.plan.trialCount {
            guard let stored = try reader.trial(number, of: sweep).row.result else {
                missing += 1
                continue
            }
            let trained = try await TrialRunner.train(
                opened.file.plan.trial(number).spec, files: store.files)
            guard trained.result.digest == stored.digest else {
                Terminal.complain(
                    "\(sweep.name)/\(number): the store has digest \(stored.digest), here it is "
                        + "\(trained.result.digest); its weights are not written")
                differing += 1
                continue
            }
            try makeFolder()
            try Self.write(
                trained.weights, ofKind: sweep.kind, to: "\(folder)/\(number).safetensors")
            written += 1
        }
        let without = missing == 0 ? "" : "; \(missing) trials have no result"
        Terminal.note("\(folder): the weights of \(written) trials\(without)")
        if differing > 0 { throw CommandFailure(.digestDiffers) }
    }

    /// - Throws: `CommandFailure`, also where the kind has no weights.
    static func write(_ weights: [Tensor], ofKind kind: String, to path: String) throws {
        guard !weights.isEmpty else {
            throw CommandFailure(.failed, "trials of the kind '\(kind)' have no weights")
        }
        try OutputFile.write(Safetensors.bytes(of: weights), to: path)
    }

    private func makeFolder() throws {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw CommandFailure(.failed, "\(folder): \(error.localizedDescription)")
        }
    }
}
