import Coordination
import Logging
import Store
import Sweeps

extension CoordinatorService {
    /// Carries out a wish: what it means for the store at once, and for the core in this turn.
    ///
    /// - Throws: `StoreError`, for a sweep that is not there; `ClusterError`, for a condition that
    ///   is none; before anything is changed.
    func steer(
        _ selector: String, _ wish: SweepWish, adding inputs: inout [Coordinator.Input]
    ) throws -> [SteeredSweep] {
        let sweeps = try StoreReader(opening: store.directory).sweeps(selector)
        let plans: [Retry]
        if case .retry(let endings, let condition) = wish {
            plans = try sweeps.map { try retry(endings, where: condition, of: $0) }
        } else {
            plans = []
        }
        return try sweeps.enumerated().map { place, sweep in
            let count: Int
            switch wish {
            case .pause: count = try set(.paused, of: sweep, .hold, &inputs)
            case .resume:
                count = try set(.active, of: sweep, .release, &inputs)
                try reapplyTerms(of: sweep, adding: &inputs)
            case .stop: count = try set(.stopped, of: sweep, .stop, &inputs)
            case .cancel: count = try set(.stopped, of: sweep, .cancel, &inputs)
            case .retry: count = try begin(plans[place], of: sweep, &inputs)
            case .priority(let priority): count = try prioritize(sweep, priority, &inputs)
            }
            logger.notice(
                "sweep steered", metadata: ["sweep": "\(sweep.name)", "wish": "\(wish)"])
            return SteeredSweep(name: sweep.name, trials: count)
        }
    }

    private func set(
        _ control: SweepControl, of sweep: StoredSweep, _ steering: Steering,
        _ inputs: inout [Coordinator.Input]
    ) throws -> Int {
        let trials = try store.set(control, of: sweep.id)
        inputs.append(.steer(steering, trials))
        return trials.count
    }

    // MARK: Again

    /// Trials that are to wait again.
    private struct Retry {
        var reopened: [TrialID] = []
        var withdrawn: [TrialID] = []
    }

    private func retry(
        _ endings: Set<RetriedEnding>, where text: String?, of sweep: StoredSweep
    ) throws -> Retry {
        let isWanted = try text.map { try cells(of: sweep, where: $0) } ?? { _ in true }
        func wanted(_ trials: [NumberedTrial]) -> [TrialID] {
            trials.filter { isWanted($0.number) }.map(\.id)
        }
        let reasons = Set(endings.flatMap(\.reasons))
        var retry = Retry()
        retry.reopened = wanted(try store.failedTrials(of: sweep.id, reasons: reasons))
        if endings.contains(.cancelled) {
            retry.reopened += wanted(try store.trials(of: sweep.id, in: .cancelled))
        }
        if endings.contains(.diverged) {
            retry.withdrawn = wanted(try store.trials(of: sweep.id, in: .diverged))
        }
        return retry
    }

    private func begin(
        _ retry: Retry, of sweep: StoredSweep, _ inputs: inout [Coordinator.Input]
    ) throws -> Int {
        let trials = retry.reopened + retry.withdrawn
        guard !trials.isEmpty else { return 0 }
        _ = try store.set(.active, of: sweep.id)
        inputs += [
            .steer(.reopen, retry.reopened), .steer(.withdraw, retry.withdrawn),
            .steer(.release, trials),
        ]
        try reapplyTerms(of: sweep, adding: &inputs)
        return trials.count
    }

    /// Whether a condition is true of the cell of a trial, by its number in the plan.
    ///
    /// - Throws: `ClusterError.badCondition`.
    private func cells(of sweep: StoredSweep, where text: String) throws -> (Int) -> Bool {
        let source = SweepSource(
            path: sweep.path, text: sweep.text, overrides: sweep.overrides,
            attachments: try StoreReader(opening: store.directory).attachments(of: sweep))
        let plan = try plan(of: source)
        let condition: Condition
        do {
            condition = try plan.condition(text)
        } catch {
            throw ClusterError.badCondition(
                sweep: sweep.name, offset: error.offset, why: error.description)
        }
        return { plan.holds(condition, in: plan.cell(at: plan.cellIndex(ofTrial: $0))) }
    }

    // MARK: Priority

    private func prioritize(
        _ sweep: StoredSweep, _ priority: Int, _ inputs: inout [Coordinator.Input]
    ) throws -> Int {
        try store.override("run.priority", with: "\(priority)", of: sweep.id)
        let sweep = try StoreReader(opening: store.directory).sweep("\(sweep.id)")
        try reapplyTerms(of: sweep, isWhole: false, adding: &inputs)
        guard let (counts, _) = try store.standing(of: sweep.id) else { return 0 }
        return counts[.waiting] + counts[.leased] + counts[.running]
    }
}

extension RetriedEnding {
    /// What the store has for those that are set aside.
    fileprivate var reasons: [TrialFailure.Reason] {
        switch self {
        case .failed: [.error]
        case .lost: [.hostLost, .crash]
        case .timeLimit: [.timeLimit]
        case .cancelled, .diverged: []
        }
    }
}
