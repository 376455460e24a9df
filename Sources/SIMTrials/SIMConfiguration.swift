import NumericCore
import Sweeps

/// A cell of the kind `sim`, decoded and checked.
struct SIMConfiguration: CellConfiguration, Hashable, Sendable {
    enum Task: String, Hashable, Sendable {
        /// Clusters of one concept each, and one at the origin.
        case identity
        /// The same without the points that are near the OOD point.
        case truncated
        /// Clusters of one concept each alone.
        case concepts
    }

    /// The spread of the inputs, by the name under which it was given.
    enum Spread: Hashable, Sendable {
        /// σ², a value a concept.
        case variance([Double])
        /// σ, a value a concept.
        case deviation([Double])
    }

    enum Initialization: String, Hashable, Sendable {
        case torch, gaussian, nonnegative
    }

    enum Duration: Hashable, Sendable {
        case epochs(Int)
        case steps(Int)
    }

    /// What is measured on request.
    struct Extras: Hashable, Sendable {
        let fullLoss: Bool
        let nodes: Bool
        let jacobian: Bool
    }

    let task: Task
    /// μ, a value a concept.
    let signal: [Double]
    let spread: Spread
    let dimension: Int
    /// Points a cluster; of a file the points in all.
    let samples: Int
    let hasOrigin: Bool
    let isRotated: Bool
    /// The digest of the file that has the points, in place of what the task would draw.
    let dataFile: String?
    let layers: Int
    let hidden: Int
    let isRectified: Bool
    let hasBias: Bool
    let initialization: Initialization
    let scale: Double
    /// The digest of the file that has the initial parameters.
    let initialFile: String?
    let rule: Optimizer.Rule
    let learningRate: Double
    /// At most `pointCount`.
    let batchSize: Int
    let duration: Duration
    let log: LogSchedule
    let extras: Extras

    init(_ given: Configuration) throws(ConfigurationError) {
        let reader = try ConfigurationReader(given, parameters: SIMKind.parameters)
        dataFile = try reader.optionalFile("data.file")
        let isDrawn = dataFile == nil
        task = Task(rawValue: try reader.choice("task.kind")) ?? .identity
        signal = try reader.numbers("task.signal")
        spread = try Self.spread(reader, count: signal.count)
        dimension = try reader.integer("task.dimension")
        samples = try reader.integer("task.samples")
        let wantsOrigin =
            reader.isGiven("task.origin") ? try reader.flag("task.origin") : task != .concepts
        hasOrigin = isDrawn && wantsOrigin
        isRotated = isDrawn ? try reader.flag("task.rotation") : false

        layers = try reader.integer("model.layers")
        hidden = layers > 1 ? try reader.integer("model.hidden") : 0
        isRectified = layers > 1 ? try reader.choice("model.activation") == "relu" : false
        hasBias = try reader.flag("model.bias")
        initialFile = try reader.optionalFile("init.file")
        let choice = try reader.choice("model.initialization")
        initialization = Initialization(rawValue: choice) ?? .torch
        scale =
            reader.isGiven("model.scale")
            ? try reader.number("model.scale") : initialization == .gaussian ? 0.01 : 1

        rule = try reader.optimizerRule()
        learningRate = try reader.number("train.learning_rate")
        let clusters = isDrawn ? signal.count + (hasOrigin ? 1 : 0) : 1
        let pointCount = samples * clusters
        batchSize = min(try reader.integerOrWord("train.batch_size") ?? pointCount, pointCount)
        duration = try Self.duration(reader)
        log = try reader.logSchedule()
        extras = Extras(
            fullLoss: try reader.flag("measure.full_loss"),
            nodes: try reader.flag("measure.nodes"),
            jacobian: try reader.flag("measure.jacobian"))
        try checkTask()
        try checkSize()
    }

    private static func spread(
        _ reader: ConfigurationReader, count: Int
    ) throws(ConfigurationError) -> Spread {
        switch (reader.isGiven("task.variance"), reader.isGiven("task.deviation")) {
        case (true, true):
            throw ConfigurationError(
                "task.deviation", "is given beside task.variance; keep the one that is meant")
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
                "train.steps", "is given beside train.epochs; keep the one that is meant")
        case (true, false): return .epochs(try reader.integer("train.epochs"))
        case (false, true): return .steps(try reader.integer("train.steps"))
        case (false, false): return .epochs(40)
        }
    }
}

extension SIMConfiguration {
    /// Whether what is done on all points is done on their second moments: where the network is
    /// linear, and there are more points than moments. To find those of a wide one would take as long
    /// as some steps. It depends on the configuration alone, for the bits.
    var usesMoments: Bool {
        !isRectified && pointCount > dimension + 1 && dimension <= 256
            && (batchSize == pointCount || extras.fullLoss)
    }

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

    var clusterCount: Int {
        dataFile == nil ? conceptCount + (hasOrigin ? 1 : 0) : 1
    }
    var pointCount: Int { clusterCount * samples }
    var stepsPerEpoch: Int { (pointCount + batchSize - 1) / batchSize }

    /// How near the OOD point no training point may be, of a truncated task.
    ///
    /// - SeeAlso: arXiv:2410.08309, section F.3.
    var truncationRadius: Double? {
        dataFile == nil && task == .truncated ? (signal.min() ?? 0) / 2 : nil
    }

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

    /// How far one step of plain descent advances the gradient flow of the paper's loss: h = 2·η/d,
    /// since the trained loss is a mean over d outputs, without the paper's ½.
    var timePerStep: Double { 2 * learningRate / Double(dimension) }

    /// Whether training follows that flow: no momentum, no decay, nothing adaptive.
    var isPlainDescent: Bool { rule == .descent(momentum: 0, decay: 0) }

    /// How near to μ an output must stay to count as learned, as a share of μ; wider for ReLU
    /// networks, which keep a residual of a few percent.
    var learningTolerance: Double { isRectified ? 0.25 : 0.1 }

    /// Every step that is logged, in order.
    var loggedSteps: [Int] { log.steps(stepCount: stepCount, stepsPerEpoch: stepsPerEpoch) }

    /// The steps at the ends of epochs where all of these are logged, else all logged steps: what
    /// the speed of the output is read at, free of the way through the batches of an epoch.
    func isSpeedPoint(_ step: Int) -> Bool {
        !log.hasEpochs(stepsPerEpoch: stepsPerEpoch) || step % stepsPerEpoch == 0
    }
}
