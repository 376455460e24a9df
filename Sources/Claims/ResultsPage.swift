/// What is written of a claim: a page, and its line in the summary.
public struct ResultsPage: Sendable {
    public let claim: Claim
    public let findings: [Finding]
    /// One for each sweep.
    public let sweeps: [Sweep]

    public struct Sweep: Sendable {
        /// The file's name, without its ending, and how often its seeds were taken.
        public let file: String
        public let cellCount: Int
        public let seedCount: Int
        /// Its main table, in Markdown.
        public let table: String
        /// Pictures beside the page.
        public let figures: [String]

        public init(
            file: String, cellCount: Int, seedCount: Int, table: String, figures: [String] = []
        ) {
            self.file = file
            self.cellCount = cellCount
            self.seedCount = seedCount
            self.table = table
            self.figures = figures
        }
    }

    public init(_ claim: Claim, findings: [Finding], sweeps: [Sweep]) {
        self.claim = claim
        self.findings = findings
        self.sweeps = sweeps
    }

    /// Trials that were looked at.
    public var trialCount: Int { sweeps.reduce(0) { $0 + $1.cellCount * $1.seedCount } }

    /// The page in Markdown; nothing in it depends on when or where it was made.
    public var markdown: String {
        var parts = [
            "# \(claim.id): \(claim.title)",
            origin,
            "Verdict: **\(findings.verdict)** (\(findings.summary))",
            "Criterion: \(claim.criterion)",
        ]
        if !claim.remark.isEmpty { parts.append(claim.remark) }
        let lines = findings.map {
            "| \(Self.escaped($0.what)) | \(Self.escaped($0.measured)) | \($0.verdict) |"
        }
        parts.append(
            (["| asked for | measured | |", "|---|---|---|"] + lines).joined(separator: "\n"))
        for sweep in sweeps {
            parts.append(
                "## sweeps/\(sweep.file).yaml\n\n\(sweep.cellCount) cells × \(sweep.seedCount) seeds "
                    + "= \(sweep.cellCount * sweep.seedCount) trials.")
            parts += sweep.figures.map { "![\($0)](\($0))" }
            if !sweep.table.isEmpty { parts.append(sweep.table) }
        }
        parts.append("Made by `swingby reproduce \(claim.id)`.")
        return parts.joined(separator: "\n\n") + "\n"
    }

    /// Another paper's claim names that paper.
    private var origin: String {
        if claim.source.isEmpty { return "Beyond arXiv 2410.08309." }
        let isOthers = claim.source.hasPrefix("arXiv:")
        return "Claim: \(isOthers ? "" : "arXiv 2410.08309, ")\(claim.source)."
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|")
    }

    /// The summary of all claims, from the pages that there are.
    ///
    /// - Parameter page: The text of the claim's page, by its id; nil where there is none.
    public static func summary(page: (_ id: String) -> String?) -> String {
        func lines(_ claims: [Claim]) -> String {
            claims.map { claim in
                let verdict = page(claim.id)?.split(separator: "\n")
                    .first { $0.hasPrefix("Verdict: ") }?.dropFirst("Verdict: ".count)
                let link = verdict == nil ? claim.id : "[\(claim.id)](\(claim.id).md)"
                return
                    "| \(link) | \(claim.title) | \(verdict.map { escaped(String($0)) } ?? "not run") |"
            }.joined(separator: "\n")
        }
        return """
            # Claims of the paper, and what was measured

            A page a claim, by `swingby reproduce ID` (or `all`), from the sweeps in `sweeps/`. The root \
            seed is 2410 for all; grids, seeds and criteria were set before the first run.

            | | claim | verdict |
            |---|---|---|
            \(lines(Claim.all))

            On generators of images, whose trials take minutes each, by name:

            | | claim | verdict |
            |---|---|---|
            \(lines(Claim.images))

            Beyond the paper, by name: a [phase diagram](phase-diagram.md) of the symmetric two-layer model, and

            | | claim | verdict |
            |---|---|---|
            \(lines(Claim.beyond))

            """
    }
}
