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
    func steps(stepCount: Int, stepsPerEpoch: Int) -> [Int] {
        switch self {
        case .every(let interval):
            let regular = stride(from: 0, through: stepCount, by: interval)
            let epochs = stride(
                from: 0,
                through: hasEpochs(stepsPerEpoch: stepsPerEpoch) ? stepCount : 0,
                by: stepsPerEpoch)
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
    func hasEpochs(stepsPerEpoch: Int) -> Bool {
        if case .every(let interval) = self { interval <= stepsPerEpoch } else { false }
    }

    /// No fewer than there will be.
    func countLimit(stepCount: Int, stepsPerEpoch: Int) -> Int {
        switch self {
        case .every(let interval):
            stepCount / interval
                + (hasEpochs(stepsPerEpoch: stepsPerEpoch) ? stepCount / stepsPerEpoch : 0) + 2
        case .points(let count, _): count + 2
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
