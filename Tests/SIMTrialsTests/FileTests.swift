import NumericCore
import Sweeps
import Synchronization
import Testing

@testable import SIMTrials

@Suite("A SIM trial from files")
struct FileTests {
    private let digest = "sha256:" + String(repeating: "00ff", count: 16)
    private let otherDigest = "sha256:" + String(repeating: "11ee", count: 16)

    private func context(_ files: [String: [Tensor]]) -> TrialContext {
        let bytes = files.mapValues { Safetensors.bytes(of: $0) }
        return TrialContext(file: { digest in
            guard let file = bytes[digest] else { throw MissingFile(digest: digest) }
            return file
        })
    }

    /// The values with 90 points, and what the trial of them would draw.
    private func drawn(_ extra: [String: Value]) throws -> (
        values: [String: Value], data: [Tensor], parameters: [Tensor]
    ) {
        let values = smallTrial.merging(extra) { $1 }
        let configuration = try SIMConfiguration(Configuration(values))
        let trial = SIMTrial(
            configuration: configuration, seed: 1, kernels: try Kernels.chosen())
        return (
            values, try trial.task(TrialContext()).tensors,
            try trial.initialParameters(TrialContext()).tensors
        )
    }

    @Test(
        "has the digest of the trial that drew what the files hold",
        arguments: [
            [:], ["model.layers": 3, "model.activation": "relu", "train.optimizer": "adam"],
            ["model.bias": false, "task.rotation": false, "measure.nodes": true],
        ] as [[String: Value]])
    func same(extra: [String: Value]) throws {
        let (values, data, parameters) = try drawn(extra)
        let fromFiles = values.merging([
            "data.file": .text(digest), "init.file": .text(otherDigest), "task.samples": 90,
        ]) { $1 }
        let here = try run(
            fromFiles, seed: 7, context: context([digest: data, otherDigest: parameters]))
        #expect(here == (try run(values)))
    }

    @Test("takes the first coordinates for the concepts where the file has no axes")
    func unitAxes() throws {
        let (values, data, _) = try drawn(["task.rotation": false])
        let fromFile = values.merging(["data.file": .text(digest), "task.samples": 90]) { $1 }
        let here = try run(fromFile, context: context([digest: Array(data.dropLast())]))
        #expect(here == (try run(values)))
    }

    @Test("hands over its final weights once, named as PyTorch names them")
    func weights() throws {
        let kept = Mutex<[[Tensor]]>([])
        let values = smallTrial.merging(["model.layers": 2, "model.hidden": 3]) { $1 }
        _ = try run(
            values,
            context: TrialContext(keepWeights: { weights in kept.withLock { $0.append(weights) } }))
        let weights = kept.withLock { $0 }
        try #require(weights.count == 1)
        #expect(
            weights[0].map(\.name)
                == ["layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias"])
        #expect(weights[0].map(\.shape) == [[3, 5], [3], [5, 3], [5]])
        // Trained on from there, the next step's loss is that of the network it is.
        let goesOn = values.merging(["init.file": .text(digest), "train.epochs": 1]) { $1 }
        let next = try run(goesOn, context: context([digest: weights[0]]))
        let whole = try run(values.merging(["train.epochs": 5]) { $1 })
        #expect(next.values("output/1").last == whole.values("output/1").last)
    }

    @Test(
        "says what a file lacks or has too much",
        arguments: [
            ("init.file", [Tensor("layers.0.weight", shape: [5, 5], .float(zeros(25)))], "bias"),
            (
                "init.file",
                [
                    Tensor("layers.0.weight", shape: [5, 4], .float(zeros(20))),
                    Tensor("layers.0.bias", shape: [5], .float(zeros(5))),
                ], "keys ask for [5, 5]"
            ),
            (
                "init.file",
                [
                    Tensor("layers.0.weight", shape: [5, 5], .float(zeros(25))),
                    Tensor("layers.0.bias", shape: [5], .float(zeros(5))),
                    Tensor("layers.1.weight", shape: [5, 5], .float(zeros(25))),
                ], "no use for"
            ),
            (
                "init.file",
                [
                    Tensor("layers.0.weight", shape: [5, 5], .float(zeros(24) + [.nan])),
                    Tensor("layers.0.bias", shape: [5], .float(zeros(5))),
                ], "not finite"
            ),
            (
                "data.file",
                [
                    Tensor("x", shape: [30, 5], .float(zeros(150))),
                    Tensor("x_test", shape: [5], .double([1, 2.1, 0, 0, 0])),
                ], "along concept 2"
            ),
            (
                "data.file",
                [
                    Tensor("x", shape: [30, 5], .float(zeros(150))),
                    Tensor("x_test", shape: [5], .double([1, 2, 0, 0, 0])),
                    Tensor("axes", shape: [2, 5], .float(zeros(10))),
                ], "orthonormal"
            ),
            ("data.file", [Tensor("x", shape: [29, 5], .float(zeros(145)))], "ask for [30, 5]"),
        ] as [(String, [Tensor], String)])
    func errors(key: String, tensors: [Tensor], phrase: String) throws {
        let error = #expect(throws: ConfigurationError.self) {
            try run(small: [key: .text(digest)], context: context([digest: tensors]))
        }
        #expect(error?.key == key)
        #expect(error?.description.contains(phrase) == true, "\(error?.description ?? "")")
    }

    @Test("fails where its host has no such file, or a broken one")
    func missing() {
        #expect(throws: MissingFile(digest: digest)) {
            try run(small: ["init.file": .text(digest)])
        }
        #expect(throws: SafetensorsError.self) {
            try run(
                small: ["init.file": .text(digest)],
                context: TrialContext(file: { _ in [1, 2, 3] }))
        }
    }
}

private func zeros(_ count: Int) -> [Float] { Array(repeating: 0, count: count) }
