/// How a sweep is run and who is told of it: what its file says beside its plan, read without it.
public struct SweepTerms: Hashable, Sendable {
    public let run: RunSettings
    public let notify: [NotifyRule]
    /// How many replicates each cell has.
    public let seedCount: Int

    public init(run: RunSettings, notify: [NotifyRule], seedCount: Int) {
        self.run = run
        self.notify = notify
        self.seedCount = seedCount
    }

    /// - Parameters:
    ///   - text: The bytes of a file that was taken before; what is wrong with it now is as if it
    ///     were not said.
    ///   - overrides: `key=a,b` of the command line.
    public init(text: [UInt8], overrides: [String]) {
        var problems = Problems()
        var reader = RunReader(overrides: Override.read(overrides, &problems))
        let root = YAMLReader.read(text, problems: &problems)
        func member(_ key: String) -> SourceNode? {
            guard case .mapping(let members) = root?.content else { return nil }
            return members.first { $0.key == key }?.element
        }
        run = reader.run(member("run"), &problems)
        seedCount = reader.seeds(member("seeds"), &problems)?.count ?? 1
        notify = member("notify").map { RunReader.notify($0, &problems) } ?? []
    }
}

extension NotifyRule: CustomStringConvertible {
    /// As a sweep file says it.
    public var description: String {
        switch self {
        case .finished: "finished"
        case .failed(let limit): "failed > \(limit)"
        case .stalled(let time): "stalled \(time.text)"
        }
    }
}

extension RunSettings.FailureLimit: CustomStringConvertible {
    public var description: String {
        switch self {
        case .count(let count): "\(count)"
        case .share(let share): "\(Value.number(share * 100).canonicalText)%"
        }
    }
}

extension Duration {
    /// As `Duration(text:)` reads it: `1h30m`, `1.5s`.
    public var text: String {
        var rest = Int64(self / .milliseconds(1))
        var text = ""
        for (unit, size) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000)]
            as [(String, Int64)]
        where rest >= size {
            text += "\(rest / size)\(unit)"
            rest %= size
        }
        guard rest > 0 || text.isEmpty else { return text }
        return text + Value.number(Double(rest) / 1000).canonicalText + "s"
    }
}
