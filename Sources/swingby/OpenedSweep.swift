import Coordination
import Store
import Sweeps

/// A sweep of a store with its plan, made again from the text that was submitted.
struct OpenedSweep {
    let sweep: StoredSweep
    let file: SweepFile

    /// The one sweep that a person names.
    ///
    /// - Throws: `CommandFailure`, also where several are named.
    init(_ selector: String, in reader: StoreReader) throws {
        try self.init(reader.sweep(selector), in: reader)
    }

    /// - Throws: `CommandFailure` where the sweep began with another version of its trial kind.
    init(_ sweep: StoredSweep, in reader: StoreReader) throws {
        self.sweep = sweep
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

/// Which trials of a sweep a command is about: `fig2a/13`, `last/1-10`, `fig2a`.
struct TrialSelector {
    let opened: OpenedSweep
    let numbers: ClosedRange<Int>

    /// A selector for each sweep that is named: `all`, `1-3/13`.
    static func all(_ text: String, in reader: StoreReader) throws -> [TrialSelector] {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        return try reader.sweeps(String(parts[0])).map { sweep in
            try TrialSelector(
                OpenedSweep(sweep, in: reader), parts.count == 2 ? String(parts[1]) : nil, text)
        }
    }

    /// - Throws: `CommandFailure`, also where several sweeps are named.
    init(_ text: String, in reader: StoreReader) throws {
        let all = try Self.all(text, in: reader)
        guard all.count == 1 else {
            throw CommandFailure(.usage, "'\(text)' names trials of \(all.count) sweeps; name one")
        }
        self = all[0]
    }

    private init(_ opened: OpenedSweep, _ range: String?, _ text: String) throws {
        self.opened = opened
        let count = opened.file.plan.trialCount
        guard let range else {
            numbers = 1...count
            return
        }
        let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
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
