import Foundation
import Store
import Sweeps

/// What `top` shows, as lines.
struct TopView {
    struct Line {
        let text: String
        let isTitle: Bool

        init(_ text: String, isTitle: Bool = false) {
            self.text = Terminal.harmless(text)
            self.isTitle = isTitle
        }
    }

    private let facts: TopFacts
    private let rates: RecentRates

    init(_ facts: TopFacts, rates: RecentRates = RecentRates()) {
        self.facts = facts
        self.rates = rates
    }

    /// All of it.
    var text: String {
        let sections = [sweeps(), workers, failures].map { $0.map(\.text).joined(separator: "\n") }
        return ([head.text] + sections).joined(separator: "\n\n")
    }

    /// As much of it as a screen holds, sweeps before workers before failures.
    func lines(in size: TerminalScreen.Size) -> [Line] {
        let room = size.rows - 4
        let failures = Self.cut(failures, to: max(3, room / 4))
        let sweeps = Self.cut(sweeps(nameLimit: 20), to: max(3, room / 3))
        let workers = Self.cut(workers, to: max(3, room - failures.count - sweeps.count))
        return [head] + [sweeps, workers, failures].flatMap { [Line("")] + $0 }
    }

    private static func cut(_ section: [Line], to count: Int) -> [Line] {
        guard section.count > count else { return section }
        let left = section.count - count + 1
        return section.prefix(count - 1) + [Line("… and \(left) more")]
    }

    private var head: Line {
        let coordinator = facts.coordinator
        let state =
            if coordinator.mayRun {
                "coordinator \(coordinator.processID.map(String.init) ?? "?") on "
                    + (coordinator.endpoint ?? "its way")
            } else {
                "no coordinator; 'swingby coordinator start' goes on"
            }
        return Line("\(Terminal.time(facts.now, now: facts.now))  \(facts.store)  \(state)")
    }

    /// What matters most stands left, where a narrow screen has it.
    private func sweeps(nameLimit: Int = .max) -> [Line] {
        guard !facts.sweeps.isEmpty else { return [Line("no sweep yet")] }
        return Self.table(
            [
                "sweep", "over", "left", "a second", "running", "diverged", "failed", "state", "",
            ],
            facts.sweeps.map { progress in
                let counts = progress.status.counts
                let planned = progress.sweep.planned
                let rate =
                    progress.isOver ? nil : rates.rate(of: progress.sweep.id) ?? progress.rate
                // With nobody to serve it, no time is left that could be told.
                let left =
                    facts.coordinator.mayRun
                    ? rate.map { Double(planned - progress.over) / $0 } : nil
                let filled = progress.over * 20 / max(planned, 1)
                let name = progress.sweep.name
                return [
                    name.count > nameLimit ? name.prefix(nameLimit - 1) + "…" : name,
                    "\(progress.over)/\(planned)",
                    left.map { Terminal.duration(seconds: $0) } ?? "",
                    rate.map { String(format: "%.1f", $0) } ?? "", "\(counts[.running])",
                    "\(counts[.diverged])", "\(counts[.failed])", progress.state,
                    String(repeating: "█", count: filled)
                        + String(repeating: "░", count: 20 - filled),
                ]
            })
    }

    /// Those that are there first; of those that have left, none.
    private var workers: [Line] {
        let present = facts.workers.filter { $0.worker.state != .left }
            .sorted { ($0.running, "\($1.worker.id)") > ($1.running, "\($0.worker.id)") }
        guard !present.isEmpty else {
            return [Line("no workers; 'swingby worker start' starts one")]
        }
        return Self.table(WorkerLoad.columns, present.map(\.cells))
    }

    private var failures: [Line] {
        guard !facts.failures.isEmpty else { return [Line("no failed trials")] }
        return Self.table(
            ["failed", "attempt", "when", "why"],
            facts.failures.map { failed in
                let why = describe(failed.failure).split(separator: "\n").first ?? ""
                return [
                    "\(failed.sweep)/\(failed.number)", "\(failed.attempt)",
                    Terminal.time(failed.happened, now: facts.now), String(why),
                ]
            })
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> [Line] {
        Terminal.tableLines(header: header, rows: rows).enumerated().map {
            Line($1, isTitle: $0 == 0)
        }
    }
}
