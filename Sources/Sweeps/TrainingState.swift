/// All that a trial's kind needs to go on from a step as if it had never stopped.
public struct TrainingState: Hashable, Sendable {
    /// How many steps are taken.
    public let step: Int
    /// The kind's own word for how the numbers lie: a state of another layout is of no use.
    public let layout: String
    /// Parameters, and what the optimiser and the schedule remember. Random numbers come from
    /// counters, which are the steps.
    public let tensors: [Tensor]
    /// What was measured so far.
    public let curves: [Curve]
    public let arrays: [TrialArray]

    public init(
        step: Int, layout: String, tensors: [Tensor], curves: [Curve], arrays: [TrialArray] = []
    ) {
        self.step = step
        self.layout = layout
        self.tensors = tensors
        self.curves = curves
        self.arrays = arrays
    }

    /// - Throws: `CheckpointError.layout`.
    public func expect(layout: String) throws(CheckpointError) {
        guard layout == self.layout else { throw .layout }
    }

    /// - Throws: `CheckpointError.lacks`, unless there are so many numbers of this name.
    public func floats(_ name: String, count: Int) throws(CheckpointError) -> [Float] {
        guard case .float(let values)? = tensors.first(where: { $0.name == name })?.values,
            values.count == count
        else { throw .lacks(name) }
        return values
    }

    /// - Throws: As `floats`.
    public func doubles(_ name: String, count: Int) throws(CheckpointError) -> [Double] {
        guard case .double(let values)? = tensors.first(where: { $0.name == name })?.values,
            values.count == count
        else { throw .lacks(name) }
        return values
    }
}

/// A trial's state in a file that a host has, as it is spoken of.
public struct Checkpoint: Hashable, Sendable {
    /// Of the file.
    public let digest: Digest256
    public let step: Int
    public let sizeInBytes: Int

    public init(digest: Digest256, step: Int, sizeInBytes: Int) {
        self.digest = digest
        self.step = step
        self.sizeInBytes = sizeInBytes
    }
}

/// When a trial's state is kept.
public enum CheckpointRule: Hashable, Sendable {
    /// Once a minute, and less often where that would take over a hundredth of the time.
    case auto
    case every(Duration)
    case off
}

/// Where a trial keeps its state, so that another attempt goes on from there.
public struct TrialCheckpoints: Sendable {
    /// What the last attempt left; nil: the trial begins. May take as long as a file takes to come.
    public let resume: @Sendable () -> TrainingState?
    /// Whether it is time to keep the state: may be asked at every step.
    public let isDue: @Sendable () -> Bool
    /// Keeps what the closure gives; its time counts as the checkpoint's.
    public let keep: @Sendable (() -> TrainingState) -> Void
    /// Says that what `resume` gave is of no use, and why: the trial begins anew.
    public let refuse: @Sendable (any Error) -> Void

    public init(
        resume: @escaping @Sendable () -> TrainingState?, isDue: @escaping @Sendable () -> Bool,
        keep: @escaping @Sendable (() -> TrainingState) -> Void,
        refuse: @escaping @Sendable (any Error) -> Void
    ) {
        self.resume = resume
        self.isDue = isDue
        self.keep = keep
        self.refuse = refuse
    }
}
