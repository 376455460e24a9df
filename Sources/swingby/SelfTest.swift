import Sweeps

/// A trial of a few milliseconds whose digest is on record: a host that finds another one must not
/// train.
struct SelfTest {
    /// The trial's name among the digests on record.
    let name: String
    let kind: String
    let values: [String: Value]
    /// In hexadecimal digits.
    let expected: String

    /// The digest that this host finds.
    func digest() async throws -> String {
        let kind = try TrialRunner.kind(named: kind)
        let spec = TrialSpec(
            kind: kind.name, version: kind.version,
            configuration: try kind.complete(Configuration(values)), seed: 1)
        return "\(try await kind.run(spec, context: TrialContext()).digest)"
    }

    private static let small: [String: Value] = [
        "task.dimension": .number(5), "task.samples": .number(30),
        "train.batch_size": .number(32), "train.epochs": .number(4), "log.every": .number(2),
    ]

    private init(
        _ name: String, _ kind: String, _ values: [String: Value], _ expected: String
    ) {
        self.name = name
        self.kind = kind
        self.values = kind == "sim" ? Self.small.merging(values) { $1 } : values
        self.expected = expected
    }

    /// Some of `Tests/SIMTrialsTests/golden`: linear and ReLU networks, an optimiser with square
    /// roots, and the flow in double precision.
    static let all = [
        SelfTest(
            "defaults", "sim", [:],
            "dfd38dab8ae72a0ffa8298b518de3dcd502500b8bd0db14af2a08cb425e01e7a"),
        SelfTest(
            "three ReLU layers", "sim",
            [
                "model.layers": .number(3), "model.activation": .text("relu"),
                "model.hidden": .number(17),
            ],
            "bf962de2ba110781c5c72072437010966b4b4d635d2a111ea8191e86bfed5b62"),
        SelfTest(
            "Adam", "sim",
            [
                "train.optimizer": .text("adam"),
                "train.betas": .list([.number(0.8), .number(0.99)]),
                "train.weight_decay": .number(0.1),
            ],
            "6f5efd9e81d37060f1e33895366aaa98bf0f58b1b3f135dacfa2376629ed309c"),
        SelfTest(
            "setting 1", "matrix", ["flow.steps": .number(300)],
            "1364243de271849fe6551c26820ec7b20b851ec476b6c3bc6bd6fb63f9db9d51"),
        SelfTest(
            "setting 3", "matrix",
            [
                "flow.steps": .number(100), "flow.stepper": .text("rk4"),
                "measure.entries": .text("terms"), "measure.spectrum": .flag(true),
            ],
            "d1c8e56209eb724104f6b8463bba7000cc74a71c2f7b1c9d30ff311c1145f716"),
    ]
}
