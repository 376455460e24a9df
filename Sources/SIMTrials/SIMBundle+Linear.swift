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
        var look = LinearLook(layers, members.map(\.measurement.training))
        note(step: 0, losses: losses(&look, members.indices), layers, &look)
        var step = 0
        while step < configuration.stepCount, !members.isEmpty {
            let stop = members.map { $0.measurement.nextStop(after: step) }.min() ?? step
            // The loss that is logged is that before the step.
            let end = stop - step > 1 ? min(stop - 1, step + configuration.stepsPerCheck) : stop
            let logged =
                end == stop
                ? losses(&look, members.indices.filter { members[$0].measurement.logs(stop) })
                : [:]
            before.resume(from: layers)
            layers.advance(steps: end - step, rates: rates)
            endDiverged(layers, before, from: step, to: end, rates)
            step = end
            note(step: step, losses: logged, layers, &look)
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
    private func losses(
        _ look: inout LinearLook, _ positions: some Sequence<Int>
    ) -> [Int: Double] {
        var losses: [Int: Double] = [:]
        look.measureErrors()
        for position in positions {
            let (lane, points) = (
                members[position].lane, members[position].measurement.training.task.points
            )
            losses[lane] = look.error(lane: lane) / Double(points.rows * points.columns)
        }
        return losses
    }

    /// Notes the step of those that have a loss, and gives those at their last step their parameters.
    private mutating func note(
        step: Int, losses: [Int: Double], _ layers: LinearLanes, _ look: inout LinearLook
    ) {
        if !losses.isEmpty { look.takeOutputs() }
        for position in members.indices {
            let member = members[position]
            let isLast = step == trials[member.index].configuration.stepCount
            let loss = losses[member.lane]
            if isLast || loss != nil && member.measurement.logsNetwork {
                layers.copy(lane: member.lane, to: member.measurement.training.network)
            }
            if let loss {
                ends[member.index] = Self.note(
                    step, loss, look.output(lane: member.lane), layers, &members[position])
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
            ends[members[position].index] = Self.note(step, .nan, nil, again, &members[position])
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
        _ step: Int, _ loss: Double, _ output: [Float]?, _ layers: LinearLanes,
        _ member: inout Member
    ) -> Result<TrialResult, any Error>? {
        do {
            try member.measurement.note(step, loss: loss, output: output, &member.check)
            guard member.measurement.hasEnded else { return nil }
            layers.copy(lane: member.lane, to: member.measurement.training.network)
            return .success(member.measurement.result())
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
