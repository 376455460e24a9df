@testable import Sweeps

/// A kind that is never run: the tests say what its trials measured.
struct MeasuringKind: TrialKind {
    let name = "measuring"
    let version = 1
    let parameters = [
        Parameter("model.layers", .integer(1...9), default: .number(1), "layers"),
        Parameter("model.hidden", .integer(1...64), isConditional: true, "hidden units"),
        Parameter("task.signal", .numbers(0...9, count: 1...4, broadcast: false), "μ"),
        Parameter("note", .choice([]), default: .text("plain"), "any text"),
    ]
    var metrics = [
        Metric("loss", .curve), Metric("time", .eventStep), Metric("flag", .scalar),
    ]
    /// What theory says of the scalars, by layers.
    var predicted: @Sendable (Double) -> Theory? = { _ in nil }

    func complete(_ given: Configuration) throws(ConfigurationError) -> Configuration {
        var complete = given
        complete["model.layers"] = given["model.layers"] ?? .number(1)
        complete["note"] = given["note"] ?? .text("plain")
        if complete["model.layers"] == .number(1) { complete["model.hidden"] = nil }
        return complete
    }

    func metrics(of configuration: Configuration) -> [Metric] { metrics }

    /// An epoch has 10 steps a layer.
    func steps(per unit: String, of configuration: Configuration) -> Double? {
        switch unit {
        case "step": 1
        case "epoch": 10 * (configuration["model.layers"]?.number ?? 1)
        default: nil
        }
    }

    func theory(of configuration: Configuration) -> Theory? {
        predicted(configuration["model.layers"]?.number ?? 1)
    }

    func run(_ spec: TrialSpec, context: TrialContext) async throws -> TrialResult {
        throw CancellationError()
    }
}

extension Plan {
    static func measuring(
        _ axes: [Axis], seeds: Int = 1, kind: MeasuringKind = MeasuringKind(),
        fixed: Configuration = Configuration()
    ) -> Plan {
        try! Plan(
            name: "sweep", kind: kind, axes: axes, seeds: Seeds(count: seeds), fixed: fixed)
    }
}

extension Axis {
    static func numbers(_ name: String, _ numbers: Double...) -> Axis {
        Axis(name: name, keys: [name], rows: numbers.map { [.number($0)] })
    }

    static let layers = Axis.numbers("model.layers", 1, 2)
    static let signal = Axis(
        name: "task.signal", keys: ["task.signal"],
        rows: [[1, 2], [3, 2]].map { [.list($0.map { .number($0) })] })
}

extension TrialRow {
    /// A trial whose event came at `time`; nil: never.
    static func finished(
        _ number: Int, time: Double?, loss: [Double] = [1, 0.5], flag: Double = 0
    ) -> TrialRow {
        row(number, .finished, .finished, time: time, loss: loss, flag: flag)
    }

    static func diverged(_ number: Int) -> TrialRow {
        row(number, .diverged, .diverged(step: 3), time: 1e300, loss: [1, .infinity], flag: 1)
    }

    private static func row(
        _ number: Int, _ state: TrialState, _ outcome: Outcome, time: Double?, loss: [Double],
        flag: Double
    ) -> TrialRow {
        let curve = Curve(name: "loss", steps: loss.indices.map { UInt32($0 * 20) }, values: loss)
        let scalars = [Scalar(name: "time", value: time), Scalar(name: "flag", value: flag)]
        return TrialRow(
            number: number, state: state, attempt: 1,
            result: TrialResult(
                outcome: outcome, digest: Digest256(hashing: [UInt8(truncatingIfNeeded: number)]),
                curves: [curve],
                scalars: scalars))
    }
}

extension MetricReference {
    static let time = MetricReference(name: "time")
    static let flag = MetricReference(name: "flag")
    static let lastLoss = MetricReference(name: "loss", reducer: .last)
}
