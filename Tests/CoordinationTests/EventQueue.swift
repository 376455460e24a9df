/// What is to happen in a simulation, earliest first; at equal times in the order it was added.
struct EventQueue<Event> {
    private struct Entry {
        let time: Duration
        let order: Int
        let event: Event

        func isBefore(_ other: Entry) -> Bool { (time, order) < (other.time, other.order) }
    }

    /// A binary heap.
    private var entries: [Entry] = []
    private var added = 0

    mutating func add(_ event: Event, at time: Duration) {
        added += 1
        entries.append(Entry(time: time, order: added, event: event))
        var child = entries.count - 1
        while child > 0, entries[child].isBefore(entries[(child - 1) / 2]) {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func next() -> (time: Duration, event: Event)? {
        guard let first = entries.first, let last = entries.popLast() else { return nil }
        if !entries.isEmpty {
            entries[0] = last
            var parent = 0
            while true {
                let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < entries.count }
                guard let least = children.min(by: { entries[$0].isBefore(entries[$1]) }),
                    entries[least].isBefore(entries[parent])
                else { break }
                entries.swapAt(least, parent)
                parent = least
            }
        }
        return (first.time, first.event)
    }
}
