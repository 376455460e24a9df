import Coordination
import Sweeps
import Testing

@Suite("A monitor of a sweep")
struct SweepMonitorTests {
    private static func look(
        _ results: Int, failed: Int = 0, isOver: Bool = false, isPaused: Bool = false
    ) -> SweepMonitor.Look {
        SweepMonitor.Look(
            planned: 100, results: results, failed: failed, isOver: isOver, isPaused: isPaused)
    }

    private static func terms(_ rules: [NotifyRule], limit: RunSettings.FailureLimit? = nil)
        -> SweepTerms
    {
        var run = RunSettings()
        run.failureLimit = limit
        return SweepTerms(run: run, notify: rules, seedCount: 1)
    }

    @Test("says each thing once, and again when it has ceased to be so meanwhile")
    func once() {
        let rules = [NotifyRule.finished, .failed(.share(0.05))]
        var monitor = SweepMonitor(Self.terms(rules, limit: .count(7)), isNew: true)
        #expect(monitor.look(Self.look(1, failed: 5), at: .zero).isEmpty)
        #expect(monitor.look(Self.look(1, failed: 6), at: .zero) == [.notice(rules[1])])
        #expect(monitor.look(Self.look(2, failed: 7), at: .zero).isEmpty)
        #expect(
            monitor.look(Self.look(2, failed: 8), at: .zero) == [.tooManyFailures(.count(7))])
        // They are tried again, and fail again.
        #expect(monitor.look(Self.look(2, failed: 0), at: .zero).isEmpty)
        #expect(
            monitor.look(Self.look(90, failed: 10, isOver: true), at: .zero)
                == rules.map(SweepMonitor.Finding.notice) + [.tooManyFailures(.count(7))])
    }

    @Test("does not say what a coordinator finds when it starts")
    func atStart() {
        var monitor = SweepMonitor(Self.terms([.finished]), isNew: false)
        #expect(monitor.look(Self.look(100, isOver: true), at: .zero).isEmpty)
        #expect(monitor.look(Self.look(99), at: .zero).isEmpty)
        #expect(
            monitor.look(Self.look(100, isOver: true), at: .zero) == [.notice(.finished)])
    }

    @Test("says that nothing comes any more, unless a person wants it so")
    func stalled() {
        let rule = NotifyRule.stalled(.seconds(900))
        var monitor = SweepMonitor(Self.terms([rule]), isNew: true)
        #expect(monitor.look(Self.look(0), at: .zero).isEmpty)
        #expect(monitor.look(Self.look(1), at: .seconds(899)).isEmpty)
        #expect(monitor.look(Self.look(1), at: .seconds(1798)).isEmpty)
        #expect(monitor.look(Self.look(1), at: .seconds(1799)) == [.notice(rule)])
        #expect(monitor.look(Self.look(1), at: .seconds(5000)).isEmpty)
        #expect(monitor.look(Self.look(1, isPaused: true), at: .seconds(6000)).isEmpty)
        #expect(monitor.look(Self.look(1), at: .seconds(6899)).isEmpty)
        #expect(monitor.look(Self.look(1), at: .seconds(6900)) == [.notice(rule)])
    }
}
