import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("A file of a judge's weights")
struct JudgeFileTests {
    private static let mend =
        "; the weights of a finished trial with task.kind classifier are meant"

    /// The tensors of a judge that fits.
    private func weights() throws -> [Tensor] {
        try Safetensors.read(Trials.classify(["train.steps": 1]).weights)
    }

    /// What is said of a file.
    private func objection(
        to tensors: [Tensor], _ values: [String: Value] = [:]
    ) throws -> String {
        let error = #expect(throws: ConfigurationError.self) {
            try Trials.generate(values, judge: Safetensors.bytes(of: tensors))
        }
        return error?.description ?? ""
    }

    private func changed(_ name: String, _ change: (Tensor) -> Tensor?) throws -> [Tensor] {
        try weights().compactMap { $0.name == name ? change($0) : $0 }
    }

    @Test("is refused where it is no classifier's")
    func noClassifier() throws {
        let said = "judge.classifier holds no classifier" + Self.mend
        #expect(try objection(to: [Tensor("w", shape: [1], .float([1]))]) == said)
        #expect(try objection(to: changed("description") { _ in nil }) == said)
        #expect(try objection(to: changed("head.linear2.bias") { _ in nil }) == said)
        // A generator's weights say nothing of what they judge.
        let generator = try Trials.tensors(["train.steps": 1])
        #expect(try objection(to: generator) == said)
    }

    @Test("is refused where a tensor is missing, of another shape or no number")
    func wrongTensor() throws {
        let name = "down.1.blocks.0.convolution1.weight"
        let said = "judge.classifier has no finite '\(name)' of shape [16, 16, 3, 3]" + Self.mend
        #expect(try objection(to: changed(name) { _ in nil }) == said)
        let turned = try changed(name) { Tensor($0.name, shape: [16, 16, 9], $0.values) }
        #expect(try objection(to: turned) == said)
        let holed = try changed(name) { tensor in
            var floats = tensor.floats
            floats[7] = .nan
            return Tensor(tensor.name, shape: tensor.shape, .float(floats))
        }
        #expect(try objection(to: holed) == said)
    }

    @Test("is refused where it knows other concepts or other images")
    func fit() throws {
        let tensors = try weights()
        #expect(
            try objection(to: tensors, ["data.concepts": "shape-color-size"])
                == "judge.classifier tells other concepts than data.concepts names" + Self.mend)
        #expect(
            try objection(to: tensors, ["data.size": 32])
                == "judge.classifier knows images of data.size 16, and these have 32; train one "
                + "with data.size=32")
        #expect(
            try objection(to: tensors, ["data.radius": 0.55])
                == "judge.classifier knows images of data.radius 0.45, and these have 0.55; train "
                + "one with data.radius=0.55")
        #expect(try objection(to: tensors, ["data.blur": 1]).contains("train one with data.blur=1"))
        let odd = try changed("description") { tensor in
            Tensor(tensor.name, shape: tensor.shape, .float(tensor.floats.map { _ in 7 }))
        }
        #expect(try objection(to: odd).hasPrefix("judge.classifier "))
    }

    @Test("is refused where it ends too early, wherever that is")
    func truncated() throws {
        let whole = try Trials.classify(["train.steps": 1]).weights
        for count in [0, 7, 8, 100, 5000, whole.count / 2, whole.count - 1] {
            let error = #expect(throws: ConfigurationError.self) {
                try Trials.generate(judge: Array(whole.prefix(count)))
            }
            #expect(
                error?.description.hasPrefix(
                    "judge.classifier is not a safetensors file as it should be: ") == true,
                "\(count)")
        }
    }

    @Test("that is not there fails the trial with what to do")
    func missing() throws {
        var given = Trials.generator
        given["judge.classifier"] = Trials.judge
        let configuration = try DiffusionConfiguration(Configuration(given))
        let error = #expect(throws: MissingFile.self) {
            try GeneratorTrial(
                configuration, seed: 1, context: TrialContext(), kernels: Kernels.chosen())
        }
        #expect("\(try #require(error))".contains("submit the sweep again from where the file is"))
    }
}
