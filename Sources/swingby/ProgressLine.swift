import Foundation
import Store
import Sweeps

/// How far a sweep is, on standard error: one line that renews itself on a terminal, else a line
/// now and then.
struct ProgressLine {
    private var lastShown: ContinuousClock.Instant?
    private var lastOver = -1
    private var width = 0

    mutating func show(_ progress: SweepProgress) {
        let elapsed = lastShown.map { $0.duration(to: .now) }
        if Terminal.isErrorTerminal {
            let text = Self.text(progress)
            let padding = String(repeating: " ", count: max(0, width - text.count))
            FileHandle.standardError.write(Data("\r\(text)\(padding)".utf8))
            width = text.count
        } else if progress.over != lastOver,
            elapsed.map({ $0 >= .seconds(5) }) ?? true || progress.isOver
        {
            Terminal.note(Self.text(progress))
        } else {
            return
        }
        lastShown = .now
        lastOver = progress.over
    }

    /// Leaves the line as it is and begins a new one.
    mutating func finish() {
        if Terminal.isErrorTerminal, width > 0 {
            FileHandle.standardError.write(Data("\n".utf8))
            width = 0
        }
    }

    private static func text(_ progress: SweepProgress) -> String {
        let planned = progress.sweep.planned
        let filled = progress.over * 20 / max(planned, 1)
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
        var text = "\(progress.sweep.name) \(bar) \(progress.over)/\(planned)"
        if let rate = progress.rate { text += String(format: "  %.1f trials/s", rate) }
        if let left = progress.secondsLeft, !progress.isOver {
            text += "  \(Terminal.duration(seconds: left)) left"
        }
        let failed = progress.status.counts[.failed]
        let diverged = progress.status.counts[.diverged]
        if diverged > 0 { text += "  \(diverged) diverged" }
        if failed > 0 { text += "  \(failed) failed" }
        return text
    }
}
