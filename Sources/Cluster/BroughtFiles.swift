import Coordination
import Store
import Sweeps
import Transport

/// What workers have brought over the second socket, as the coordinator's thread deals with it.
final class BroughtFiles {
    let files: FileStore
    private let store: TrialStore
    /// Results that are in the database once the turn is committed.
    private var opened: [Digest256] = []
    /// States of trials that the turn is about.
    private var heard: [Digest256] = []

    /// The largest result that is taken.
    static let resultLimit = 256 << 20

    /// Removes what an earlier coordinator left and nobody needs any more.
    init(store: TrialStore) {
        self.store = store
        files = FileStore(broughtTo: store.directory)
        files.sweep(keeping: store.checkpointFiles)
    }

    /// A message with its result in place of the file that it is in.
    ///
    /// Where that is not here, or not this lease's result, the message stays as it is: the core makes
    /// nothing of it, and the worker brings the file again.
    ///
    /// - Returns: nil for a state of a trial that is not here: the worker brings the next one.
    func opened(_ message: WorkerMessage) -> WorkerMessage? {
        switch message {
        case .checkpoint(_, let checkpoint):
            guard files.size(of: checkpoint.digest) == checkpoint.sizeInBytes else { return nil }
            heard.append(checkpoint.digest)
            return message
        case .results(let ended):
            guard ended.count == 1, case .file(let digest) = ended[0].end,
                let result = result(in: digest), result.lease == ended[0].lease
            else { return message }
            opened.append(digest)
            return .results([result])
        default:
            return message
        }
    }

    private func result(in digest: Digest256) -> EndedAttempt? {
        guard let size = files.size(of: digest), size <= Self.resultLimit,
            // What cannot be read, or holds no result, is damaged: it is as if it were not here.
            let bytes = try? files.bytes(of: digest),
            case .results(let ended)? = try? Codec.workerMessage(from: bytes),
            ended.count == 1, case .result = ended[0].end
        else { return nil }
        return ended[0]
    }

    /// To be called when the turn is committed: whatever was decided of a result, the worker forgets
    /// it; and of a trial's states the last one is needed.
    func removeUnneeded() {
        for digest in opened { files.remove(digest) }
        opened = []
        let released = store.takeReleasedFiles()
        for digest in released { files.remove(digest) }
        guard !heard.isEmpty else { return }
        let needed = store.checkpointFiles
        for digest in heard where !needed.contains(digest) { files.remove(digest) }
        heard = []
    }
}
