import Sweeps
import Testing

@testable import Coordination

@Suite("A simulated cluster that loses, doubles and reorders messages, and crashes")
struct SimulationTests {
    /// How many seeds: 500, or as many as `SWINGBY_SIMULATION_SEEDS` says (`make soak`).
    static let seeds = 0..<(UInt64(environment("SWINGBY_SIMULATION_SEEDS") ?? "") ?? 500)

    @Test("keeps every invariant and finishes every trial exactly once")
    func everyTrialOnce() {
        for seed in Self.seeds {
            expectToFinish(seed: seed)
        }
    }

    /// 2277: a cancellation crossed the end of its trial, and the worker dropped a result that
    /// nobody had.
    @Test("still passes the seeds that once failed", arguments: [UInt64(2277)])
    func onceFailed(seed: UInt64) {
        expectToFinish(seed: seed)
    }

    private func expectToFinish(seed: UInt64) {
        var cluster = SimulatedCluster(workers: 3, trials: 30, seed: seed)
        cluster.run(until: .seconds(600))
        let violations = cluster.allViolations
        #expect(violations.isEmpty, "seed \(seed)")
        let wrong = cluster.store.trials.filter { $0.state != Self.expectedState(of: $0.id) }
        #expect(wrong.isEmpty, "seed \(seed) at \(cluster.now)")
        let isDone = cluster.isDone
        #expect(isDone, "seed \(seed) at \(cluster.now)")
    }

    private static func expectedState(of trial: TrialID) -> TrialState {
        if trial.rawValue % 13 == 0 { return .failed }
        return trial.rawValue % 7 == 0 ? .diverged : .finished
    }

    @Test(
        "notices a rule that is switched off",
        arguments: [
            SimulatedCluster.Sabotage.sendsBeforeCommit, .doesNotSpool, .forgetsLeases,
        ])
    func sabotage(_ sabotage: SimulatedCluster.Sabotage) {
        let noticed = (0..<UInt64(200)).contains { seed in
            var cluster = SimulatedCluster(
                workers: 3, trials: 30, seed: seed, sabotage: sabotage)
            cluster.run(until: .seconds(600))
            return !cluster.allViolations.isEmpty || !cluster.isDone
        }
        #expect(noticed)
    }

    @Test("gives the same run for the same seed")
    func reproducible() {
        var first = SimulatedCluster(workers: 3, trials: 30, seed: 7)
        var second = SimulatedCluster(workers: 3, trials: 30, seed: 7)
        first.run(until: .seconds(600))
        second.run(until: .seconds(600))
        #expect(first.now == second.now)
        #expect(first.store.leases == second.store.leases)
    }
}
