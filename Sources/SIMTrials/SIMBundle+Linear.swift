import NumericCore
import Sweeps

extension SIMBundle {
    /// Trains linear layers on all their points at once, many steps at a time: between logged steps
    /// nobody looks.
    mutating func trainLinear(_ parameters: [[LinearParameters]]) {
        let configuration = trials[members[0].index].configuration
        let layers = LinearLanes(
            parameters.map { $0[0] }, points: members.map(\.measurement.training.task.points),
            kernels: trials[0].kernels)
        let before = layers.copy()
        let rates = linearRates
        note(step: 0, losses: losses(layers, members.indices), layers)
        var step = 0
        while step < configuration.stepCount, !members.isEmpty {
            let stop = members.map { $0.measurement.nextStop(after: step) }.min() ?? step
            // The loss that is logged is that before the step.
            let end = stop - step > 1 ? min(stop - 1, step + configuration.stepsPerCheck) : stop
            let logged =
                end == stop
                ? losses(layers, members.indices.filter { members[$0].measurement.logs(stop) })
                : [:]
            before.resume(from: layers)
            layers.advance(steps: end - step, rates: rates)
            endDiverged(layers, before, from: step, to: end, rates)
            step = end
            note(step: step, losses: logged, layers)
            endCancelled()
        }
        for member in members { ends[member.index] = .success(member.measurement.result()) }
    }

    /// A rate a lane, of the gradient of ½ the squared error, a mean over points.
    private var linearRates: [Float] {
        var rates = [Float](repeating: 0, count: LinearLanes.laneCount)
        for member in members {
            rates[member.lane] = member.measurement.training.rate(rowCount: 1)
        }
        return rates
    }

    /// The loss of members, by their lanes.
    private func losses(_ layers: LinearLanes, _ positions: some Sequence<Int>) -> [Int: Double] {
        var losses: [Int: Double] = [:]
        for position in positions {
            let training = members[position].measurement.training
            layers.copy(lane: members[position].lane, to: training.network)
            losses[members[position].lane] = training.loss(step: 1) { _ in }
        }
        return losses
    }

    /// Notes the step of those that have a loss, and gives those at their last step their parameters.
    private mutating func note(step: Int, losses: [Int: Double], _ layers: LinearLanes) {
        for position in members.indices {
            let isLast = step == trials[members[position].index].configuration.stepCount
            let loss = losses[members[position].lane]
            guard loss != nil || isLast else { continue }
            layers.copy(
                lane: members[position].lane, to: members[position].measurement.training.network)
            if let loss {
                ends[members[position].index] = Self.note(step, loss, &members[position])
            }
        }
        members.removeAll { ends[$0.index] != nil }
    }

    /// Ends the trials whose parameters are no longer finite, at the step that made them so.
    private mutating func endDiverged(
        _ layers: LinearLanes, _ before: LinearLanes, from start: Int, to end: Int,
        _ rates: [Float]
    ) {
        for position in members.indices where !layers.isFinite(lane: members[position].lane) {
            let lane = members[position].lane
            let again = before.copy()
            var step = start
            while step < end, again.isFinite(lane: lane) {
                again.advance(steps: 1, rates: rates)
                step += 1
            }
            again.copy(lane: lane, to: members[position].measurement.training.network)
            ends[members[position].index] = Self.note(step, .nan, &members[position])
        }
        members.removeAll { ends[$0.index] != nil }
    }

    private mutating func endCancelled() {
        for member in members where contexts[member.index].isCancelled() {
            ends[member.index] = .failure(CancellationError())
        }
        members.removeAll { ends[$0.index] != nil }
    }

    /// Takes notice of a step of one trial.
    ///
    /// - Returns: How the trial ended, where it did.
    private static func note(
        _ step: Int, _ loss: Double, _ member: inout Member
    ) -> Result<TrialResult, any Error>? {
        do {
            try member.measurement.note(step, loss: loss, &member.check)
            return member.measurement.hasEnded ? .success(member.measurement.result()) : nil
        } catch {
            return .failure(error)
        }
    }
}

extension SIMConfiguration {
    /// Whether trials are linear layers of few dimensions that learn on all points at once, which
    /// goes by `LinearLanes`, alone or in company. It depends on the configuration alone, for the
    /// bits.
    var isLinearOnAllPoints: Bool {
        layers == 1 && isPlainDescent && usesMoments && batchSize == pointCount
            && dimension <= LinearLanes.widthLimit
    }

    /// Steps that take about a millisecond.
    fileprivate var stepsPerCheck: Int {
        max(1, 2_000_000 / (dimension * (dimension + 1) * (dimension + 1)))
    }
}
