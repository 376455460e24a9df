import Store
import Sweeps

/// `trial run|info --json`, one object a trial.
struct TrialObject {
    let sweep: String
    let trial: Trial
    let attempt: Int
    let result: TrialResult?
    var failure: TrialFailure?
    var progress: TrialProgress?
    var checkpoint: CheckpointRecord?

    func json(curves: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("schema", 1), .init("sweep", .string(sweep)),
            .init("trial", .integer(trial.number)),
            .init("identity", .string("\(trial.spec.identity)")),
            .init("config", JSONValue(trial.spec.configuration)),
            .init("seed", .integer(trial.replicate)), .init("attempt", .integer(attempt)),
            .init("outcome", outcome),
            .init("digest", result.map { .string("\($0.digest)") } ?? .null),
            .init(
                "scalars",
                .object((result?.scalars ?? []).map { .init($0.name, .optional($0.value)) })),
        ]
        if curves {
            members.append(.init("curves", .object((result?.curves ?? []).map(Self.member))))
        }
        let arrays = result?.layout.arrays ?? []
        if curves, !arrays.isEmpty {
            members.append(.init("arrays", .object(arrays.map(Self.member))))
        }
        if let failure {
            members.append(.init("reason", .string(failure.reason.rawValue)))
            members.append(.init("failure", .string(describe(failure))))
        }
        if let progress {
            members.append(
                .init(
                    "progress",
                    ["step": .integer(progress.step), "steps": .integer(progress.stepCount)]))
        }
        if let checkpoint { members.append(.init("checkpoint", checkpoint.json)) }
        return .object(members)
    }

    private var outcome: JSONValue {
        if let result { return .string("\(result.outcome)") }
        return failure == nil ? .null : "failed"
    }

    private static func member(_ curve: Curve) -> JSONValue.Member {
        .init(
            curve.name,
            [
                "steps": .array(curve.steps.map { .integer(Int($0)) }),
                "values": .array(curve.values.map(JSONValue.number)),
            ])
    }

    /// What there is; the bytes are read from the store.
    private static func member(_ array: ResultLayout.ArrayLayout) -> JSONValue.Member {
        .init(
            array.name,
            [
                "steps": .array(array.steps.map { .integer(Int($0)) }),
                "shape": .array(array.shape.map(JSONValue.integer)),
            ])
    }

    func show() {
        print("\(sweep)/\(trial.number): seed \(trial.replicate), attempt \(attempt)")
        for key in trial.spec.configuration.keys {
            print("  \(key) = \(trial.spec.configuration[key]?.description ?? "")")
        }
        if let failure { print("failed: \(Terminal.harmless(describe(failure)))") }
        if let progress { print("at step \(progress.step) of \(progress.stepCount)") }
        if let record = checkpoint {
            print(
                "kept after step \(record.checkpoint.step), "
                    + Terminal.size(record.checkpoint.sizeInBytes))
        }
        guard let result else { return }
        if case .diverged(let step) = result.outcome {
            print("diverged at step \(step)")
        } else {
            print("finished")
        }
        print("  digest \(result.digest)")
        for scalar in result.scalars {
            print("  \(scalar.name) = \(scalar.value.map { "\($0)" } ?? "never")")
        }
        for curve in result.curves {
            print(
                "  \(curve.name): \(curve.values.count) points, last "
                    + (curve.values.last.map { "\($0)" } ?? "none"))
        }
        for array in result.layout.arrays {
            print(
                "  \(array.name): \(array.shape.map(String.init).joined(separator: " × ")) bytes at "
                    + "each of \(array.steps.count) steps")
        }
    }
}
