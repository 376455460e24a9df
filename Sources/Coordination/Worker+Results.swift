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
            if batch.count == 1, batch[0].sizeInBytes(after: nil) > settings.messageLimit {
                bring(batch[0], &directives)
                continue
            }
            for one in batch { held[one.lease.token]?.handedIn = now }
            send(.results(batch), &directives)
        }
    }

    private mutating func bring(_ one: EndedAttempt, _ directives: inout [Directive]) {
        guard held[one.lease.token]?.isBeingBrought == false else { return }
        held[one.lease.token]?.isBeingBrought = true
        directives.append(.bring(one))
    }

    /// Names the file that a result is in. Like any result it is handed in again while nobody
    /// acknowledges it, file and all: a coordinator that was started anew may not have the file.
    mutating func handIn(
        _ token: LeaseToken, as file: Digest256?, at now: Duration,
        _ directives: inout [Directive]
    ) {
        guard let item = held[token], item.isBeingBrought else { return }
        held[token]?.isBeingBrought = false
        held[token]?.handedIn = now
        if let file { send(.results([EndedAttempt(item.lease, .file(file))]), &directives) }
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
            if batches.isEmpty || size + more > settings.messageLimit
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

    /// No more than a turn of the coordinator takes easily.
    private static let batchCount = 1000
}
