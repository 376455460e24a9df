/// How a sweep is run: nothing that a result depends on.
public struct RunSettings: Hashable, Sendable {
    /// Which trials are leased first; their numbers stay those of the plan.
    public enum Order: String, Sendable, CaseIterable {
        /// In the order of the plan: all seeds of a cell, then the next cell.
        case seedsInner = "seeds_inner"
        /// The first seed of every cell, then the second: a first look at all of the grid.
        case seedsOuter = "seeds_outer"
    }

    /// How many trials may fail.
    public enum FailureLimit: Hashable, Sendable {
        case count(Int)
        /// Of all trials of the sweep, from 0 to 1.
        case share(Double)

        public func isPassed(by failed: Int, of planned: Int) -> Bool {
            switch self {
            case .count(let limit): failed > limit
            case .share(let limit): Double(failed) > limit * Double(planned)
            }
        }
    }

    /// Threads a trial may use.
    public var threads = 1
    /// Memory that a trial needs, in bytes; nil where nobody said.
    public var memory: Int?
    /// How long an attempt may take.
    public var timeLimit: Duration?
    /// When a trial's state is kept, where its kind can go on from it.
    public var checkpoint = CheckpointRule.auto
    /// How many attempts at a trial may crash before it is set aside.
    public var crashLimit = 3
    /// How many workers may be lost with a trial before it is set aside.
    public var hostLostLimit = 20
    /// When the sweep ends since too much of it fails; nil: never.
    public var failureLimit: FailureLimit?
    public var order = Order.seedsInner
    /// A sweep with a higher one gets its leases first.
    public var priority = 0

    public init(threads: Int = 1, hostLostLimit: Int = 20) {
        self.threads = threads
        self.hostLostLimit = hostLostLimit
    }
}

/// When somebody is to be told of a sweep.
public enum NotifyRule: Hashable, Sendable {
    /// No trial is left.
    case finished
    case failed(RunSettings.FailureLimit)
    /// No result for so long, with trials left.
    case stalled(Duration)

    /// - Returns: nil where the text is none: `finished`, `failed > 5%`, `failed > 3`,
    ///   `stalled 15m`.
    init?(_ text: String) {
        let words = text.split(separator: " ").map(String.init)
        if words == ["finished"] {
            self = .finished
        } else if words.count == 3, words[0] == "failed", words[1] == ">",
            let limit = RunSettings.FailureLimit(words[2])
        {
            self = .failed(limit)
        } else if words.count == 2, words[0] == "stalled", let time = Duration(text: words[1]) {
            self = .stalled(time)
        } else {
            return nil
        }
    }
}

extension RunSettings.FailureLimit {
    /// - Returns: nil where the text is no `5%` and no whole number.
    init?(_ text: String) {
        if text.hasSuffix("%") {
            guard case .value(.number(let percent)) = PlainScalar(String(text.dropLast())),
                (0...100).contains(percent)
            else { return nil }
            self = .share(percent / 100)
        } else {
            guard let count = Int(text), count >= 0 else { return nil }
            self = .count(count)
        }
    }
}
