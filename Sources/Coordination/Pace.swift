/// How many trials a slot takes at once: one where they are long; as many as fill a while where they
/// are so short that the way to the coordinator and back would cost as much as they do.
struct Pace: Sendable {
    /// What a unit is to take: long beside a message and a commit, short beside the rest of a sweep,
    /// whose last units end unevenly.
    private static let unitTime = Duration.milliseconds(50)

    private let limit: Int
    /// A power of two, so that it stays the same while times vary a little.
    private(set) var unit = 1

    init(limit: Int) {
        precondition(limit > 0, "a unit of \(limit)")
        self.limit = limit
    }

    /// Learns from a unit that has ended; a few short trials are no proof yet that all are.
    mutating func note(_ count: Int, took time: Duration) {
        var fitting = 1
        while fitting < min(limit, 4 * unit), time * (2 * fitting) <= Self.unitTime * count {
            fitting *= 2
        }
        unit = min(fitting, limit)
    }
}
