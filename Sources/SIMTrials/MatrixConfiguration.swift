import NumericCore
import Sweeps

/// A cell of the kind `matrix`, decoded and checked.
struct MatrixConfiguration: CellConfiguration, Hashable, Sendable {
    enum Initialization: String, Sendable {
        case fixture, nonnegative, gaussian, explicit
    }

    /// What is logged besides losses and outputs.
    enum Entries: String, Sendable {
        case none, weights, terms
    }

    /// μ, a value an informative coordinate.
    let signal: [Double]
    /// σ, a value a coordinate from the first on.
    let deviation: [Double]
    /// s, by which μ² is divided.
    let concepts: Int
    /// d.
    let dimension: Int
    let isSquared: Bool
    let stepper: MatrixFlow.Stepper
    let stepSize: Double
    let stepCount: Int
    let initialization: Initialization
    /// ω, or for `fixture` the factor on U.
    let scale: Double
    /// d'.
    let width: Int
    let fixtureSeed: Int
    let signBias: Double
    /// W(0), row by row.
    let start: [Double]
    let log: LogSchedule
    let entries: Entries
    let logsCenters: Bool
    let logsSpectrum: Bool
    let lemmas: LemmaConstants?

    init(_ given: Configuration) throws(ConfigurationError) {
        let reader = try ConfigurationReader(given, parameters: MatrixKind.parameters)
        func integer(
            _ key: String, else value: Int
        ) throws(ConfigurationError) -> Int {
            reader.isGiven(key) ? try reader.integer(key) : value
        }
        signal = try reader.numbers("flow.signal")
        let deviation =
            reader.isGiven("flow.deviation")
            ? try reader.numbers(
                "flow.deviation",
                count: given["flow.deviation"]?.number == nil ? nil : signal.count)
            : Array(repeating: 0.05, count: signal.count)
        concepts = try integer("flow.concepts", else: signal.count)
        dimension = try integer("flow.dimension", else: max(signal.count, deviation.count))
        isSquared = try reader.choice("flow.moment") == "squared"
        stepper = Self.steppers[try reader.choice("flow.stepper")] ?? .euler
        stepSize = try reader.number("flow.step_size")
        stepCount = try reader.integer("flow.steps")
        initialization =
            Initialization(rawValue: try reader.choice("flow.initialization")) ?? .gaussian
        let isDrawn = initialization != .explicit
        scale =
            !isDrawn
            ? 0
            : reader.isGiven("flow.scale")
                ? try reader.number("flow.scale") : initialization == .fixture ? 0.2 : 0.01
        width = isDrawn ? try integer("flow.width", else: dimension) : 0
        fixtureSeed = initialization == .fixture ? try reader.integer("flow.fixture_seed") : 0
        signBias = initialization == .gaussian ? try reader.number("flow.sign_bias") : 0
        start = isDrawn ? [] : try Self.start(reader, dimension: dimension)
        log = try reader.logSchedule()
        entries = Entries(rawValue: try reader.choice("measure.entries")) ?? .none
        logsCenters = try reader.flag("measure.centers")
        logsSpectrum = try reader.flag("measure.spectrum")
        lemmas = try reader.flag("measure.lemmas") ? try LemmaConstants(reader) : nil
        self.deviation = deviation
        try check()
    }

    private static let steppers: [String: MatrixFlow.Stepper] = [
        "euler": .euler, "descent": .descent, "rk4": .rungeKutta,
    ]

    private static func start(
        _ reader: ConfigurationReader, dimension d: Int
    ) throws(ConfigurationError) -> [Double] {
        guard reader.isGiven("flow.start") else {
            throw ConfigurationError(
                "flow.start", "is missing; flow.initialization explicit needs W(0), row by row")
        }
        let start = try reader.numbers("flow.start")
        guard start.count == d * d else {
            throw ConfigurationError(
                "flow.start",
                "has \(start.count) numbers; W(0) in \(d) dimensions has \(d * d)")
        }
        for i in 0..<d {
            for j in 0..<i where start[i * d + j] != start[j * d + i] {
                throw ConfigurationError(
                    "flow.start",
                    "is not symmetric: row \(i + 1), column \(j + 1) is "
                        + "\(start[i * d + j]), its mirror image \(start[j * d + i])")
            }
        }
        return start
    }

    private func check() throws(ConfigurationError) {
        let needed = max(signal.count, deviation.count)
        if dimension < needed {
            throw ConfigurationError(
                "flow.dimension",
                "is \(dimension) for signals or deviations along \(needed) "
                    + "coordinates; it must be at least \(needed)")
        }
        if stepper == .descent && initialization == .explicit {
            throw ConfigurationError(
                "flow.stepper",
                "is descent, which moves U, where flow.start gives W; take euler or rk4")
        }
        let points = log.countLimit(stepCount: stepCount)
        if points > Self.logLimit {
            throw ConfigurationError(
                "log.every",
                "leads to \(points) logged points; at most \(Self.logLimit) are kept")
        }
        let curves = MatrixRecord.curveNames(self).count
        let numbers =
            MatrixFlow.elementCount(dimension: dimension, width: width) + points * curves
        if numbers > Self.numberLimit {
            throw ConfigurationError(
                "flow.dimension",
                "makes the trial keep \(numbers) numbers, for which \(Self.numberLimit) are the "
                    + "limit; log more rarely, or take a smaller flow.dimension or flow.width")
        }
    }

    private static let logLimit = 1 << 20
    private static let numberLimit = 1 << 26
}

extension MatrixConfiguration {
    /// x̂, a value a coordinate.
    var target: [Double] {
        signal + Array(repeating: 0, count: dimension - signal.count)
    }

    /// a_k = σ_k² + μ_k²/s, or its square; a value a coordinate.
    var moment: [Double] {
        (0..<dimension).map { k in
            let sigma = k < deviation.count ? deviation[k] : 0
            let mu = k < signal.count ? signal[k] : 0
            let a = sigma * sigma + mu * mu / Double(concepts)
            return isSquared ? a * a : a
        }
    }

    /// Every step that is logged, in order.
    var loggedSteps: [Int] { log.steps(stepCount: stepCount) }

    var complete: Configuration {
        var complete = Configuration([
            "flow.signal": .list(signal.map(Value.number)),
            "flow.deviation": .list(deviation.map(Value.number)),
            "flow.concepts": .number(Double(concepts)),
            "flow.dimension": .number(Double(dimension)),
            "flow.moment": .text(isSquared ? "squared" : "plain"),
            "flow.stepper": .text(Self.steppers.first { $0.value == stepper }?.key ?? ""),
            "flow.step_size": .number(stepSize), "flow.steps": .number(Double(stepCount)),
            "flow.initialization": .text(initialization.rawValue),
            "measure.entries": .text(entries.rawValue),
            "measure.centers": .flag(logsCenters), "measure.spectrum": .flag(logsSpectrum),
            "measure.lemmas": .flag(lemmas != nil),
        ])
        if initialization == .explicit {
            complete["flow.start"] = .list(start.map(Value.number))
        } else {
            complete["flow.scale"] = .number(scale)
            complete["flow.width"] = .number(Double(width))
        }
        if initialization == .fixture {
            complete["flow.fixture_seed"] = .number(Double(fixtureSeed))
        }
        if initialization == .gaussian { complete["flow.sign_bias"] = .number(signBias) }
        log.write(to: &complete)
        lemmas?.write(to: &complete)
        return complete
    }
}
