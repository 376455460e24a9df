import Foundation
import Store
import Sweeps

/// `sweep status --json` and what `wait` and `run` look at.
struct SweepProgress {
    let sweep: StoredSweep
    let status: SweepStatus

    init(_ sweep: StoredSweep, in reader: StoreReader) throws {
        self.sweep = sweep
        status = try reader.status(of: sweep)
    }

    var isOver: Bool { status.counts.isOver }
    var over: Int {
        TrialState.allCases.filter(\.isOver).reduce(0) { $0 + status.counts[$1] }
    }

    /// Stopped is what ends with the trials that still run.
    var state: String {
        if isOver { return status.counts[.cancelled] > 0 ? "cancelled" : "finished" }
        return switch sweep.control {
        case .active: "running"
        case .paused: "paused"
        case .stopped: "stopped"
        }
    }

    /// Trials a second since the last submission, those not counted that were known before; nil
    /// before there is a result.
    var rate: Double? {
        guard let started = status.started, let last = status.lastResult, status.fresh > 0 else {
            return nil
        }
        let begin = max(started, sweep.submitted)
        return last > begin ? Double(status.fresh) * 1000 / Double(last - begin) : nil
    }

    /// From the rate so far; nil before there is one.
    var secondsLeft: Double? {
        isOver ? 0 : rate.map { Double(sweep.planned - over) / $0 }
    }

    /// The status that a command which has waited for the sweep ends with.
    func failIfTrialsFailed() throws {
        let failed = status.counts[.failed]
        if failed > 0 {
            throw CommandFailure(
                .failedTrials,
                "\(failed) trials of \(sweep.name) failed; 'swingby trial list \(sweep.name) "
                    + "--state failed' shows why")
        }
        if status.counts[.cancelled] > 0 {
            throw CommandFailure(.cancelled, "\(sweep.name) was cancelled")
        }
    }

    var json: JSONValue {
        let counts = TrialState.allCases.map { state in
            JSONValue.Member(state.description, .integer(status.counts[state]))
        }
        let failures = TrialFailure.Reason.allCases.map { reason in
            JSONValue.Member(reason.rawValue, .integer(status.failures[reason] ?? 0))
        }
        return [
            "schema": 1, "id": .integer(sweep.id), "name": .string(sweep.name),
            "state": .string(state), "planned": .integer(sweep.planned),
            "counts": .object(counts), "failures": .object(failures),
            "attempts": .integer(status.attempts),
            "duplicates": .integer(status.duplicates),
            "digest_mismatches": .integer(status.digestMismatches),
            "started": status.started.map { .number(Double($0) / 1000) } ?? .null,
            "eta_seconds": .optional(secondsLeft),
            "workers": .integer(status.workers), "untrainable": .bool(status.isUntrainable),
        ]
    }

    private var reasons: String {
        TrialFailure.Reason.allCases.compactMap { reason in
            status.failures[reason].map { "\(reason.rawValue) \($0)" }
        }.joined(separator: ", ")
    }

    func show() {
        print(
            "\(sweep.name) (sweep \(sweep.id)): \(state), \(over) of \(sweep.planned) trials over")
        for trialState in TrialState.allCases where status.counts[trialState] > 0 {
            let why = trialState == .failed ? " (\(reasons))" : ""
            print("  \(trialState) \(status.counts[trialState])\(why)")
        }
        print(
            "  attempts \(status.attempts), duplicates \(status.duplicates), "
                + "digest mismatches \(status.digestMismatches), workers \(status.workers)")
        if status.isUntrainable {
            print(
                "  no connected worker can train \(sweep.kind) version \(sweep.version): "
                    + "start one of the program that began the sweep")
        }
        if let left = secondsLeft, !isOver {
            print("  about \(Terminal.duration(seconds: left)) left")
        }
    }
}

func currentMilliseconds() -> Int64 {
    Int64(Date().timeIntervalSince1970 * 1000)
}
