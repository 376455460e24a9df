import Sweeps

/// A trial that can go on from a state.
protocol ResumableTrial {
    /// - Throws: Where the state does not fit; then the trial is of no use any more.
    mutating func restore(_ state: TrainingState) throws(CheckpointError)

    /// Trains from where it is to the end.
    ///
    /// - Throws: `CancellationError`, at most a step after the context says so.
    mutating func run() throws -> TrialResult
}
