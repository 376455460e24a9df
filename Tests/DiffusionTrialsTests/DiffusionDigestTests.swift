import Sweeps
import Testing

@testable import DiffusionTrials

/// The digests on record of generators and classifiers over all features.
@Suite("The digests on record")
struct DiffusionDigestTests {
    private static let generators: [(name: String, values: [String: Value])] = [
        ("generator", [:]),
        (
            "learned schedule, clipped with it, attention",
            ["model.attention": true, "train.schedule": "learned", "train.clip": 0.5]
        ),
        (
            "learned schedule, the network clipped",
            [
                "train.schedule": "learned", "train.clip": 0.5, "train.clip_scope": "network",
                "train.average": 0,
            ]
        ),
        (
            "loss of the noise, guidance",
            ["train.loss": "noise", "train.condition_dropout": 0.3, "sample.guidance": 2]
        ),
        ("shapes", ["data.concepts": "shape-color-size", "sample.keep": 1]),
        (
            "backgrounds, two blocks, smaller weights",
            ["data.concepts": "color-size-background", "model.blocks": 2, "model.scale": 0.5]
        ),
        (
            "28 pixels, more channels",
            ["data.size": 28, "model.channels": [32, 48], "model.time_width": 48]
        ),
        ("diverging", ["train.learning_rate": 10, "train.weight_decay": 10, "train.steps": 60]),
    ]

    private static let classifiers: [(name: String, values: [String: Value])] = [
        ("classifier", [:]),
        ("clean images of something", ["data.empty": 0, "train.noise": 0]),
        (
            "classifier with attention, three concepts",
            [
                "data.concepts": "color-size-background", "model.attention": true,
                "train.clip": 0.1,
            ]
        ),
    ]

    @Test("are what trials of the kind diffusion have")
    func digests() throws {
        var digests = try Self.generators.map { name, values in
            (name, try Trials.generate(values).digest)
        }
        digests += try Self.classifiers.map { name, values in
            (name, try Trials.classify(values).result.digest)
        }
        let judge = try Trials.classify(["train.steps": 4]).weights
        let probes: [String: Value] = [
            "sample.keep": 2, "probe.color_separations": [0.6, 1], "probe.size": 0.3,
            "probe.images": 3,
        ]
        digests.append(
            ("judged, kept and probed", try Trials.generate(probes, judge: judge).digest))
        try GoldenFile(kind: DiffusionKind()).check(digests)
    }
}
