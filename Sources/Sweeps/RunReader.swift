/// Reads `seeds`, `run`, `draws` and `notify`, each value from its override where there is one.
struct RunReader {
    /// Those that are left.
    private(set) var overrides: [Override]

    /// The keys of these sections, as an override names them.
    static let keys = [
        "seeds.count", "seeds.root", "draws", "run.threads", "run.memory", "run.time_limit",
        "run.checkpoint", "run.retry.crash", "run.retry.host_lost", "run.max_fails", "run.order",
        "run.priority",
    ]

    mutating func seeds(_ element: SourceNode?, _ problems: inout Problems) -> Seeds? {
        let section = element.map { Section($0, "seeds", keys: ["count", "root"], &problems) }
        let count = integer(
            "seeds.count", section?["count"], in: 1...1_000_000, default: 1, &problems)
        let root = integer("seeds.root", section?["root"], in: 0...(1 << 53), default: 0, &problems)
        guard let count, let root else { return nil }
        return Seeds(count: count, root: UInt64(root))
    }

    mutating func draws(
        _ element: SourceNode?, method: Draws.Method, at origin: SweepFileError.Origin,
        _ problems: inout Problems
    ) -> Int? {
        let isOverridden = overrides.contains { $0.key == "draws" }
        if element == nil, !isOverridden {
            problems.add(origin, "method \(method.rawValue) needs draws; write draws: 100")
            return nil
        }
        return integer("draws", element, in: 1...1_000_000, default: 1, &problems)
    }

    mutating func run(_ element: SourceNode?, _ problems: inout Problems) -> RunSettings {
        let keys = [
            "threads", "memory", "time_limit", "checkpoint", "retry", "max_fails", "order",
            "priority",
        ]
        let section = element.map { Section($0, "run", keys: keys, &problems) }
        let retry = section?["retry"].map {
            Section($0, "retry", keys: ["crash", "host_lost"], &problems)
        }
        var run = RunSettings()
        run.threads =
            integer("run.threads", section?["threads"], in: 1...1024, default: 1, &problems) ?? 1
        run.memory = read("run.memory", section?["memory"], &problems) { element, problems in
            Self.text(element, "a size as 256MiB or 2GB", byteCount, "run.memory", &problems)
        }
        run.timeLimit = time("run.time_limit", section?["time_limit"], &problems)
        run.checkpoint =
            read("run.checkpoint", section?["checkpoint"], &problems) { element, problems in
                Self.text(
                    element, "a time as 30s or 20m, auto or off", { CheckpointRule(text: $0) },
                    "run.checkpoint", &problems)
            } ?? .auto
        let losses = 0...255  // what the coordinator counts in a byte
        run.crashLimit =
            integer("run.retry.crash", retry?["crash"], in: losses, default: 3, &problems) ?? 3
        run.hostLostLimit =
            integer("run.retry.host_lost", retry?["host_lost"], in: losses, default: 20, &problems)
            ?? 20
        run.failureLimit = read("run.max_fails", section?["max_fails"], &problems) {
            Self.failureLimit($0, &$1)
        }
        let order = read("run.order", section?["order"], &problems) { element, problems in
            element.word(
                "run.order", among: RunSettings.Order.allCases.map(\.rawValue), &problems)
        }
        run.order = order.flatMap(RunSettings.Order.init(rawValue:)) ?? .seedsInner
        run.priority =
            integer("run.priority", section?["priority"], in: -1000...1000, default: 0, &problems)
            ?? 0
        return run
    }

    static func notify(_ element: SourceNode, _ problems: inout Problems) -> [NotifyRule] {
        let section = Section(element, "notify", keys: ["on"], &problems)
        guard let on = section["on"]?.list("on", &problems) else { return [] }
        return on.compactMap { entry in
            guard let text = entry.text("an event", &problems) else { return nil }
            if let rule = NotifyRule(text) { return rule }
            entry.complain(
                "no event \(entry.phrase); write finished, \"failed > 5%\" or \"stalled 15m\"",
                &problems)
            return nil
        }
    }
}

// MARK: One value

extension RunReader {
    /// What the override says, else the file, else nothing; what the file says is checked anyway.
    private mutating func read<Result>(
        _ key: String, _ element: SourceNode?, _ problems: inout Problems,
        _ parse: (SourceNode, inout Problems) -> Result?
    ) -> Result? {
        let inFile = element.flatMap { parse($0, &problems) }
        guard let override = overrides.take(key, &problems) else { return inFile }
        return parse(override, &problems)
    }

    /// - Returns: nil where there is a problem.
    private mutating func integer(
        _ key: String, _ element: SourceNode?, in range: ClosedRange<Int>, default value: Int,
        _ problems: inout Problems
    ) -> Int? {
        let countBefore = problems.count
        let number = read(key, element, &problems) { $0.integer(key, in: range, &$1) }
        return problems.count == countBefore ? number ?? value : nil
    }

    private mutating func time(
        _ key: String, _ element: SourceNode?, _ problems: inout Problems
    ) -> Duration? {
        read(key, element, &problems) { element, problems in
            Self.text(
                element, "a time as 30s, 20m or 4:00:00", { Duration(text: $0) }, key, &problems)
        }
    }

    private static func text<Result>(
        _ element: SourceNode, _ what: String, _ parse: (String) -> Result?, _ key: String,
        _ problems: inout Problems
    ) -> Result? {
        if case .scalar(.text(let text)) = element.content, let result = parse(text) {
            return result
        }
        element.complain("\(key) must be \(what), not \(element.phrase)", &problems)
        return nil
    }

    private static func failureLimit(
        _ element: SourceNode, _ problems: inout Problems
    ) -> RunSettings.FailureLimit? {
        let value = element.value
        if let limit = RunSettings.FailureLimit(value?.text ?? value?.canonicalText ?? "") {
            return limit
        }
        element.complain(
            "run.max_fails must be a share as 5% or a whole number, not \(element.phrase)",
            &problems)
        return nil
    }
}

extension CheckpointRule {
    /// - Returns: nil where the text is no time and none of these words.
    init?(text: String) {
        switch text {
        case "auto": self = .auto
        case "off": self = .off
        default:
            guard let time = Duration(text: text), time > .zero else { return nil }
            self = .every(time)
        }
    }
}
