public import Coordination
import Foundation
import Logging
public import Store
import Sweeps
import Transport

/// What people's commands ask, and what they are answered.
extension CoordinatorService {
    func answer(
        _ request: ClientRequest, to connection: ConnectionID,
        adding inputs: inout [Coordinator.Input]
    ) {
        let begin = now
        let reply: ClientReply
        do {
            reply = try carryOut(request, from: connection, adding: &inputs)
        } catch {
            reply = .rejected("\(error)")
        }
        // What is in the sockets of workers was not heard meanwhile.
        let stalled = now - begin
        if stalled > .seconds(1) { inputs.append(.stalled(stalled)) }
        do {
            // A command that is gone by now asks no more.
            _ = try socket.send(reply, to: connection)
        } catch {
            logger.error("answer not sent", metadata: ["error": "\(error)"])
        }
    }

    private func carryOut(
        _ request: ClientRequest, from connection: ConnectionID,
        adding inputs: inout [Coordinator.Input]
    ) throws -> ClientReply {
        switch request {
        case .submit(let source):
            let sweep = try insert(source, adding: &inputs) { trials in
                // No matter if it is gone.
                _ = try? socket.send(.working(trials: trials), to: connection)
            }
            return .submitted(
                sweep: sweep.id, name: sweep.name, planned: sweep.planned, known: sweep.known)
        case .steer(let sweeps, let wish):
            return .steered(try steer(sweeps, wish, adding: &inputs))
        case .steerWorkers(let selector, let wish):
            return .steeredWorkers(try steer(workers: selector, wish, adding: &inputs))
        case .info:
            return .info(
                CoordinatorInfo(
                    endpoint: endpoint, store: store.directory, epoch: store.epoch,
                    processID: Int(getpid()), workers: core.connectedWorkers,
                    sweeps: sweepCount))
        case .stop:
            // A while after this turn, so that the answer has arrived before the socket closes.
            Task {  // the turn is synchronous
                try await Task.sleep(for: .milliseconds(300))
                self.stop()
            }
            return .stopping
        }
    }

    private var sweepCount: Int {
        (try? StoreReader(opening: store.directory).sweeps().count) ?? 0  // for people's eyes only
    }

    /// More trials than these take longer to enter than a command would wait without a word.
    private static let quickTrials = 50_000

    /// Enters a sweep: the same plan again resumes it.
    ///
    /// - Throws: `SweepFileErrors`, `StoreError`.
    public func submit(_ source: SweepSource) throws -> InsertedSweep {
        let sweep = try insert(source, adding: &pending)
        turn()
        return sweep
    }

    /// - Throws: `SweepFileErrors`.
    private func file(of source: SweepSource) throws -> SweepFile {
        try SweepFile(
            text: Array(source.text.utf8), path: source.path, overrides: source.overrides,
            files: SentAttachments(source.attachments), kinds: kinds)
    }

    /// - Throws: `SweepFileErrors`.
    func plan(of source: SweepSource) throws -> Plan { try file(of: source).plan }

    private func insert(
        _ source: SweepSource, adding inputs: inout [Coordinator.Input],
        onWork: (Int) -> Void = { _ in }
    ) throws -> InsertedSweep {
        let file = try file(of: source)
        let files = FileStore(store: store.directory)
        for attachment in file.attachments
        where attachment.bytes == nil && !files.contains(attachment.digest) {
            throw ClusterError.missingFile(attachment.name)
        }
        var submission = SweepSubmission(
            path: source.path, text: source.text, overrides: source.overrides,
            attachments: file.attachments, planDigest: file.plan.identity, run: file.run)
        submission.isRerun = source.isRerun
        if let extended = source.extended {
            let sweep = try StoreReader(opening: store.directory).sweep(extended)
            guard sweep.name == file.name else {
                throw ClusterError.otherName(file.name, extended: sweep.name)
            }
            submission.isExtension = true
        }
        if file.plan.trialCount > Self.quickTrials { onWork(file.plan.trialCount) }
        let sweep = try store.insert(submission, plan: file.plan, at: wallClock())
        let rules = TrialRules(
            kind: KindVersion(file.plan.kind), hostLossLimit: file.run.hostLostLimit,
            crashLimit: file.run.crashLimit)
        inputs.append(.entered(sweep.added, rules))
        // Submitted again, a paused or cancelled sweep goes on.
        if sweep.added.count < sweep.planned {
            inputs.append(.steer(.reopen, try store.trials(of: sweep.id, in: .cancelled).map(\.id)))
        }
        inputs.append(.steer(.release, sweep.waiting))
        let terms = SweepTerms(
            run: file.run, notify: file.notify, seedCount: file.plan.seeds.count)
        try apply(
            terms, to: sweep.id, name: sweep.name, isNew: true,
            isWhole: sweep.added.count == sweep.planned, adding: &inputs)
        logger.notice(
            "sweep submitted",
            metadata: ["sweep": "\(sweep.name)", "planned": "\(sweep.planned)"])
        return sweep
    }
}
