import Coordination
import Store
import Sweeps
import Transport

/// What workers have brought over the second socket, as the coordinator's thread deals with it.
final class BroughtFiles {
    let files: FileStore
    /// Results that are in the database once the turn is committed.
    private var opened: [Digest256] = []

    /// The largest result that is taken.
    static let resultLimit = 256 << 20

    /// Removes what an earlier coordinator left and nobody needs any more.
    init(store: TrialStore) {
        files = FileStore(broughtTo: store.directory)
        files.sweep(keeping: [])
    }

    /// A message with its result in place of the file that it is in.
    ///
    /// Where that is not here, or not this lease's result, the message stays as it is: the core makes
    /// nothing of it, and the worker brings the file again.
    func opened(_ message: WorkerMessage) -> WorkerMessage {
        guard case .results(let ended) = message, ended.count == 1,
            case .file(let digest) = ended[0].end,
            let size = files.size(of: digest), size <= Self.resultLimit,
            // Damaged: it is as if it were not here.
            let bytes = try? files.bytes(of: digest),
            case .results(let inFile)? = try? Codec.workerMessage(from: bytes),
            inFile.count == 1, inFile[0].lease == ended[0].lease, case .result = inFile[0].end
        else { return message }
        opened.append(digest)
        return .results(inFile)
    }

    /// To be called when the turn is committed: whatever was decided, the worker forgets its result.
    func removeOpened() {
        for digest in opened { files.remove(digest) }
        opened = []
    }
}
