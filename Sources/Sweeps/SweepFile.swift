/// How a sweep is run: nothing that a result depends on.
public struct RunSettings: Hashable, Sendable {
    /// Threads a trial may use.
    public let threads: Int
    /// How many workers may be lost with a trial before it is set aside.
    public let hostLostLimit: Int

    public init(threads: Int = 1, hostLostLimit: Int = 20) {
        self.threads = threads
        self.hostLostLimit = hostLostLimit
    }
}

/// A sweep file, read and checked.
public struct SweepFile: Sendable {
    /// `name` of the file, else the file's own name without its ending.
    public let name: String
    public let plan: Plan
    public let run: RunSettings
    /// At least one, `main`.
    public let tables: [TableSpec]
    public let figures: [PlaneSpec]

    /// Takes time in proportion to the cells: each is completed once, so that values that do not
    /// fit together are found here and not by a worker.
    ///
    /// - Parameters:
    ///   - text: The bytes of the file, YAML in UTF-8.
    ///   - path: The file, for messages and its name.
    ///   - overrides: `key=a,b` of the command line; several values become an axis.
    ///   - kinds: The trial kinds that `kind` may name.
    /// - Throws: All that is wrong, at once.
    public init(
        text: [UInt8], path: String, overrides: [String] = [], kinds: [any TrialKind]
    ) throws(SweepFileErrors) {
        var problems = Problems()
        var reader = SweepFileReader(path: path, kinds: kinds)
        let file = reader.read(text, overrides: overrides, &problems)
        guard let file, problems.count == 0 else {
            throw SweepFileErrors(errors: problems.errors(path: path))
        }
        self = file
    }

    init(
        name: String, plan: Plan, run: RunSettings, tables: [TableSpec], figures: [PlaneSpec]
    ) {
        self.name = name
        self.plan = plan
        self.run = run
        self.tables = tables
        self.figures = figures
    }
}
