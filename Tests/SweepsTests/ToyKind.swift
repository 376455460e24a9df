import Sweeps

/// A kind that trains nothing, with the keys of `sim` that the files in `sweeps/` use.
struct ToyKind: TrialKind {
    let name: String
    let version: Int

    init(name: String = "sim", version: Int = 1) {
        self.name = name
        self.version = version
    }

    let parameters = [
        Parameter(
            "task.signal", .numbers(0...1e6, count: 1...64, broadcast: false),
            default: .list([.number(1), .number(2)]), "μ."),
        Parameter(
            "task.variance", .numbers(0...1e6, count: 1...64, broadcast: true),
            default: .number(0.05), "σ²."),
        Parameter("task.dimension", .integer(1...4096), default: .number(64), "d."),
        Parameter("model.layers", .integer(1...32), default: .number(1), "L."),
        Parameter(
            "model.hidden", .integer(1...4096), default: .number(64), isConditional: true, "h."),
        Parameter(
            "model.activation", .choice(["none", "relu"]), default: .text("none"),
            isConditional: true, "After every layer but the last."),
        Parameter("model.bias", .flag, default: .flag(true), "Bias."),
        Parameter(
            "train.learning_rate", .number(0...10, openBelow: true), default: .number(0.1),
            isIndependent: true, "η."),
        Parameter(
            "model.scale", .number(0...1000), default: .number(1), isIndependent: true,
            "Of the first weights."),
        Parameter(
            "train.batch_size", .integerOr(1...1_000_000, words: ["full"]), default: .number(128),
            "Points a step."),
        Parameter(
            "log.every", .integer(1...1_000_000), default: .number(20), isConditional: true,
            "Steps between points."),
        Parameter(
            "log.points", .integer(2...1_000_000), isConditional: true,
            "How many points, in place of log.every."),
        Parameter(
            "log.spacing", .choice(["linear", "log"]), default: .text("linear"),
            isConditional: true, "How the points lie."),
        Parameter("init.file", .file, isConditional: true, "Initial weights."),
    ]

    func complete(_ given: Configuration) throws(ConfigurationError) -> Configuration {
        var complete = Configuration()
        for parameter in parameters {
            complete[parameter.name] = given[parameter.name] ?? parameter.defaultValue
        }
        let concepts = complete["task.signal"]?.list?.count ?? 0
        if let variance = complete["task.variance"]?.number {
            complete["task.variance"] = .list(
                Array(repeating: .number(variance), count: concepts))
        }
        if complete["model.layers"] == .number(1) {
            complete["model.hidden"] = nil
            complete["model.activation"] = nil
        }
        complete[complete["log.points"] == nil ? "log.spacing" : "log.every"] = nil
        let dimension = complete["task.dimension"]?.integer ?? 0
        if concepts > dimension {
            throw ConfigurationError(
                "task.signal",
                "has \(concepts) concepts; task.dimension must be at least \(concepts)")
        }
        return complete
    }

    func metrics(of configuration: Configuration) -> [Metric] {
        let concepts = configuration["task.signal"]?.list?.count ?? 0
        let curves = ["train_loss", "ood_loss"] + (1...concepts).map { "output/\($0)" }
        return curves.map { Metric($0, .curve) }
            + (1...concepts).map { Metric("learning_time/\($0)", .eventStep) }
            + [Metric("bend", .scalar)]
    }

    func steps(per unit: String, of configuration: Configuration) -> Double? {
        ["step": 1, "epoch": 118][unit]
    }

    func theory(of configuration: Configuration) -> Theory? { nil }

    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        throw CancellationError()
    }
}

/// Reads a sweep of the toy kind.
func readSweep(_ text: String, _ overrides: [String] = []) throws(SweepFileErrors) -> SweepFile {
    try SweepFile(text: Array(text.utf8), path: "f.yaml", overrides: overrides, kinds: [ToyKind()])
}

/// What is wrong with a sweep of the toy kind; empty where nothing is.
func complaints(about text: [UInt8], _ overrides: [String] = []) -> [String] {
    do {
        _ = try SweepFile(text: text, path: "f.yaml", overrides: overrides, kinds: [ToyKind()])
        return []
    } catch {
        return error.description.split(separator: "\n").map(String.init)
    }
}
