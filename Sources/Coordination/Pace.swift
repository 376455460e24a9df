/// How many trials a slot takes at once: one where they are long; as many as fill a while where they
/// are so short that the way to the coordinator and back would cost as much as they do.
struct Pace: Sendable {
    /// What a unit is to take: long beside a message and a commit, short beside the rest of a sweep,
    /// whose last units end unevenly.
    private static let unitTime = Duration.milliseconds(50)

    private let limit: Int
    /// From where on a trial is long.
    private let patience: Duration
    /// A power of two, so that it stays the same while times vary a little.
    private(set) var unit = 1
    /// Whether trials are long: beside them a message takes no time, and nothing need wait at hand
    /// for one to end.
    private(set) var isSlow = false

    init(limit: Int, patience: Duration) {
        precondition(limit > 0, "a unit of \(limit)")
        self.limit = limit
        self.patience = patience
    }

    /// Learns from a unit that has ended; a few short trials are no proof yet that all are.
    mutating func note(_ count: Int, took time: Duration) {
        var fitting = 1
        while fitting < min(limit, 4 * unit), time * (2 * fitting) <= Self.unitTime * count {
            fitting *= 2
        }
        unit = min(fitting, limit)
        isSlow = time >= patience * count
    }

    /// Learns from a unit that has not: one of its trials takes long.
    mutating func slowDown() {
        unit = 1
        isSlow = true
    }
}
