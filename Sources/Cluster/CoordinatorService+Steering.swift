import Coordination
import Logging
import Store
import Sweeps

extension CoordinatorService {
    /// Carries out a wish: what it means for the store at once, and for the core in this turn.
    ///
    /// - Throws: `StoreError`, for a sweep that is not there.
    func steer(
        _ selector: String, _ wish: SweepWish, adding inputs: inout [Coordinator.Input]
    ) throws -> (name: String, trials: Int) {
        let sweep = try StoreReader(opening: store.directory).sweep(selector)
        let trials: [TrialID]
        let steering: Steering
        switch wish {
        case .pause: (steering, trials) = (.hold, try store.set(.paused, of: sweep.id))
        case .resume: (steering, trials) = (.release, try store.set(.active, of: sweep.id))
        case .stop: (steering, trials) = (.stop, try store.set(.stopped, of: sweep.id))
        case .cancel: (steering, trials) = (.cancel, try store.set(.stopped, of: sweep.id))
        case .retryFailed:
            trials = try store.failedTrials(of: sweep.id, reasons: ["error"])
            steering = .reopen
        case .retryLost:
            trials = try store.failedTrials(of: sweep.id, reasons: ["host_lost", "crash"])
            steering = .reopen
        case .retryCancelled:
            trials = try store.cancelledTrials(of: sweep.id)
            steering = .reopen
        }
        if steering == .reopen { _ = try store.set(.active, of: sweep.id) }
        inputs.append(.steer(steering, trials))
        if steering == .reopen { inputs.append(.steer(.release, trials)) }
        if steering == .reopen || steering == .release {
            try reapplyTerms(of: sweep, adding: &inputs)
        }
        logger.notice(
            "sweep steered", metadata: ["sweep": "\(sweep.name)", "wish": "\(wish)"])
        return (sweep.name, trials.count)
    }
}
