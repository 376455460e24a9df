import Sweeps
import Testing

@testable import SIMTrials

/// The digests on record of trials over all features: bits that change without a new version of
/// their kind are a mistake.
@Suite("The digests on record")
struct GoldenDigestTests {
    private static let sim: [(name: String, values: [String: Value])] = [
        ("defaults", [:]),
        ("two linear layers", ["model.layers": 2, "model.hidden": 9]),
        (
            "three ReLU layers",
            ["model.layers": 3, "model.activation": "relu", "model.hidden": 17]
        ),
        (
            "full batch, no bias, no origin",
            ["model.bias": false, "task.origin": false, "train.batch_size": "full"]
        ),
        ("64 dimensions", ["task.dimension": 64, "task.samples": 1000, "train.epochs": 2]),
        (
            "large full batch",
            ["task.samples": 400, "train.batch_size": "full", "model.layers": 2]
        ),
        ("no rotation, deviation", ["task.rotation": false, "task.deviation": 0.3]),
        ("truncated", ["task.kind": "truncated", "task.variance": 1]),
        (
            "four concepts with nodes",
            [
                "task.kind": "concepts", "task.signal": [1, 2, 3, 4], "measure.nodes": true,
                "measure.full_loss": true,
            ]
        ),
        (
            "Jacobian of a ReLU network",
            ["model.layers": 2, "model.activation": "relu", "measure.jacobian": true]
        ),
        ("Gaussian start", ["model.initialization": "gaussian", "model.layers": 2]),
        ("nonnegative start", ["model.initialization": "nonnegative", "model.scale": 0.1]),
        ("momentum and decay", ["train.momentum": 0.9, "train.weight_decay": 0.01]),
        (
            "Adam",
            ["train.optimizer": "adam", "train.betas": [0.8, 0.99], "train.weight_decay": 0.1]
        ),
        ("AdamW", ["train.optimizer": "adamw", "train.weight_decay": 0.1, "model.layers": 2]),
        ("logarithmic log", ["log.points": 7, "log.spacing": "log", "train.steps": 100]),
        ("diverging", ["train.learning_rate": 1e5]),
    ]

    @Test("are what trials of the kind sim have")
    func simDigests() throws {
        let digests = try Self.sim.map { name, values in
            (name, try run(small: values).digest)
        }
        try GoldenFile(kind: SIMKind()).check(digests)
    }

    @Test("are what trials of the kind matrix have")
    func matrixDigests() throws {
        let digests = try MatrixTrialTests.settings.enumerated().map { index, values in
            ("setting \(index + 1)", try runMatrix(values).digest)
        }
        try GoldenFile(kind: MatrixKind()).check(digests)
    }
}
