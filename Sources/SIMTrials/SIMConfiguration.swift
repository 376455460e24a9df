import NumericCore
import Sweeps

/// A cell of the kind `sim`, decoded and checked.
struct SIMConfiguration: Hashable, Sendable {
    /// The spread of the inputs, by the name under which it was given.
    enum Spread: Hashable, Sendable {
        /// σ², a value a concept.
        case variance([Double])
        /// σ, a value a concept.
        case deviation([Double])
    }

    enum Duration: Hashable, Sendable {
        case epochs(Int)
        case steps(Int)
    }

    /// μ, a value a concept.
    let signal: [Double]
    let spread: Spread
    let dimension: Int
    /// Points a cluster.
    let samples: Int
    let hasOrigin: Bool
    let isRotated: Bool
    let layers: Int
    let hidden: Int
    let isRectified: Bool
    let hasBias: Bool
    let scale: Double
    let learningRate: Double
    /// At most `pointCount`.
    let batchSize: Int
    let duration: Duration
    let logInterval: Int

    /// - Throws: `ConfigurationError`, where a value is out of range or values do not fit together.
    init(_ given: Configuration) throws(ConfigurationError) {
        let reader = try ConfigurationReader(given, parameters: SIMKind.parameters)
        _ = try reader.choice("task.kind")
        signal = try reader.numbers("task.signal")
        spread = try Self.spread(reader, count: signal.count)
        dimension = try reader.integer("task.dimension")
        samples = try reader.integer("task.samples")
        hasOrigin = try reader.flag("task.origin")
        isRotated = try reader.flag("task.rotation")
        layers = try reader.integer("model.layers")
        hidden = layers > 1 ? try reader.integer("model.hidden") : 0
        isRectified = layers > 1 ? try reader.choice("model.activation") == "relu" : false
        hasBias = try reader.flag("model.bias")
        _ = try reader.choice("model.initialization")
        scale = try reader.number("model.scale")
        learningRate = try reader.number("train.learning_rate")
        let pointCount = samples * (signal.count + (hasOrigin ? 1 : 0))
        batchSize = min(try reader.integerOrWord("train.batch_size") ?? pointCount, pointCount)
        duration = try Self.duration(reader)
        logInterval = try reader.integer("log.every")
        if signal.count > dimension {
            throw ConfigurationError(
                "task.signal",
                "has \(signal.count) concepts in \(dimension) dimensions; "
                    + "task.dimension must be at least \(signal.count)")
        }
        try checkSize()
    }

    private static func spread(
        _ reader: ConfigurationReader, count: Int
    ) throws(ConfigurationError) -> Spread {
        switch (reader.isGiven("task.variance"), reader.isGiven("task.deviation")) {
        case (true, true):
            throw ConfigurationError(
                "task.deviation",
                "is given beside task.variance; keep the one that is meant")
        case (true, false): return .variance(try reader.numbers("task.variance", count: count))
        case (false, true): return .deviation(try reader.numbers("task.deviation", count: count))
        case (false, false): return .variance(Array(repeating: 0.05, count: count))
        }
    }

    private static func duration(
        _ reader: ConfigurationReader
    ) throws(ConfigurationError) -> Duration {
        switch (reader.isGiven("train.epochs"), reader.isGiven("train.steps")) {
        case (true, true):
            throw ConfigurationError(
                "train.steps",
                "is given beside train.epochs; keep the one that is meant")
        case (true, false): return .epochs(try reader.integer("train.epochs"))
        case (false, true): return .steps(try reader.integer("train.steps"))
        case (false, false): return .epochs(40)
        }
    }

    /// The complete configuration: defaults written out, lists in full, only keys that apply.
    var complete: Configuration {
        var complete = Configuration([
            "task.kind": .text("identity"), "task.signal": .list(signal.map(Value.number)),
            "task.dimension": .number(Double(dimension)), "task.samples": .number(Double(samples)),
            "task.origin": .flag(hasOrigin), "task.rotation": .flag(isRotated),
            "model.layers": .number(Double(layers)), "model.bias": .flag(hasBias),
            "model.initialization": .text("torch"), "model.scale": .number(scale),
            "train.learning_rate": .number(learningRate),
            "train.batch_size": batchSize == pointCount
                ? .text("full") : .number(Double(batchSize)),
            "log.every": .number(Double(logInterval)),
        ])
        switch spread {
        case .variance(let values): complete["task.variance"] = .list(values.map(Value.number))
        case .deviation(let values): complete["task.deviation"] = .list(values.map(Value.number))
        }
        switch duration {
        case .epochs(let count): complete["train.epochs"] = .number(Double(count))
        case .steps(let count): complete["train.steps"] = .number(Double(count))
        }
        if layers > 1 {
            complete["model.hidden"] = .number(Double(hidden))
            complete["model.activation"] = .text(isRectified ? "relu" : "none")
        }
        return complete
    }
}

extension SIMConfiguration {
    var conceptCount: Int { signal.count }

    /// σ, a value a concept.
    var deviation: [Double] {
        switch spread {
        case .variance(let values): values.map { $0.squareRoot() }
        case .deviation(let values): values
        }
    }

    /// σ², a value a concept.
    var variance: [Double] {
        switch spread {
        case .variance(let values): values
        case .deviation(let values): values.map { $0 * $0 }
        }
    }

    var clusterCount: Int { conceptCount + (hasOrigin ? 1 : 0) }
    var pointCount: Int { clusterCount * samples }
    var stepsPerEpoch: Int { (pointCount + batchSize - 1) / batchSize }

    var stepCount: Int {
        switch duration {
        case .epochs(let count): count * stepsPerEpoch
        case .steps(let count): count
        }
    }

    /// The widths of the layers, the input's first.
    var widths: [Int] {
        [dimension] + Array(repeating: hidden, count: layers - 1) + [dimension]
    }

    /// How far one step advances the gradient flow of the paper's loss: h = 2·η/d, since the
    /// trained loss is a mean over d outputs, without the paper's ½.
    var timePerStep: Double { 2 * learningRate / Double(dimension) }

    /// How near to μ an output must stay to count as learned, as a share of μ; wider for ReLU
    /// networks, which keep a residual of a few percent.
    var learningTolerance: Double { isRectified ? 0.25 : 0.1 }

    func isLogged(step: Int) -> Bool {
        step % logInterval == 0 || step % stepsPerEpoch == 0 || step == stepCount
    }

    /// Every step that is logged, in order.
    var loggedSteps: [Int] { (0...stepCount).filter(isLogged) }

    /// No fewer than the logged steps, and not many more.
    var logCapacity: Int { stepCount / logInterval + stepCount / stepsPerEpoch + 2 }

    private static let byteLimit = 8 << 30
    private static let logLimit = 1 << 20

    /// - Throws: `ConfigurationError`, where the trial would not fit into memory.
    private func checkSize() throws(ConfigurationError) {
        let (steps, overflow) = stepsPerEpoch.multipliedReportingOverflow(by: durationFactor)
        let logPoints = overflow ? Int.max : steps / logInterval + steps / stepsPerEpoch
        if logPoints > Self.logLimit {
            throw ConfigurationError(
                "log.every",
                "leads to \(logPoints) logged points with each epoch's end; at most "
                    + "\(Self.logLimit) are kept: log more rarely, or train fewer epochs")
        }
        let data =
            PanelMatrix.floatCount(rows: pointCount, columns: dimension)
            + PanelMatrix.floatCount(rows: pointCount, columns: conceptCount)
            + pointCount * (conceptCount + 4)
        let network = Network.floatCount(widths: widths, blockRows: SIMTraining.blockRows)
        let curves = 2 * (logPoints + 2) * (conceptCount + 3)
        let bytes = MemoryLayout<Float>.stride * (data + network + curves)
        if bytes > Self.byteLimit {
            let needed = Int((Double(bytes) / 0x1p30).rounded(.up))
            throw ConfigurationError(
                "task.samples",
                "would need \(needed) GiB of memory, for which \(Self.byteLimit >> 30) GiB are the "
                    + "limit; take fewer, or fewer dimensions")
        }
    }

    /// Steps are `stepsPerEpoch` times this, rounded up where steps are given.
    private var durationFactor: Int {
        switch duration {
        case .epochs(let count): count
        case .steps(let count): (count + stepsPerEpoch - 1) / stepsPerEpoch
        }
    }
}
