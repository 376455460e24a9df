import Testing

@testable import Store
@testable import Sweeps

@Suite("A store under random turns")
struct ModelTests {
    @Test("holds what a plain model holds", arguments: UInt64(0)..<12)
    func agreement(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let directory = try TemporaryDirectory()
        var store = try TrialStore(opening: directory.store)
        let plan = testPlan("a", values: (1...12).map(Double.init))
        try store.insert(plan)
        // Another sweep has some of the trials: both are counted.
        let other = try store.insert(testPlan("b", values: [11, 3, 4, 5]))
        let reader = try StoreReader(opening: directory.store)
        let sweep = try reader.sweep("a")
        var model = StoreModel(trialCount: plan.trialCount)

        for turn in 0..<30 {
            var next = model
            var events: [TrialEvent] = []
            if Int.random(in: 0..<6, using: &random) == 0 {
                events = next.rowOfEvents(using: &random)
                for event in events { next.take(event) }
            }
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                guard let event = next.anyEvent(using: &random) else { break }
                events.append(event)
                next.take(event)
            }
            if Int.random(in: 0..<4, using: &random) == 0, let wrong = next.contradiction() {
                #expect(throws: StoreError.self) {
                    try store.commit(events + [wrong], at: Int64(turn))
                }
            } else {
                try store.commit(events, at: Int64(turn))
                model = next
            }
            if Int.random(in: 0..<8, using: &random) == 0 {
                try store.close()
                store = try TrialStore(opening: directory.store)
            }
            try compare(model, store, reader, sweep)
        }
        let audit = try reader.audit(sweep, against: plan)
        #expect(audit.problems == [])
        #expect(audit.rows == model.trials.count { $0.state.isOver })
        let otherAudit = try reader.audit(
            reader.sweep(other.name), against: testPlan("b", values: [11, 3, 4, 5]))
        #expect(otherAudit.problems == [])
        try store.close()
    }

    private func compare(
        _ model: StoreModel, _ store: TrialStore, _ reader: StoreReader, _ sweep: StoredSweep
    ) throws {
        let state = try store.loadOpenState()
        #expect(state.leases == model.leases.map(\.lease))
        #expect(state.trials.map(\.state) == model.trials.map(\.state))
        #expect(state.trials.map(\.attempts) == model.trials.map(\.attempts))
        #expect(state.trials.map(\.hostLosses) == model.trials.map(\.hostLosses))
        #expect(state.trials.map(\.crashes) == model.trials.map(\.crashes))
        #expect(state.trials.map(\.lease) == model.trials.map(\.lease))

        #expect(store.checkpointFiles == Set(model.trials.compactMap(\.checkpoint?.digest)))

        let rows = try reader.rows(of: sweep, curves: .all)
        #expect(rows.map(\.result) == model.trials.map(\.result))
        let status = try reader.status(of: sweep)
        #expect(status.counts.total == sweep.planned)
        let failed = model.trials.compactMap(\.failure?.reason)
        #expect(status.failures == Dictionary(grouping: failed) { $0 }.mapValues(\.count))
        for state in TrialState.allCases {
            #expect(status.counts[state] == model.trials.count { $0.state == state })
        }
        #expect(status.duplicates == model.allDuplicates.count)
        #expect(status.digestMismatches == model.allDuplicates.values.count { $0 })
        for number in 1...model.trials.count {
            let detail = try reader.trial(number, of: sweep, curves: .none)
            #expect(detail.failure == model.trials[number - 1].failure)
            #expect(detail.checkpoint?.checkpoint == model.trials[number - 1].checkpoint)
            let expected = model.leases.filter { $0.lease.trial == detail.trial }
            #expect(detail.leases.map(\.ending) == expected.map(\.ending))
        }
    }
}
