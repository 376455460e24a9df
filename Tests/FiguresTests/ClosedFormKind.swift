import Foundation

@testable import Sweeps

/// A kind that looks like the one-layer model of the paper: its closed form, with some noise by
/// seed. Nothing is trained.
///
/// - SeeAlso: arXiv:2410.08309, Theorem 4.1.
struct ClosedFormKind: TrialKind {
    let name = "closed-form"
    let version = 1
    let parameters = [
        Parameter("task.signal", .numbers(0...10, count: 2...2, broadcast: false), "μ"),
        Parameter("task.variance", .numbers(0...10, count: 2...2, broadcast: true), "σ²"),
    ]
    static let stepsPerEpoch = 118

    func complete(_ given: Configuration) throws(ConfigurationError) -> Configuration {
        var complete = given
        complete["task.signal"] = given["task.signal"] ?? .list([.number(1), .number(2)])
        if let variance = given["task.variance"]?.number {
            complete["task.variance"] = .list([.number(variance), .number(variance)])
        }
        return complete
    }

    func metrics(of configuration: Configuration) -> [Metric] {
        [Metric("output/1", .curve), Metric("output/2", .curve)]
    }

    func steps(per unit: String, of configuration: Configuration) -> Double? {
        ["step": 1, "epoch": Double(Self.stepsPerEpoch)][unit]
    }

    func theory(of configuration: Configuration) -> Theory? {
        Theory(
            curves: curves(of: configuration, noise: [[0, 0], [0, 0]]), scalars: [])
    }

    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        result(of: spec)
    }

    func result(of spec: TrialSpec) -> TrialResult {
        var generator = SplitMix64(seed: spec.seed)
        let noise = (0..<2).map { _ in
            (0..<2).map { _ in Double.random(in: -0.2...0.2, using: &generator) }
        }
        return TrialResult(
            outcome: .finished, digest: Digest256(hashing: spec.canonicalText.utf8),
            curves: curves(of: spec.configuration, noise: noise), scalars: [])
    }

    private func curves(of configuration: Configuration, noise: [[Double]]) -> [Curve] {
        let signal = configuration["task.signal"]?.numbers ?? []
        let variance = configuration["task.variance"]?.numbers ?? [0.05, 0.05]
        let rates = zip(signal, variance).map { $1 + $0 * $0 / 3 }
        let steps = stride(from: 0, through: 40 * Self.stepsPerEpoch, by: 20).map(UInt32.init)
        return signal.indices.map { k in
            let values = steps.map { step in
                let time = Double(step) / 320
                return (1 - exp(-rates[k] * time)) * signal[k]
                    + zip(rates, noise[k]).map { exp(-$0 * time) * $1 }.reduce(0, +)
            }
            return Curve(name: "output/\(k + 1)", steps: steps, values: values)
        }
    }
}

extension Plan {
    static func closedForm(
        name: String = "fig2a", axes: [Axis], fixed: Configuration = Configuration(),
        seeds: Int = 10, kind: any TrialKind = ClosedFormKind()
    ) -> Plan {
        try! Plan(
            name: name, kind: kind, axes: axes, seeds: Seeds(count: seeds, root: 2410),
            fixed: fixed)
    }

    /// A finished row for each trial.
    func closedFormRows() -> [TrialRow] {
        (1...trialCount).map { number in
            TrialRow(
                number: number, state: .finished, attempt: 1,
                result: ClosedFormKind().result(of: trial(number).spec))
        }
    }
}

extension Axis {
    static let signal = Axis(
        name: "task.signal", keys: ["task.signal"],
        rows: [[1, 2], [2, 2], [3, 2]].map { [.list($0.map { .number($0) })] })
    static let variance = Axis(
        name: "task.variance", keys: ["task.variance"],
        rows: [0.05, 0.1, 0.5, 1, 2].map { [.list([.number($0), .number(0.05)])] })
}
