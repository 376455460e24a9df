/// A sweep file, read and checked.
public struct SweepFile: Sendable {
    /// `name` of the file, else the file's own name without its ending.
    public let name: String
    public let plan: Plan
    public let run: RunSettings
    /// At least one, `main`.
    public let tables: [TableSpec]
    public let figures: [FigureSpec]
    /// The metrics whose prediction by the trial kind is asked for.
    public let theory: [String]
    public let notify: [NotifyRule]
    /// The files that the sweep file names: with its text, what the plan is made of.
    public let attachments: [Attachment]
    /// What does nothing here, though other programs act on it: for people.
    public let notes: [SweepFileError]

    /// Takes time in proportion to the cells whose keys depend on each other: each is completed
    /// once, so that values that do not fit together are found here and not by a worker.
    ///
    /// - Parameters:
    ///   - text: The bytes of the file, YAML in UTF-8.
    ///   - path: The file, for messages and its name.
    ///   - overrides: `key=a,b` of the command line; several values become an axis.
    ///   - files: Where the files are that it names.
    ///   - kinds: The trial kinds that `kind` may name.
    /// - Throws: All that is wrong, at once.
    public init(
        text: [UInt8], path: String, overrides: [String] = [],
        files: any AttachmentSource = SentAttachments(), kinds: [any TrialKind]
    ) throws(SweepFileErrors) {
        var problems = Problems()
        var reader = SweepFileReader(path: path, kinds: kinds, files: files)
        let file = reader.read(text, overrides: overrides, &problems)
        guard let file, problems.count == 0 else {
            throw SweepFileErrors(errors: problems.errors(path: path))
        }
        self = file
    }

    init(
        name: String, plan: Plan, run: RunSettings, tables: [TableSpec], figures: [FigureSpec],
        theory: [String], notify: [NotifyRule], attachments: [Attachment], notes: [SweepFileError]
    ) {
        self.name = name
        self.plan = plan
        self.run = run
        self.tables = tables
        self.figures = figures
        self.theory = theory
        self.notify = notify
        self.attachments = attachments
        self.notes = notes
    }
}
