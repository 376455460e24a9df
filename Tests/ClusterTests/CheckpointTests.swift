import Coordination
import Foundation
import Logging
import Sweeps
import Synchronization
import Testing

@testable import Cluster

@Suite("When a trial's state is kept")
struct CheckpointScheduleTests {
    @Test("left to the program: after a minute, and never for over a hundredth of the time")
    func auto() {
        var schedule = CheckpointSchedule(.auto, at: .seconds(5))
        #expect(!schedule.isDue(at: .seconds(64)) && schedule.isDue(at: .seconds(65)))
        schedule.kept(at: .seconds(66), cost: .milliseconds(10))
        #expect(!schedule.isDue(at: .seconds(125)) && schedule.isDue(at: .seconds(126)))
        schedule.kept(at: .seconds(130), cost: .seconds(3))
        #expect(!schedule.isDue(at: .seconds(429)) && schedule.isDue(at: .seconds(430)))
    }

    @Test("as often as a person says, or never")
    func told() {
        var schedule = CheckpointSchedule(.every(.seconds(2)), at: .zero)
        #expect(!schedule.isDue(at: .seconds(1)) && schedule.isDue(at: .seconds(2)))
        schedule.kept(at: .seconds(3), cost: .seconds(1))
        #expect(!schedule.isDue(at: .seconds(4)) && schedule.isDue(at: .seconds(5)))
        #expect(!CheckpointSchedule(.off, at: .zero).isDue(at: .seconds(1_000_000)))
    }
}

@Suite("The states of a worker's trials")
final class CheckpointKeeperTests {
    private let root = FileManager.default.temporaryDirectory
        .appending(path: "swingby-checkpoints-\(UUID().uuidString.prefix(8))")
    private let spec = TrialSpec(
        kind: "toy", version: 1, configuration: Configuration([:]), seed: 5)

    deinit {
        try? FileManager.default.removeItem(at: root)
    }

    private var folder: CheckpointFolder { CheckpointFolder(path: root.path) }
    private var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: root.path).sorted() }
    }

    private func state(_ step: Int) -> TrainingState {
        TrainingState(
            step: step, layout: "", tensors: [Tensor("x", shape: [1], .double([Double(step)]))],
            curves: [])
    }

    /// A keeper whose coordinator cannot be reached.
    private func keeper(
        named: Checkpoint? = nil, onKept: @escaping @Sendable () -> Void = {}
    ) throws -> CheckpointKeeper {
        let lease = Lease(
            token: LeaseToken(1), trial: TrialID(17), attempt: 1,
            worker: try #require(WorkerID("w")))
        let assignment = Assignment(
            lease: lease, threads: 1, cell: spec.cellText, seed: spec.seed,
            checkpointRule: .every(.milliseconds(1)), checkpoint: named)
        return CheckpointKeeper(
            assignment, folder: folder,
            files: TrialFiles(folder: root.path + "-files", accessPath: root.path + "/none"),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            onKept: onKept)
    }

    @Test("are kept whole, the last one of each trial, and removed with it")
    func kept() throws {
        let folder = folder
        try folder.keep([1, 2], of: TrialID(17), step: 100)
        try folder.keep([3], of: TrialID(1), step: 5)
        try folder.keep([4], of: TrialID(17), step: 1200)
        #expect(try names == ["1.5.checkpoint", "17.1200.checkpoint"])
        #expect(folder.newest(of: TrialID(17))?.step == 1200)
        #expect(folder.newest(of: TrialID(7)) == nil)
        #expect(folder.trials == [TrialID(1), TrialID(17)])
        folder.remove(TrialID(17))
        #expect(try names == ["1.5.checkpoint"])
        // A draft of a process that died, and a state of a trial that is long over.
        try Data().write(to: root.appending(path: "draft"))
        try FileManager.default.setAttributes(
            [.modificationDate: Date.now - 8 * 86_400],
            ofItemAtPath: root.appending(path: "1.5.checkpoint").path)
        _ = self.folder
        #expect(try names == [])
    }

    @Test("are what a trial goes on from, the worker's own where it is as late as any")
    func resumed() throws {
        let kept = Mutex(0)
        let first = try keeper { kept.withLock { $0 += 1 } }.checkpoints
        #expect(first.resume() == nil)
        first.keep { self.state(10) }
        first.keep { self.state(20) }
        #expect(kept.withLock { $0 } == 2)
        #expect(try keeper().checkpoints.resume() == state(20))
        let same = Checkpoint(digest: Digest256(hashing: []), step: 20, sizeInBytes: 1)
        #expect(try keeper(named: same).checkpoints.resume() == state(20))
        // A later one, which cannot be fetched: the trial begins anew.
        let later = Checkpoint(digest: Digest256(hashing: []), step: 21, sizeInBytes: 1)
        #expect(try keeper(named: later).checkpoints.resume() == nil)
        #expect(try names == ["17.20.checkpoint"])
    }

    @Test("that are damaged or another trial's are of no use, and go")
    func damaged() throws {
        let bytes = CheckpointFile.bytes(of: state(30), of: spec)
        let others = [
            Array(bytes.dropLast(3)), [],
            CheckpointFile.bytes(of: state(30), of: spec.with(seed: 6)),
        ]
        for other in others {
            try folder.keep(other, of: TrialID(17), step: 30)
            #expect(try keeper().checkpoints.resume() == nil)
            #expect(try names == [])
        }
    }

    @Test("that the disk does not take end no trial")
    func full() throws {
        try Data().write(to: root)
        let keeper = try keeper { Issue.record("kept") }
        keeper.checkpoints.keep { self.state(1) }
        #expect(keeper.checkpoints.resume() == nil)
    }
}
