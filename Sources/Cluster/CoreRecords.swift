import Coordination
import Store
import Sweeps

// What the store keeps of trials and workers, and what the core knows of them.

extension KnownTrial {
    init(_ standing: TrialStanding) {
        self.init(
            id: standing.id, state: standing.state, hostLosses: standing.hostLosses,
            crashes: standing.crashes,
            rules: TrialRules(
                kind: standing.kind, hostLossLimit: standing.hostLostLimit,
                crashLimit: standing.crashLimit), lease: standing.lease)
    }
}

extension WorkerRecord {
    init(_ status: WorkerStatus, lastHeard: Int64) {
        let hello = status.hello
        self.init(
            id: hello.worker, host: hello.host, processID: hello.processID, slots: hello.slots,
            job: hello.job, program: hello.program, kinds: hello.kinds, state: State(status.state),
            lastHeard: lastHeard)
    }
}

extension WorkerRecord.State {
    init(_ state: WorkerStatus.State) {
        self =
            switch state {
            case .connected: .connected
            case .draining: .draining
            case .unknown: .unknown
            case .lost: .lost
            case .left: .left
            }
    }
}
