import Coordination
import Logging
import Store
import Sweeps

/// A sweep whose file says more of how it is run than its trials know.
struct WatchedSweep {
    let name: String
    var monitor: SweepMonitor
}

/// What a sweep file's `run` and `notify` ask for beside the trials.
extension CoordinatorService {
    /// Takes up the sweeps that an earlier coordinator left.
    func takeUpSweeps() throws {
        for sweep in try StoreReader(opening: store.directory).sweeps()
        where watched[sweep.id] == nil && sweep.control != .stopped {
            let terms = SweepTerms(text: Array(sweep.text.utf8), overrides: sweep.overrides)
            try apply(
                terms, to: sweep.id, name: sweep.name, isNew: false, isWhole: true, adding: &pending
            )
        }
    }

    /// Has the terms of a sweep's file take effect, as they are now.
    ///
    /// - Parameters:
    ///   - isNew: Whether what is so of it already is to be said too.
    ///   - isWhole: Whether its trials have no terms of another sweep, or of an earlier file.
    func apply(
        _ terms: SweepTerms, to sweep: Int, name: String, isNew: Bool, isWhole: Bool,
        adding inputs: inout [Coordinator.Input]
    ) throws {
        if terms.run.order != .seedsInner || terms.run.leaseTerms != LeaseTerms() || !isWhole {
            let trials = try store.trialsWithoutResult(
                of: sweep, in: terms.run.order, seedCount: terms.seedCount)
            inputs.append(.arrange(trials, terms.run.leaseTerms))
        }
        guard terms.run.failureLimit != nil || !terms.notify.isEmpty else {
            watched[sweep] = nil
            return
        }
        if !terms.notify.isEmpty, notifier == nil {
            logger.notice(
                "nobody is told of this sweep: the coordinator has no --notify",
                metadata: ["sweep": "\(name)"])
        }
        watched[sweep] = WatchedSweep(name: name, monitor: SweepMonitor(terms, isNew: isNew))
    }

    /// Looks at each sweep that is watched, and acts on what is to be seen.
    func watchSweeps() throws {
        for id in watched.keys.sorted() {
            guard var sweep = watched[id], let (counts, control) = try store.standing(of: id) else {
                watched[id] = nil
                continue
            }
            let look = SweepMonitor.Look(
                planned: counts.total, results: counts[.finished] + counts[.diverged],
                failed: counts[.failed], isOver: counts.isOver, isPaused: control != .active)
            let findings = sweep.monitor.look(look, at: now)
            for finding in findings {
                switch finding {
                case .notice(let rule):
                    tell(SweepNotice(rule, sweep: id, name: sweep.name, counts: counts))
                case .tooManyFailures(let limit):
                    guard !look.isOver else { continue }
                    logger.error(
                        "too many trials failed: the sweep ends with those that run",
                        metadata: [
                            "sweep": "\(sweep.name)",
                            "failed": "\(look.failed) of \(look.planned)", "max_fails": "\(limit)",
                            "mend": "swingby sweep retry \(sweep.name) --failed --cancelled",
                        ])
                    _ = try steer("\(id)", .stop, adding: &pending)
                }
            }
            watched[id] = look.isOver ? nil : sweep
        }
    }

    /// What holds a sweep's trials to its terms again, after a person has steered them.
    ///
    /// - Parameter isWhole: Whether its trials have no other terms by now.
    func reapplyTerms(
        of sweep: StoredSweep, isWhole: Bool = true, adding inputs: inout [Coordinator.Input]
    ) throws {
        let standing = watched[sweep.id]
        let terms = SweepTerms(text: Array(sweep.text.utf8), overrides: sweep.overrides)
        try apply(
            terms, to: sweep.id, name: sweep.name, isNew: true, isWhole: isWhole, adding: &inputs)
        // One that is watched has said what is so.
        if let standing { watched[sweep.id] = standing }
    }

    private func tell(_ notice: SweepNotice) {
        guard let notifier else { return }
        let store = store.directory
        Task {  // a turn waits for no program
            await notifier.tell(notice, store: store)
        }
    }
}

extension RunSettings {
    /// More memory than this is none that a host has; sums of it stay in range.
    private static let memoryLimit = 1 << 50

    var leaseTerms: LeaseTerms {
        LeaseTerms(
            priority: priority, timeLimit: timeLimit,
            memory: memory.map { min($0, Self.memoryLimit) }, checkpoint: checkpoint)
    }
}
