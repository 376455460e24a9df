import Sweeps

/// What has ended: kept and handed in until it is acknowledged.
extension Worker {
    /// Spools what ended in this turn, then hands it in.
    mutating func keepEnded(at now: Duration, _ directives: inout [Directive]) {
        guard !ended.isEmpty else { return }
        for batch in batches(of: ended) {
            directives.append(.spool(batch, isSynced: pace.unit == 1))
        }
        handIn(ended, at: now, &directives)
        ended.removeAll(keepingCapacity: true)
    }

    mutating func handIn(
        _ tokens: [LeaseToken], at now: Duration, _ directives: inout [Directive]
    ) {
        guard isRegistered else { return }
        for batch in batches(of: tokens) {
            for one in batch { held[one.lease.token]?.handedIn = now }
            send(.results(batch), &directives)
        }
    }

    /// What these leases yielded, in messages that can be sent; one that is too large is alone.
    private func batches(of tokens: [LeaseToken]) -> [[EndedAttempt]] {
        var batches: [[EndedAttempt]] = []
        var size = 0
        var last: EndedAttempt?
        for token in tokens {
            guard let item = held[token], let end = item.end else { continue }
            let one = EndedAttempt(item.lease, end)
            let more = one.sizeInBytes(after: last)
            if batches.isEmpty || size + more > Self.batchLimit
                || batches[batches.count - 1].count == Self.batchCount
            {
                batches.append([])
                size = 0
                last = nil
            }
            batches[batches.count - 1].append(one)
            size += one.sizeInBytes(after: last)
            last = one
        }
        return batches
    }

    /// Well below the limit of a message; and no more than a turn of the coordinator takes easily.
    private static let batchLimit = 1 << 19
    private static let batchCount = 1000
}
