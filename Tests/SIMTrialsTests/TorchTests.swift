import Foundation
import Sweeps
import Testing

@testable import NumericCore
@testable import SIMTrials

/// A network that both sides train from the same numbers.
private struct TorchCase: Encodable {
    let name: String
    let widths: [Int]
    let rectified: Bool
    let bias: Bool
    let rate: Double
    let batch: Int
    let steps: Int
    let points: Int
    /// As `torch.optim` names and takes them.
    var optimizer = "SGD"
    var options: [String: [Double]] = [:]

    /// The sections of what PyTorch returns, in order.
    var sections: [(name: String, count: Int)] {
        let parameters = zip(widths, widths.dropFirst()).flatMap { inputs, outputs in
            bias ? [inputs * outputs, outputs] : [inputs * outputs]
        }
        return parameters.enumerated().map { ("gradient \($0)", $1) }
            + (1...steps).map { ("loss \($0)", 1) }
            + (1...steps).map { ("OOD output \($0)", widths[0]) }
            + parameters.enumerated().map { ("parameter \($0)", $1) }
    }

    var values: [String: Value] {
        [
            "task.dimension": .number(Double(widths[0])), "task.samples": 50,
            "model.layers": .number(Double(widths.count - 1)), "model.bias": .flag(bias),
            "model.hidden": .number(Double(widths.dropLast().last ?? 1)),
            "model.activation": rectified ? "relu" : "none",
            "train.learning_rate": .number(rate), "train.batch_size": .number(Double(batch)),
            "train.steps": .number(Double(steps)), "train.optimizer": .text(optimizer.lowercased()),
        ].merging(
            options.map { key, values in
                (
                    "train." + key,
                    values.count == 1 ? .number(values[0]) : .list(values.map(Value.number))
                )
            }
        ) { $1 }
    }

    static let all: [TorchCase] = {
        var cases: [TorchCase] = []
        let steps = 50
        for layers in 1...5 {
            for rectified in layers > 1 ? [false, true] : [false] {
                for bias in [true, false] {
                    let shapes = [(2, 4), (5, 33), (64, 64)] + (bias ? [(16, 512)] : [])
                    for (dimension, hidden) in shapes where layers > 1 || hidden < 512 {
                        let hiddenWidths = Array(repeating: hidden, count: layers - 1)
                        cases.append(
                            TorchCase(
                                name: "case\(cases.count)",
                                widths: [dimension] + hiddenWidths + [dimension],
                                rectified: rectified, bias: bias, rate: 0.1, batch: 64,
                                steps: steps,
                                points: 150))
                    }
                }
            }
        }
        let optimizers: [(String, [String: [Double]], Double)] = [
            ("SGD", ["momentum": [0.9]], 0.05),
            ("SGD", ["weight_decay": [0.1]], 0.1),
            ("SGD", ["momentum": [0.5], "weight_decay": [0.2]], 0.05),
            ("Adam", [:], 0.001), ("Adam", ["betas": [0.8, 0.95], "weight_decay": [0.1]], 0.01),
            ("AdamW", ["weight_decay": [0.1]], 0.01),
        ]
        for (optimizer, options, rate) in optimizers {
            for (layers, rectified) in [(1, false), (2, false), (3, true)] {
                cases.append(
                    TorchCase(
                        name: "case\(cases.count)",
                        widths: [5] + Array(repeating: 33, count: layers - 1) + [5],
                        rectified: rectified, bias: true, rate: rate, batch: 64, steps: steps,
                        points: 150, optimizer: optimizer, options: options))
            }
        }
        return cases
    }()
}

@Suite("Training beside PyTorch")
struct TorchTests {
    @Test("agrees in losses, OOD outputs, gradients and parameters over 50 steps")
    func agreement() throws {
        let python = try Self.python()
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("swingby-torch-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }

        var ours: [[Float]] = []
        for item in TorchCase.all {
            let (given, result) = try train(item)
            try Data(bytes(given)).write(to: folder.appendingPathComponent(item.name + ".in"))
            ours.append(result)
        }
        try JSONEncoder().encode(TorchCase.all)
            .write(to: folder.appendingPathComponent("cases.json"))
        try runReference(python, folder)

        for (item, result) in zip(TorchCase.all, ours) {
            let file = folder.appendingPathComponent(item.name + ".out")
            try compare(result, floats(try Data(contentsOf: file)), item)
        }
    }

    /// Trains a case here.
    ///
    /// - Returns: What PyTorch is given, and what it should return.
    private func train(_ item: TorchCase) throws -> (given: [Float], result: [Float]) {
        let kernels = try Kernels.chosen()
        let configuration = try SIMConfiguration(Configuration(item.values))
        let task = SIMTask(configuration, seed: 3, threads: 1, kernels: kernels)
        let parameters = SIMTraining.initialParameters(configuration, seed: 3, kernels: kernels)
        let training = SIMTraining(
            configuration, task: task, parameters: parameters, kernels: kernels)
        let rows = (0..<task.points.rows).flatMap { i in
            (0..<item.widths[0]).map { task.points[i, $0] }
        }
        let probe = (0..<item.widths[0]).map { task.probe[0, $0] }

        let other = Network(
            parameters, isRectified: item.rectified, blockRows: item.batch, kernels: kernels)
        let batch = training.batch(step: 1)
        _ = other.accumulate(task.points, rows: batch)
        let scale = 2 / Float(batch.count * item.widths[0])
        var result = flatten(other.accumulatedGradients).map { $0 * scale }

        var losses: [Float] = []
        var outputs: [Float] = []
        var output = probe
        for step in 1...item.steps {
            losses.append(Float(training.step(step) { _ in }))
            training.network.evaluate(task.probe, row: 0, into: &output)
            outputs += output
        }
        result += losses + outputs + flatten(training.network.parameters)
        return (flatten(parameters) + rows + probe, result)
    }

    /// Each section agrees to 1e-5 of its norm.
    private func compare(_ ours: [Float], _ theirs: [Float], _ item: TorchCase) throws {
        try #require(ours.count == theirs.count)
        var start = 0
        for (name, count) in item.sections {
            var (difference, norm) = (0.0, 0.0)
            for i in start..<start + count {
                difference += Double(ours[i] - theirs[i]) * Double(ours[i] - theirs[i])
                norm += Double(theirs[i]) * Double(theirs[i])
            }
            #expect(
                difference.squareRoot() <= 1e-5 * norm.squareRoot(),
                """
                \(name) of \(item.widths), relu \(item.rectified), bias \(item.bias), \
                \(item.optimizer) \(item.options)
                """)
            start += count
        }
        try #require(start == ours.count)
    }

    private func flatten(_ parameters: [LinearParameters]) -> [Float] {
        parameters.flatMap { $0.weight + ($0.bias ?? []) }
    }

    private func bytes(_ numbers: [Float]) -> [UInt8] {
        numbers.map(\.bitPattern.littleEndian).withUnsafeBytes { Array($0) }
    }

    private func floats(_ data: Data) -> [Float] {
        data.withUnsafeBytes { buffer in
            (0..<buffer.count / 4).map { i in
                Float(
                    bitPattern: UInt32(
                        littleEndian: buffer.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)))
            }
        }
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()

    /// The Python that has PyTorch: `SWINGBY_TORCH_PYTHON`, else that of `.venv` beside the package.
    static func python() throws -> URL {
        let root = folder.deletingLastPathComponent().deletingLastPathComponent()
        let url =
            ProcessInfo.processInfo.environment["SWINGBY_TORCH_PYTHON"]
            .map { URL(fileURLWithPath: $0) }
            ?? root.appendingPathComponent(".venv/bin/python")
        try #require(
            FileManager.default.isExecutableFile(atPath: url.path),
            """
            there is no \(url.path): `make test` sets it up from \
            Tests/SIMTrialsTests/torch/requirements.txt, or SWINGBY_TORCH_PYTHON names another
            """)
        return url
    }

    private func runReference(_ python: URL, _ folder: URL) throws {
        let process = Process()
        process.executableURL = python
        process.arguments = [
            Self.folder.appendingPathComponent("torch/reference.py").path, folder.path,
        ]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "reference.py failed")
    }
}
