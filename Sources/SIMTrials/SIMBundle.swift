import NumericCore
import Sweeps

/// Trials of one shape that train together, one in each lane of a vector.
struct SIMBundle {
    /// A trial that is still in training.
    struct Member {
        let lane: Int
        /// Where it stands in the bundle.
        let index: Int
        var measurement: SIMMeasurement
        var check: CancellationCheck
    }

    let trials: [SIMTrial]
    let contexts: [TrialContext]
    var ends: [Result<TrialResult, any Error>?]
    var members: [Member] = []

    /// - Parameter trials: At most 16, of one shape.
    init(_ trials: [SIMTrial], _ contexts: [TrialContext]) {
        precondition(
            trials.count == contexts.count && trials.count <= LaneNetwork.laneCount,
            "\(trials.count) trials, \(contexts.count) contexts")
        self.trials = trials
        self.contexts = contexts
        ends = Array(repeating: nil, count: trials.count)
    }

    /// Trains all; each has the bits that it has alone.
    ///
    /// - Returns: How each ended, in the order given.
    mutating func run() -> [Result<TrialResult, any Error>] {
        var parameters: [[LinearParameters]] = []
        for index in trials.indices {
            do {
                parameters.append(try prepare(index))
            } catch {
                ends[index] = .failure(error)
            }
        }
        if !members.isEmpty {
            if trials[members[0].index].configuration.isLinearOnAllPoints {
                trainLinear(parameters)
            } else {
                train(parameters)
            }
        }
        return ends.map { $0 ?? .failure(CancellationError()) }
    }

    private mutating func prepare(_ index: Int) throws -> [LinearParameters] {
        let (trial, context) = (trials[index], contexts[index])
        let check = CancellationCheck(trial.configuration, context)
        try check.now()
        let task = try trial.task(context)
        let parameters = try trial.initialParameters(context)
        let training = SIMTraining(
            trial.configuration, task: task, parameters: parameters, kernels: trial.kernels)
        members.append(
            Member(
                lane: members.count, index: index,
                measurement: SIMMeasurement(trial, training, context), check: check))
        return parameters
    }

    private mutating func train(_ parameters: [[LinearParameters]]) {
        let configuration = trials[members[0].index].configuration
        let networks = LaneNetwork(
            parameters, isRectified: configuration.isRectified, kernels: trials[0].kernels)
        let data = LaneData(members.map(\.measurement.training.task.points))
        let training = members[0].measurement.training
        for step in 0...configuration.stepCount where !members.isEmpty {
            let rows = training.batch(step: max(step, 1))
            if step == 0 {
                networks.measure(data, rows: rows)
            } else {
                networks.step(data, rows: rows, rates: rates(rows.count))
            }
            let count = Double(rows.count * configuration.dimension)
            for position in members.indices {
                let loss = networks.losses[members[position].lane] / count
                ends[members[position].index] = Self.note(
                    step, rows.count, loss, networks, &members[position])
            }
            members.removeAll { ends[$0.index] != nil }
        }
        for member in members { ends[member.index] = .success(member.measurement.result()) }
    }

    /// A rate a lane; idle lanes stand still.
    private func rates(_ rowCount: Int) -> [Float] {
        var rates = [Float](repeating: 0, count: LaneNetwork.laneCount)
        for member in members {
            rates[member.lane] = member.measurement.training.rate(rowCount: rowCount)
        }
        return rates
    }

    /// Takes notice of a step of one trial.
    ///
    /// - Returns: How the trial ended, where it did.
    private static func note(
        _ step: Int, _ rowCount: Int, _ loss: Double, _ networks: LaneNetwork,
        _ member: inout Member
    ) -> Result<TrialResult, any Error>? {
        do {
            try member.check.spend(rows: rowCount)
            if member.measurement.needsNetwork(step, loss: loss) {
                networks.copy(lane: member.lane, to: member.measurement.training.network)
            }
            try member.measurement.note(step, loss: loss, &member.check)
            return member.measurement.hasEnded ? .success(member.measurement.result()) : nil
        } catch {
            return .failure(error)
        }
    }
}

extension SIMConfiguration {
    /// What trials that train in the lanes of one vector have in common; nil where that is no gain.
    ///
    /// From width 16 on a trial alone fills its vectors, and is faster.
    var bundleName: String? {
        let bias = hasBias ? " bias" : ""
        if isLinearOnAllPoints { return "linear \(dimension) \(stepCount)\(bias)" }
        let lanes = LaneNetwork.laneCount
        guard isPlainDescent, widths.allSatisfy({ $0 <= 8 }),
            !(usesMoments && batchSize == pointCount),
            pointCount * lanes * lanes <= 8 << 20
        else { return nil }
        let numbers = widths + [pointCount, batchSize, stepCount]
        return numbers.map(String.init).joined(separator: " ") + bias
            + (isRectified ? " relu" : "")
    }
}
