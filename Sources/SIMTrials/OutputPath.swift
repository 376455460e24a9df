import Sweeps

/// The way of an OOD output through the plane or space of the concepts, and the events on it.
struct OutputPath {
    let steps: [UInt32]
    /// A list a concept, a value a step.
    let outputs: [[Double]]
    /// μ, a value a concept: where the way should end.
    let signal: [Double]

    /// What curves of every path are held against: ½‖x̂‖² for `ood_loss`, μ_k for `output/k`.
    static func reference(of curve: String, signal: [Double]) -> CurveReference? {
        if curve == "ood_loss" { return .scale(signal.reduce(0) { $0 + $1 * $1 } / 2) }
        let k = signal.indices.first { curve == "output/\($0 + 1)" }
        return k.map { .target(signal[$0]) }
    }

    /// The scalars of a trial of this configuration that are events on the path, in the order in
    /// which the kind declares them.
    func scalars(of configuration: SIMConfiguration) -> [Scalar] {
        scalars(tolerance: configuration.learningTolerance)
            + [Scalar(name: "terminal_rate", value: terminalRate(of: configuration))]
    }

    /// What every path has: `learning_time/k` and, of two concepts, `bend`.
    func scalars(tolerance: Double) -> [Scalar] {
        let times = signal.indices.map { k in
            Scalar(
                name: "learning_time/\(k + 1)", value: learningTime(of: k, tolerance: tolerance))
        }
        return times + (signal.count == 2 ? [Scalar(name: "bend", value: bend)] : [])
    }

    /// How fast the output slows down, an epoch.
    private func terminalRate(of configuration: SIMConfiguration) -> Double? {
        let points = steps.indices.filter { configuration.isSpeedPoint(Int(steps[$0])) }
        let rate = TerminalRate.rate(
            steps: points.map { Int(steps[$0]) },
            outputs: outputs.map { output in points.map { output[$0] } }, signal: signal)
        return rate.map { $0 * Double(configuration.stepsPerEpoch) }
    }

    /// The step from which on output `k` stays within `tolerance · μ_k` of μ_k, the output taken as
    /// linear between logged points.
    ///
    /// - Returns: nil where it does not come to stay.
    func learningTime(of k: Int, tolerance: Double) -> Double? {
        let (output, target) = (outputs[k], signal[k])
        let margin = tolerance * target
        guard let last = output.lastIndex(where: { !(abs($0 - target) <= margin) }) else {
            return steps.first.map(Double.init)
        }
        guard last + 1 < output.count else { return nil }
        let edge = output[last] < target ? target - margin : target + margin
        let share = (edge - output[last]) / (output[last + 1] - output[last])
        return Double(steps[last]) + share * Double(steps[last + 1] - steps[last])
    }

    /// The signed area between the path and the straight way from 0 to x̂, for two concepts:
    /// positive where the path runs below the straight way, the first concept ahead.
    ///
    /// The path is closed by straight lines from 0 to its start and from its end to x̂.
    var bend: Double? {
        let (x, y) = (outputs[0] + [signal[0]], outputs[1] + [signal[1]])
        guard x.count > 1 else { return nil }
        var twice = 0.0
        for i in 1..<x.count { twice += x[i - 1] * y[i] - x[i] * y[i - 1] }
        return twice / 2
    }
}
