import Sweeps

@testable import Coordination

/// A worker's process, its spool folder, and what it trains.
struct SimulatedWorker {
    let id: WorkerID
    let kinds: [KindVersion]
    var core: Worker?
    var connection: ConnectionID?
    /// Counts processes.
    var life = 0
    var training: [LeaseToken: (lease: Lease, begins: Duration)] = [:]
    /// Outlives a crash.
    var spool: [LeaseToken: EndedAttempt] = [:]
    /// Results that ended here and are not acknowledged: what the spool must hold.
    var owed: [LeaseToken: Lease] = [:]
    var frozenUntil = Duration.zero
    var missed: [Worker.Input] = []

    init(number: Int, kinds: [KindVersion]) {
        guard let id = WorkerID("w\(number)") else { preconditionFailure("w\(number)") }
        self.id = id
        self.kinds = kinds
    }

    var hasNothing: Bool { training.isEmpty && spool.isEmpty }

    mutating func start() {
        life += 1
        let hello = Hello(
            worker: id, generation: UInt64(life) << 32, host: "h", processID: life, slots: 2,
            credit: 0, job: "", program: "", kinds: kinds, memory: 100, inventory: [])
        core = Worker(
            identity: hello, settings: Worker.Settings(slots: 2, messageLimit: 1500),
            spooled: spool.values.sorted { $0.lease.token < $1.lease.token })
    }

    mutating func noteFault() {
        for (token, (lease, _)) in training where spool[token] == nil {
            spool[token] = EndedAttempt(lease, .crash("SIGILL"))
        }
    }

    mutating func crash() {
        core = nil
        connection = nil
        training = [:]
        missed = []
        frozenUntil = .zero
    }
}
