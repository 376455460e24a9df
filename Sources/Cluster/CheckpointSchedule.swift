import Sweeps

/// When a running trial's state is kept next.
struct CheckpointSchedule: Sendable {
    /// Shorter trials are as soon trained again.
    private static let shortestInterval = Duration.seconds(60)
    /// A checkpoint takes at most one part in so many of a trial's time.
    private static let costFactor = 100

    private let rule: CheckpointRule
    private var next: Duration

    /// - Parameter now: When the trial begins.
    init(_ rule: CheckpointRule, at now: Duration) {
        self.rule = rule
        next = now
        wait(from: now, cost: .zero)
    }

    func isDue(at now: Duration) -> Bool { rule != .off && now >= next }

    /// - Parameter cost: For how long the trial stood still.
    mutating func kept(at now: Duration, cost: Duration) {
        wait(from: now, cost: cost)
    }

    private mutating func wait(from now: Duration, cost: Duration) {
        switch rule {
        case .auto: next = now + max(Self.shortestInterval, cost * Self.costFactor)
        case .every(let time): next = now + time
        case .off: break
        }
    }
}
