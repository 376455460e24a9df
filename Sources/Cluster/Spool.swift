import Coordination
import Foundation
import Sweeps
import Transport

/// A worker's folder: who it is, and the results that no coordinator has acknowledged yet.
///
/// ```
/// SPOOL/lock                 held by the one live worker of the folder
/// SPOOL/worker               its identity
/// SPOOL/CLUSTER/generation   counts its lives, so that an old HELLO is known as one
/// SPOOL/CLUSTER/17.result    what lease 17 yielded, and others that ended with it, as the message
///                            that hands them in
/// SPOOL/CLUSTER/files        what trials start from, by digest
/// SPOOL/CLUSTER/checkpoints  states of trials: see `CheckpointFolder`
/// SPOOL/CLUSTER/training     what the process trains just now: see `TrainingRecord`
/// ```
///
/// Results belong to the store that issued their leases, so each has a folder of its own.
struct Spool: Sendable {
    let worker: WorkerID
    /// Above every generation of earlier lives.
    let firstGeneration: UInt64
    let training: TrainingRecord
    /// What earlier lives left, in the order of their leases.
    private(set) var leftOver: [EndedAttempt] = []
    private let folder: URL
    private let lock: FileLock
    /// The file that has the result of a lease, by the lease that names it, and how many results of
    /// it nobody has acknowledged yet.
    private var fileOfToken: [LeaseToken: LeaseToken] = [:]
    private var unacknowledged: [LeaseToken: Int] = [:]

    /// Takes the folder for this process, making what is missing.
    ///
    /// - Parameters:
    ///   - path: The spool folder.
    ///   - cluster: The store's own name.
    ///   - host: Begins the worker's identity.
    /// - Throws: `ClusterError` where the folder is another's or cannot be used.
    init(path: String, cluster: String, host: String) throws(ClusterError) {
        let root = URL(filePath: path)
        folder = root.appending(path: cluster)
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw .spoolUnusable(path: path, why: error.localizedDescription)
        }
        guard let lock = try FileLock(path: root.appending(path: "lock").path) else {
            throw .spoolInUse(path: path)
        }
        self.lock = lock
        worker = try Self.identity(in: root, host: host)
        let generation = folder.appending(path: "generation")
        let lives =
            (try? String(contentsOf: generation, encoding: .utf8))  // none is the first
            .flatMap { UInt64($0.filter(\.isNumber)) } ?? 0
        firstGeneration = (lives + 1) << 32
        try Self.write(Data("\(lives + 1)\n".utf8), to: generation)
        training = try TrainingRecord(path: folder.appending(path: "training").path)
        readLeftOver()
        try keepCrash()
    }

    /// Hands in, as a crash, what the process's last life trained when it died of its own fault.
    private mutating func keepCrash() throws(ClusterError) {
        if let crash = training.lastCrash {
            for entry in crash.entries {
                if fileOfToken[entry.token] != nil { continue }
                let lease = Lease(
                    token: entry.token, trial: entry.trial, attempt: entry.attempt, worker: worker)
                do {
                    let end = EndedAttempt(lease, .crash(crash.signal))
                    try keep([end], isSynced: true)
                    leftOver.append(end)
                } catch let error as ClusterError {
                    throw error
                } catch {
                    preconditionFailure("a crash is encoded as any result is: \(error)")
                }
            }
        }
        training.clear()
    }

    private static func identity(in root: URL, host: String) throws(ClusterError) -> WorkerID {
        let file = root.appending(path: "worker")
        if let text = try? String(contentsOf: file, encoding: .utf8),  // none yet: made below
            let known = WorkerID(text.filter { !$0.isNewline })
        {
            return known
        }
        let plain = host.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        let suffix = String(UInt32.random(in: 0 ... .max), radix: 16)
        guard let worker = WorkerID("\(plain.prefix(40))-\(suffix)") else {
            preconditionFailure("'\(plain)-\(suffix)' is made of plain characters")
        }
        try write(Data("\(worker)\n".utf8), to: file)
        return worker
    }

    /// Results of earlier lives, in the order of their leases. A file that cannot be read is set
    /// aside under another name: its trial is trained again, its bytes stay for who looks.
    private mutating func readLeftOver() {
        let list = try? FileManager.default.contentsOfDirectory(atPath: folder.path)  // gone: none
        let files = list ?? []
        for name in files where name.hasSuffix(".result") {
            let file = folder.appending(path: name)
            do {
                let bytes = Array(try Data(contentsOf: file))
                guard case .results(let ended) = try Codec.workerMessage(from: bytes),
                    let token = UInt32(name.dropLast(".result".count))
                else {
                    throw CodecError.frame("another message than a result")
                }
                note(ended, in: LeaseToken(token))
                leftOver += ended
            } catch {
                rename(file.path, file.path + ".damaged")
            }
        }
        leftOver.sort { $0.lease.token < $1.lease.token }
    }

    private mutating func note(_ ended: [EndedAttempt], in file: LeaseToken) {
        for one in ended { fileOfToken[one.lease.token] = file }
        unacknowledged[file] = ended.count
    }

    /// Writes results to one file, so that they outlive this process, and a power cut where
    /// `isSynced`: else such a cut may leave no file or a damaged one.
    mutating func keep(_ ended: [EndedAttempt], isSynced: Bool) throws {
        guard let first = ended.first?.lease.token else { return }
        let bytes = try Codec.bytes(of: .results(ended))
        try Self.write(Data(bytes), to: file(of: first), isSynced: isSynced)
        note(ended, in: first)
    }

    var filesPath: String { folder.appending(path: "files").path }
    var checkpointsPath: String { folder.appending(path: "checkpoints").path }

    /// The file goes with the last result in it.
    mutating func forget(_ token: LeaseToken) {
        guard let first = fileOfToken.removeValue(forKey: token) else { return }
        let left = (unacknowledged[first] ?? 1) - 1
        unacknowledged[first] = left > 0 ? left : nil
        if left == 0 { unlink(file(of: first).path) }
    }

    private func file(of token: LeaseToken) -> URL {
        folder.appending(path: "\(token.rawValue).result")
    }

    /// Write, fsync, rename, fsync of the folder: the file is there whole, or not at all.
    private static func write(
        _ data: Data, to file: URL, isSynced: Bool = true
    ) throws(ClusterError) {
        func fail() -> ClusterError {
            .spoolUnusable(path: file.path, why: String(cString: strerror(errno)))
        }
        let temporary = file.path + ".new"
        let descriptor = open(
            temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw fail() }
        let isWritten = data.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(
                    descriptor, bytes.baseAddress?.advanced(by: done), bytes.count - done)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return !isSynced || fsync(descriptor) == 0
        }
        let error = isWritten ? nil : fail()
        close(descriptor)
        if let error { throw error }
        guard rename(temporary, file.path) == 0 else { throw fail() }
        guard isSynced else { return }
        let parent = open(file.deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        guard parent >= 0 else { throw fail() }
        fsync(parent)
        close(parent)
    }
}
