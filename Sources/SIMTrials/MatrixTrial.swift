import NumericCore
import Sweeps

/// Matrix trials of one shape, up to eight, side by side: the result of each is the same, bit for
/// bit, as if it were alone.
struct MatrixTrial {
    /// What must be equal in trials that go side by side.
    struct Shape: Hashable {
        let dimension: Int
        let width: Int
        let stepper: MatrixFlow.Stepper
        let stepCount: Int
        let log: LogSchedule
    }

    struct Member {
        let configuration: MatrixConfiguration
        let seed: UInt64
        let context: TrialContext
    }

    private let members: [Member]
    private let kernels: Kernels

    /// - Precondition: 1 to 8 members of one shape.
    init(_ members: [Member], kernels: Kernels) {
        precondition(
            Set(members.map(\.configuration.shape)).count == 1, "trials of different shapes")
        self.members = members
        self.kernels = kernels
    }

    /// - Returns: A result for each member, in their order; nil for one that was cancelled, which
    ///   is noticed within about a millisecond of work.
    func run() -> [TrialResult?] {
        let first = members[0].configuration
        let flow = MatrixFlow(
            members.map { lane($0) }, stepper: first.stepper, kernels: kernels)
        var records = members.indices.map {
            MatrixRecord(members[$0].configuration, start: flow.weight(ofLane: $0))
        }
        var divergences: [Int?] = members.map { _ in nil }
        var step = 0
        for target in first.loggedSteps {
            while step < target {
                if members.allSatisfy({ $0.context.isCancelled() }) {
                    return members.map { _ in nil }
                }
                let count = min(target - step, first.stepsPerCheck)
                flow.advance(steps: count)
                step += count
            }
            for lane in members.indices where divergences[lane] == nil {
                divergences[lane] = measure(&records[lane], flow, lane, step: step)
            }
            if divergences.allSatisfy({ $0 != nil }) { break }
        }
        return members.indices.map { lane in
            guard !members[lane].context.isCancelled() else { return nil }
            return result(records[lane], flow, lane, divergence: divergences[lane])
        }
    }

    private func lane(_ member: Member) -> MatrixFlow.Lane {
        let configuration = member.configuration
        return MatrixFlow.Lane(
            moment: configuration.moment, signal: configuration.target,
            stepSize: configuration.stepSize,
            start: configuration.start(seed: member.seed, kernels: kernels))
    }

    /// - Returns: The step at which the lane diverged, if it has.
    private func measure(
        _ record: inout MatrixRecord, _ flow: MatrixFlow, _ lane: Int, step: Int
    ) -> Int? {
        let finite = flow.finiteCount(ofLane: lane)
        guard finite == step + 1 else { return finite }
        guard
            record.add(
                step: step, weight: flow.weight(ofLane: lane), loss: flow.loss(ofLane: lane))
        else { return step }
        members[lane].context.report(
            TrialProgress(
                step: step, stepCount: members[lane].configuration.stepCount,
                values: record.newest))
        return nil
    }

    private func result(
        _ record: MatrixRecord, _ flow: MatrixFlow, _ lane: Int, divergence: Int?
    ) -> TrialResult {
        let outcome = divergence.map(Outcome.diverged) ?? .finished
        // A lane that has diverged has no final weights: it runs on with its neighbours.
        let weights = divergence == nil ? tensors(flow, lane) : []
        if divergence == nil { members[lane].context.keepWeights?(weights) }
        return TrialResult(
            outcome: outcome, curves: record.curves,
            scalars: record.scalars(of: flow, lane: lane, isFinished: divergence == nil),
            weights: weights)
    }

    /// W as `w`, and as `u` the U that descent has moved.
    private func tensors(_ flow: MatrixFlow, _ lane: Int) -> [Tensor] {
        let d = flow.dimension
        var tensors = [Tensor("w", shape: [d, d], .double(flow.weight(ofLane: lane)))]
        if flow.stepper == .descent {
            let factor = flow.factor(ofLane: lane)
            tensors.append(Tensor("u", shape: [d, factor.count / d], .double(factor)))
        }
        return tensors
    }
}

extension MatrixConfiguration {
    var shape: MatrixTrial.Shape {
        MatrixTrial.Shape(
            dimension: dimension, width: width, stepper: stepper, stepCount: stepCount,
            log: log)
    }

    /// About a millisecond of work.
    fileprivate var stepsPerCheck: Int {
        let (d, columns) = (dimension, stepper == .descent ? width : 0)
        let operations = 8 * d * d * (d + columns) + 16 * d * d
        return max(1, 2_000_000 / operations)
    }
}
