import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("What a generator draws")
struct KeptImageTests {
    @Test("is kept where that is asked for, and changes no number")
    func kept() throws {
        let plain = try Trials.generate()
        let result = try Trials.generate(["sample.keep": 1])
        #expect(result.curves == plain.curves && plain.arrays.isEmpty)
        #expect(result.digest != plain.digest)
        #expect(result.arrays.map(\.name) == ["00", "01", "10", "11"].map { "sample/\($0)" })
        #expect(result.arrays.allSatisfy { $0.steps == [5, 12] && $0.shape == [1, 16, 16, 3] })
        // Each its own image, and no flat ones.
        #expect(Set(result.arrays.flatMap { [$0.bytes(at: 0), $0.bytes(at: 1)] }).count == 8)
        #expect(result.arrays.allSatisfy { Set($0.bytes).count > 50 })
        let both = try Trials.generate(["sample.keep": 2])
        for (one, two) in zip(result.arrays, both.arrays) {
            #expect(two.bytes(at: 1).prefix(768) == one.bytes(at: 1))
        }
    }

    @Test("is in bytes the nearest of 256 shades, clipped")
    func bytes() {
        let numbers: [Float] = [-3, 0, 0.001, 0.499 / 255, 0.501 / 255, 0.5, 1, 1.7, 3e38]
        #expect(numbers.map(\.byte) == [0, 0, 0, 0, 1, 128, 255, 255, 255])
    }

    @Test("has the same bits on 1, 2 and 5 threads, and with narrower vectors, probes too")
    func bits() throws {
        let judge = try Trials.classify(["train.steps": 4]).weights
        let values: [String: Value] = [
            "sample.keep": 2, "probe.color_separations": [0.6, 1], "probe.images": 3,
        ]
        let digest = try Trials.generate(values, judge: judge).digest
        for threads in [2, 5] {
            #expect(try Trials.generate(values, judge: judge, threads: threads).digest == digest)
        }
        #expect(try Trials.generate(values, judge: judge, level: .v3).digest == digest)
    }

    @Test("that is no number ends the trial as diverged")
    func divergence() throws {
        var values: [String: Value] = [
            "train.learning_rate": 10, "train.weight_decay": 10, "train.average": 0,
            "train.steps": 200, "sample.checkpoints": 1, "sample.keep": 1,
        ]
        guard case .diverged(let step) = try Trials.generate(values).outcome else {
            Issue.record("it did not diverge")
            return
        }
        // The loss is that before an update: the weights were none a step earlier.
        values["train.steps"] = .number(Double(step - 1))
        let result = try Trials.generate(values)
        #expect(result.outcome == .diverged(step: step - 1))
        #expect(result.arrays.count == 4 && result.arrays.allSatisfy { $0.steps.isEmpty })
    }

    @Test("cannot be kept in greater numbers than are drawn")
    func tooMany() {
        let error = #expect(throws: ConfigurationError.self) {
            try Trials.generate(["sample.keep": 3])
        }
        #expect(
            error?.description
                == "sample.keep is 3, more than the 2 images that are drawn of a class "
                + "(sample.images, sample.ood_images)")
    }

    @Test("may be shown by a figure of the sweep file, if it is kept")
    func figure() throws {
        func figures(_ keep: Int) throws -> [FigureSpec] {
            let text = """
                name: g
                kind: diffusion
                parameters: {tier: {value: T0}, sample.keep: {value: \(keep)}}
                figures: {s: {images: sample, at: 40, each: 2}, l: {images: [sample/11, sample/00]}}
                """
            return try SweepFile(
                text: Array(text.utf8), path: "g.yaml", overrides: [],
                files: SentAttachments([]), kinds: [DiffusionKind()]
            ).figures
        }
        let all = ["00", "01", "10", "11"].map { "sample/\($0)" }
        #expect(
            try figures(4) == [
                .images(ImagesSpec(name: "s", arrays: all, times: [40], each: 2)),
                .images(ImagesSpec(name: "l", arrays: ["sample/11", "sample/00"])),
            ])
        let error = #expect(throws: (any Error).self) { try figures(0) }
        #expect("\(String(describing: error))".contains("sample.keep of diffusion"))
    }

    @Test("from can be looked at: the data of each class", arguments: ["generator", "classifier"])
    func data(role: String) throws {
        var values = role == "generator" ? Trials.generator : Trials.classifier
        if role == "classifier" { values["train.noise"] = 0 }
        let kind = DiffusionKind()
        let configuration = try kind.complete(Configuration(values))
        let spec = TrialSpec(
            kind: kind.name, version: kind.version, configuration: configuration, seed: 3)
        let data = try kind.data(of: spec, each: 5)
        let labels = ["00 red, big", "01 red, small", "10 blue, big", "11 blue, small"]
        let expected =
            role == "generator"
            ? Array(labels.dropLast()) + ["11 blue, small (not trained)"] : labels + ["nothing"]
        #expect(data.map(\.label) == expected)
        for row in data {
            #expect(row.images.shape == [5, 16, 16, 3] && row.images.steps == [0])
            let (red, blue) = (row.images.discs(channel: 0), row.images.discs(channel: 2))
            switch row.label.prefix(1) {
            case "0": #expect(red > blue, "\(row.label)")
            case "1": #expect(blue > red, "\(row.label)")
            default: #expect(red == 0)
            }
        }
    }
}

extension TrialArray {
    /// A channel's sum over all pixels that are darker than any background.
    fileprivate func discs(channel: Int) -> Int {
        stride(from: 0, to: bytes.count, by: 3).reduce(0) { sum, pixel in
            bytes[pixel..<pixel + 3].contains { $0 < 170 } ? sum + Int(bytes[pixel + channel]) : sum
        }
    }
}
