import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("A generator")
struct GeneratorTests {
    @Test("has the same bits on 1, 2 and 5 threads, and with narrower vectors")
    func bits() throws {
        let values: [String: Value] = [
            "model.attention": true, "train.schedule": "learned", "train.clip": 0.5,
        ]
        let digest = try Trials.generate(values).digest
        #expect(try Trials.generate(values, threads: 2).digest == digest)
        #expect(try Trials.generate(values, threads: 5).digest == digest)
        if KernelLevel.v4.isSupported {
            #expect(
                try Trials.generate(values, level: .v3).digest
                    == Trials.generate(values, level: .v4).digest)
        }
        #expect(try Trials.generate(values, seed: 2).digest != digest)
    }

    @Test(
        "lowers its loss",
        arguments: [
            ["train.schedule": "frozen"], ["train.schedule": "learned", "train.clip": 0.01],
            ["train.loss": "noise"], ["train.average": 0, "train.condition_dropout": 0.5],
        ] as [[String: Value]])
    func learns(values: [String: Value]) throws {
        let result = try Trials.generate(
            values.merging(["train.steps": 60, "sample.checkpoints": 1]) { $1 })
        let losses = try #require(result.curve("train_loss")).values
        let (first, last) = (losses.prefix(10), losses.suffix(10))
        #expect(last.reduce(0, +) < first.reduce(0, +), "\(losses)")
        #expect(result.outcome == .finished)
    }

    @Test("ends where its numbers leave the finite ones, as a result")
    func divergence() throws {
        let result = try Trials.generate([
            "train.learning_rate": 10, "train.weight_decay": 10, "train.steps": 200,
        ])
        guard case .diverged(let step) = result.outcome else {
            Issue.record("finished: \(result.curve("train_loss")?.values ?? [])")
            return
        }
        #expect(step <= 200)
        #expect(result.curves.allSatisfy { $0.values.allSatisfy(\.isFinite) })
    }

    @Test("has a complete configuration that completes to itself, whatever its tier")
    func complete() throws {
        for tier in Tier.allCases {
            for kind in ["generator", "classifier"] {
                let given = Configuration([
                    "tier": .text(tier.rawValue), "task.kind": .text(kind),
                ])
                let complete = try DiffusionConfiguration(given).complete
                #expect(try DiffusionConfiguration(complete).complete == complete)
                #expect(complete["tier"] == nil)
            }
        }
    }

    @Test("takes its judge from a file beside the sweep file")
    func judge() throws {
        let text = "name: g\nkind: diffusion\njudge: {classifier: judge.safetensors}\n"
        let digest = Digest256(hashing: [1, 2, 3])
        let sent = Attachment(name: "judge.safetensors", digest: digest, bytes: [1, 2, 3])
        let file = try SweepFile(
            text: Array(text.utf8), path: "g.yaml", overrides: [], files: SentAttachments([sent]),
            kinds: [DiffusionKind()])
        #expect(file.plan.cellText(at: 0).text.contains("\(digest)"))
        #expect(file.attachments.map(\.name) == ["judge.safetensors"])
    }

    @Test("is drawn from at steps equally far apart in their square roots")
    func sampledSteps() throws {
        let configuration = try DiffusionConfiguration(Configuration(["tier": "T2"]))
        let steps = configuration.sampledSteps
        #expect(steps.count == 60 && steps[0] == 500 && steps[59] == 20_000)
        #expect(steps[1] == 594)
    }
}
