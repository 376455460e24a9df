import Foundation
import Store
import Sweeps

/// Reads what a sweep file names as files: files, as seen from its folder, and the weights of finished
/// trials of the store, `judge/1`.
final class SweepFiles: AttachmentSource {
    /// What is sent whole fits into one message, beside the sweep file.
    private static let byteLimit = 768 << 10

    private let folder: URL
    private let store: StoreOptions
    /// Trials that were asked for and whose weights have to be trained first.
    private(set) var untrained: [FinishedTrial] = []

    init(folder: URL, store: StoreOptions) {
        self.folder = folder
        self.store = store
    }

    func attachment(_ name: String, withBytes: Bool) throws(AttachmentError) -> Attachment {
        let file: FileHandle
        do {
            file = try FileHandle(forReadingFrom: try url(of: name))
        } catch let error as AttachmentError {
            throw error
        } catch {
            throw AttachmentError(
                "cannot be read; name a file, as seen from the sweep file, or for weights a finished "
                    + "trial of the store, as judge/1")
        }
        do {
            defer { try? file.close() }  // only read from
            var kept: [UInt8]? = withBytes ? [] : nil
            let digest = try Digest256(hashingParts: {
                guard let data = try file.read(upToCount: 1 << 20), !data.isEmpty else {
                    return nil
                }
                if kept?.count ?? 0 <= Self.byteLimit { kept?.append(contentsOf: data) }
                return Array(data)
            })
            if let kept, kept.count > Self.byteLimit {
                throw AttachmentError(
                    "has over \(Self.byteLimit) bytes, the limit for a list of cells; split it")
            }
            return Attachment(name: name, digest: digest, bytes: kept)
        } catch let error as AttachmentError {
            throw error
        } catch {
            throw AttachmentError("cannot be read (\(error.localizedDescription))")
        }
    }

    func bytes(of name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: url(of: name)))
    }

    /// A file of that name, else the weights of the trial of that name.
    private func url(of name: String) throws(AttachmentError) -> URL {
        let file = URL(filePath: name, relativeTo: folder).standardizedFileURL
        guard !FileManager.default.fileExists(atPath: file.path),
            let trial = try FinishedTrial(name, in: store)
        else { return file }
        let weights = trial.weightsFile(in: store)
        guard FileManager.default.fileExists(atPath: weights.path) else {
            untrained.append(trial)
            throw AttachmentError("has no weights in the store yet")
        }
        return weights
    }
}

/// A trial that has a result, whose weights are trained again where they are asked for.
struct FinishedTrial {
    /// `judge/1`.
    let name: String
    private let trial: Trial
    private let digest: Digest256

    /// - Returns: nil where no trial can be meant.
    /// - Throws: `AttachmentError`, where it has no result.
    init?(_ name: String, in store: StoreOptions) throws(AttachmentError) {
        let number = name.split(separator: "/").last.flatMap { Int($0) }
        guard name.split(separator: "/", omittingEmptySubsequences: false).count == 2,
            number != nil
        else { return nil }
        do {
            let reader = try store.reader()
            let selected = try TrialSelector(name, in: reader)
            let number = selected.numbers.lowerBound
            guard let result = try reader.trial(number, of: selected.opened.sweep).row.result,
                result.outcome == .finished
            else {
                throw AttachmentError("is a trial that has not finished")
            }
            self.name = name
            trial = selected.opened.file.plan.trial(number)
            digest = result.digest
        } catch let error as AttachmentError {
            throw error
        } catch {
            throw AttachmentError("is no file and no trial of the store (\(error))")
        }
    }

    /// Named by the digest of the result, so that no other weights are ever taken for these.
    func weightsFile(in store: StoreOptions) -> URL {
        URL(filePath: store.path).appending(path: "weights").appending(
            path: "\(digest).safetensors")
    }

    /// Trains the trial again and keeps its weights in the store's folder.
    ///
    /// - Throws: `CommandFailure` where its digest is another one here, or it has no weights.
    func train(_ store: StoreOptions) async throws {
        Terminal.note("\(name): trained again for its weights, which are kept")
        let threads = ProcessInfo.processInfo.activeProcessorCount
        let trained = try await TrialRunner.train(
            trial.spec, files: store.files, threads: threads)
        guard trained.result.digest == digest else {
            throw CommandFailure(
                .digestDiffers,
                "\(name): the store has digest \(digest), here it is \(trained.result.digest)")
        }
        let file = weightsFile(in: store)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try WeightsExport.write(trained.weights, ofKind: trial.spec.kind, to: file.path)
    }
}
