public import Sweeps

/// Notices what people want to hear of a sweep, and when too much of it has failed; looked at now
/// and then, it says each thing once until it has ceased to be so.
public struct SweepMonitor: Sendable {
    /// How far the sweep is.
    public struct Look: Hashable, Sendable {
        public var planned: Int
        /// Finished or diverged.
        public var results: Int
        public var failed: Int
        public var isOver: Bool
        /// Whether it gets no leases since a person wants it so.
        public var isPaused: Bool

        public init(planned: Int, results: Int, failed: Int, isOver: Bool, isPaused: Bool) {
            self.planned = planned
            self.results = results
            self.failed = failed
            self.isOver = isOver
            self.isPaused = isPaused
        }
    }

    public enum Finding: Hashable, Sendable {
        /// What somebody wants to be told of.
        case notice(NotifyRule)
        /// More has failed than `max_fails` allows: the sweep is to end.
        case tooManyFailures(RunSettings.FailureLimit)
    }

    private let failureLimit: RunSettings.FailureLimit?
    private let rules: [NotifyRule]
    /// What was so at the last look.
    private var standing: Set<Finding> = []
    /// The number of results, and since when there were no more.
    private var lastResult: (count: Int, at: Duration)?
    private var isFirstLook: Bool

    /// - Parameter isNew: False for a sweep that a coordinator finds when it starts: what is so
    ///   then was said before.
    public init(_ terms: SweepTerms, isNew: Bool) {
        failureLimit = terms.run.failureLimit
        rules = terms.notify
        isFirstLook = !isNew
    }

    /// - Parameter now: Time since the coordinator started.
    /// - Returns: What is so and was not at the last look.
    public mutating func look(_ look: Look, at now: Duration) -> [Finding] {
        if look.results != lastResult?.count || look.isPaused || look.isOver {
            lastResult = (look.results, now)
        }
        let quiet = now - (lastResult?.at ?? now)
        var findings = rules.filter { rule in
            switch rule {
            case .finished: look.isOver
            case .failed(let limit): limit.isPassed(by: look.failed, of: look.planned)
            case .stalled(let time): quiet >= time
            }
        }.map(Finding.notice)
        if let failureLimit, failureLimit.isPassed(by: look.failed, of: look.planned) {
            findings.append(.tooManyFailures(failureLimit))
        }
        defer {
            standing = Set(findings)
            isFirstLook = false
        }
        return isFirstLook ? [] : findings.filter { !standing.contains($0) }
    }
}
