import Coordination
import Store
import Sweeps

/// A sweep of a store with its plan, made again from the text that was submitted.
struct OpenedSweep {
    let sweep: StoredSweep
    let file: SweepFile

    /// - Throws: `CommandFailure` where the sweep began with another version of its trial kind.
    init(_ selector: String, in reader: StoreReader) throws {
        sweep = try reader.sweep(selector)
        let source = SweepSource(
            path: sweep.path, text: sweep.text, overrides: sweep.overrides,
            attachments: try reader.attachments(of: sweep))
        file = try SweepFile(source)
        guard file.plan.kind.version == sweep.version else {
            throw CommandFailure(
                .failed,
                "\(sweep.name) began with version \(sweep.version) of '\(sweep.kind)' and this "
                    + "program has version \(file.plan.kind.version), whose bits differ; read it "
                    + "with the program that ran it, or run it anew: swingby run FILE --rerun")
        }
    }
}

/// Which trials a command is about: `fig2a/13`, `last/1-10`, `fig2a`.
struct TrialSelector {
    let opened: OpenedSweep
    let numbers: ClosedRange<Int>

    init(_ text: String, in reader: StoreReader) throws {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        opened = try OpenedSweep(String(parts[0]), in: reader)
        let count = opened.file.plan.trialCount
        guard parts.count == 2 else {
            numbers = 1...count
            return
        }
        let ends = parts[1].split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
            first >= 1, last >= first, last <= count
        else {
            throw CommandFailure(
                .usage,
                "'\(text)' names no trials; \(opened.sweep.name)/1 to "
                    + "\(opened.sweep.name)/\(count), or a range as \(opened.sweep.name)/1-3")
        }
        numbers = first...last
    }
}
