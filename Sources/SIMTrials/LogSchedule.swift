import NumericCore
import Sweeps

/// Which steps of a trial are logged, besides the start.
enum LogSchedule: Hashable, Sendable {
    enum Spacing: String, Hashable, Sendable {
        case linear, log
    }

    /// Every n-th step, each epoch's end unless epochs are shorter than that, and the last step.
    case every(Int)
    /// So many steps, the last one among them; those that fall together count once.
    case points(Int, Spacing)

    /// In order, the start first.
    ///
    /// - Parameter stepsPerEpoch: nil where there are no epochs.
    func steps(stepCount: Int, stepsPerEpoch: Int? = nil) -> [Int] {
        switch self {
        case .every(let interval):
            let regular = stride(from: 0, through: stepCount, by: interval)
            let epochs = stride(
                from: 0,
                through: hasEpochs(stepsPerEpoch: stepsPerEpoch) ? stepCount : 0,
                by: stepsPerEpoch ?? 1)
            return Set(regular).union(epochs).union([stepCount]).sorted()
        case .points(let count, .linear):
            let steps = (0...count).map {
                Int(Double(stepCount) * Double($0) / Double(count) + 0.5)
            }
            return Set(steps).union([stepCount]).sorted()
        case .points(let count, .log):
            let width = naturalLogarithm(Double(stepCount))
            let steps = (0..<count).map { index in
                let share = count == 1 ? 1 : Double(index) / Double(count - 1)
                return min(stepCount, Int(exponential(width * share) + 0.5))
            }
            return Set(steps).union([0, stepCount]).sorted()
        }
    }

    /// Whether all ends of epochs are logged.
    func hasEpochs(stepsPerEpoch: Int?) -> Bool {
        if case .every(let interval) = self { interval <= stepsPerEpoch ?? 0 } else { false }
    }

    /// No fewer than there will be.
    func countLimit(stepCount: Int, stepsPerEpoch: Int? = nil) -> Int {
        switch self {
        case .every(let interval):
            stepCount / interval + 2
                + (hasEpochs(stepsPerEpoch: stepsPerEpoch) ? stepCount / (stepsPerEpoch ?? 1) : 0)
        case .points(let count, _): count + 2
        }
    }
}

extension LogSchedule {
    /// The keys of a schedule.
    ///
    /// - Parameter besides: What is logged besides every n-th step, in words.
    static func parameters(besides: String) -> [Parameter] {
        [
            Parameter(
                "log.every", .integer(1...1_000_000_000), unit: "steps", default: .number(20),
                "Steps between logged points, besides \(besides)."),
            Parameter(
                "log.points", .integer(1...1_000_000),
                "How many points are logged besides the start, in place of log.every."),
            Parameter(
                "log.spacing", .choice(["linear", "log"]), default: .text("linear"),
                isConditional: true,
                "Whether log.points are equally far apart, or by equal factors."),
        ]
    }

    /// Writes the keys that apply.
    func write(to complete: inout Configuration) {
        switch self {
        case .every(let interval): complete["log.every"] = .number(Double(interval))
        case .points(let count, let spacing):
            complete["log.points"] = .number(Double(count))
            complete["log.spacing"] = .text(spacing.rawValue)
        }
    }
}

extension ConfigurationReader {
    func logSchedule() throws(ConfigurationError) -> LogSchedule {
        guard isGiven("log.points") else {
            guard !isGiven("log.spacing") else {
                throw ConfigurationError("log.spacing", "needs log.points: how many there are")
            }
            return .every(try integer("log.every"))
        }
        if isGiven("log.every") {
            throw ConfigurationError(
                "log.points", "is given beside log.every; keep the one that is meant")
        }
        let spacing = LogSchedule.Spacing(rawValue: try choice("log.spacing")) ?? .linear
        return .points(try integer("log.points"), spacing)
    }
}
