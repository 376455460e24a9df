import Coordination
import Logging
import Store
import Sweeps

extension CoordinatorService {
    /// Carries out what a person wants of workers: in the store at once, in the core in this turn.
    ///
    /// - Returns: The workers that the wish is for.
    /// - Throws: `StoreError`, for workers that the store has never heard of.
    func steer(
        workers selector: String, _ wish: WorkerWish, adding inputs: inout [Coordinator.Input]
    ) throws -> [WorkerID] {
        let named = try StoreReader(opening: store.directory).workers(selector)
        let workers: [WorkerID]
        switch wish {
        case .drain:
            workers = named.map(\.worker.id).filter(core.isPresent)
        case .quarantine:
            workers = named.map(\.worker.id)
            try store.quarantine(workers, at: wallClock())
        case .release:
            workers = named.filter { $0.quarantined != nil }.map(\.worker.id)
            try store.release(workers)
        }
        inputs.append(.steerWorkers(wish, workers))
        logger.notice(
            "workers steered", metadata: ["workers": "\(workers)", "wish": "\(wish)"])
        return workers
    }
}
