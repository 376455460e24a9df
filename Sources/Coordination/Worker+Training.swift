import Sweeps

/// What trains in which slot, and how much waits behind it.
extension Worker {
    /// How many leases it may hold in all.
    var credit: Int {
        if leaving != nil { return 0 }
        if pace.isSlow { return settings.slots }
        return pace.unit == 1
            ? settings.slots + settings.prefetch : 2 * settings.slots * pace.unit
    }

    /// Fills the free slots.
    mutating func startTraining(at now: Duration, _ directives: inout [Directive]) {
        guard leaving == nil, units.count < settings.slots, !queue.isEmpty else { return }
        var queued = queue[...]
        while units.count < settings.slots, let first = queued.first {
            let others = queued.dropFirst().prefix(pace.unit - 1).prefix { !$0.isAlone }
            let unit = first.isAlone ? [first] : [first] + others
            queued = queued.dropFirst(unit.count)
            train(unit, at: now, &directives)
        }
        queue = Array(queued)
    }

    private mutating func train(
        _ unit: [Assignment], at now: Duration, _ directives: inout [Directive]
    ) {
        lastUnit += 1
        units[lastUnit] = Unit(begun: now, count: unit.count, left: unit.count, lastEnd: now)
        directives.append(.train(unit))
        for assignment in unit {
            let token = assignment.lease.token
            held[token]?.stage = .running
            held[token]?.unit = lastUnit
            // Of many at once the results say it soon enough, or the next RENEW. Of one alone it
            // counts: its worker may be lost with it before either.
            if unit.count == 1 { send(.started(token), &directives) }
        }
    }

    /// Frees the slot with the last trial of its unit.
    mutating func endTraining(_ item: HeldLease, at now: Duration) {
        guard var unit = units[item.unit] else { return }
        unit.left -= 1
        unit.lastEnd = now
        units[item.unit] = unit.left > 0 ? unit : nil
        if unit.left == 0, unit.isWhole { pace.note(unit.count, took: now - unit.begun) }
    }

    /// As above, for a trial that does not end by itself.
    mutating func takeOut(_ item: HeldLease, at now: Duration) {
        units[item.unit]?.isWhole = false
        endTraining(item, at: now)
    }

    /// Where a trial takes long, what waits behind it goes back, for others to train: at once what
    /// has no slot, where all slots are slow; of its own unit, once the shell says what has not
    /// begun.
    mutating func handBackWhatWaits(at now: Duration, _ directives: inout [Directive]) {
        guard leaving == nil, isRegistered else { return }
        var behind: [LeaseToken] = []
        for (number, unit) in units where !unit.isSlow && now - unit.lastEnd >= settings.patience {
            units[number]?.isSlow = true
            pace.slowDown()
            guard unit.left > 1 else { continue }
            behind += held.values.filter { $0.stage == .running && $0.unit == number }
                .map(\.lease.token)
        }
        if !behind.isEmpty { directives.append(.recall(behind.sorted())) }
        guard units.count == settings.slots, units.values.allSatisfy(\.isSlow) else { return }
        handBack(queue.map(\.lease.token), at: now, &directives)
    }

    mutating func handBack(
        _ tokens: [LeaseToken], at now: Duration, _ directives: inout [Directive]
    ) {
        var returned: [LeaseToken] = []
        for token in tokens {
            guard let item = held[token], item.stage != .ended else { continue }
            if item.stage == .running { takeOut(item, at: now) }
            held[token] = nil
            returned.append(token)
        }
        guard !returned.isEmpty else { return }
        let gone = Set(returned)
        queue.removeAll { gone.contains($0.lease.token) }
        toldCredit = credit
        send(.returned(credit: credit, returned), &directives)
    }
}
