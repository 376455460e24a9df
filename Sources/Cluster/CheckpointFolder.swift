import Foundation
import Sweeps

/// The states of a worker's trials on its disk: `17.1200.checkpoint` is that of trial 17 after 1200
/// steps; of each trial the last one.
///
/// They are not synced: a power cut may leave a damaged one, which is noticed when it is read.
struct CheckpointFolder: Sendable {
    private static let suffix = "checkpoint"
    /// After this long another worker has trained what a file is of.
    private static let patience = TimeInterval(7 * 86_400)

    private let url: URL

    /// Makes the folder, and removes what is old.
    init(path: String) {
        url = URL(filePath: path, directoryHint: .isDirectory)
        // Should it fail, keeping a state says why.
        try? FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        for file in files {
            // What is gone meanwhile needs no removal.
            let facts = try? file.resourceValues(forKeys: [.contentModificationDateKey])
            guard let changed = facts?.contentModificationDate else { continue }
            let isDraft = file.pathExtension != Self.suffix
            if isDraft || Date.now.timeIntervalSince(changed) > Self.patience { remove(file) }
        }
    }

    /// None where the folder could not be made or cannot be read: trials begin anew then.
    private var files: [URL] {
        (try? FileManager.default.contentsOfDirectory(
            at: url, includingPropertiesForKeys: [.contentModificationDateKey])) ?? []
    }

    private func remove(_ file: URL) {
        try? FileManager.default.removeItem(at: file)  // gone already
    }

    private var states: [(file: URL, trial: TrialID, step: Int)] {
        files.compactMap { file in
            let parts = file.lastPathComponent.split(separator: ".")
            guard parts.count == 3, parts[2] == Self.suffix, let trial = UInt32(parts[0]),
                let step = Int(parts[1])
            else { return nil }
            return (file, TrialID(trial), step)
        }
    }

    private func states(of trial: TrialID) -> [(file: URL, trial: TrialID, step: Int)] {
        states.filter { $0.trial == trial }
    }

    /// The trials that have a state here.
    var trials: Set<TrialID> { Set(states.map(\.trial)) }

    /// Where the trial's last state is; nil where there is none.
    func newest(of trial: TrialID) -> (path: String, step: Int)? {
        states(of: trial).max { $0.step < $1.step }.map { ($0.file.path, $0.step) }
    }

    /// Keeps a state whole or not at all, in place of earlier ones.
    func keep(_ bytes: [UInt8], of trial: TrialID, step: Int) throws {
        let file = url.appending(path: "\(trial.rawValue).\(step).\(Self.suffix)")
        try Data(bytes).write(to: file, options: .atomic)
        for old in states(of: trial) where old.step < step { remove(old.file) }
    }

    func remove(_ trial: TrialID) {
        for old in states(of: trial) { remove(old.file) }
    }
}
