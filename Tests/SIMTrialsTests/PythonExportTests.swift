import Foundation
import Sweeps
import Testing

@testable import SIMTrials

@Suite("A trial as a PyTorch program")
struct PythonExportTests {
    private func export(_ values: [String: Value]) async throws -> PythonExport {
        let kind = SIMKind()
        let spec = TrialSpec(
            kind: kind.name, version: kind.version,
            configuration: try kind.complete(Configuration(values)), seed: 4)
        return try await kind.python(spec, context: TrialContext())
    }

    /// The lines that the program prints, as numbers.
    private func train(_ files: [String: [UInt8]]) throws -> [[Double]] {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "swingby-python-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
        for (name, bytes) in files { try Data(bytes).write(to: folder.appending(path: name)) }
        let process = Process()
        let output = Pipe()
        process.executableURL = try TorchTests.python()
        process.arguments = [folder.appending(path: "train.py").path]
        process.standardOutput = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return text.split(separator: "\n").dropFirst().map { line in
            line.split(separator: ",").compactMap { Double($0) }
        }
    }

    @Test(
        "prints Swingby's losses beside its own, which agree",
        arguments: [
            ["model.layers": 1, "task.kind": "truncated"],
            [
                "model.layers": 3, "model.activation": "relu", "train.optimizer": "adamw",
                "train.learning_rate": 0.001, "train.weight_decay": 0.1,
            ],
        ] as [[String: Value]])
    func agreement(extra: [String: Value]) async throws {
        let values = [
            "task.dimension": 5, "task.samples": 100, "train.epochs": 20, "model.hidden": 16,
            "log.every": 5,
        ].merging(extra) { $1 }
        let export = try await export(values)
        let rows = try train(export.files)
        let steps = try #require(export.result.curve("train_loss")).steps
        #expect(rows.map { $0[0] } == steps.map(Double.init))
        for (row, (train, ood)) in zip(
            rows, zip(export.result.values("train_loss"), export.result.values("ood_loss")))
        {
            #expect(abs(row[2] / train - 1) < 1e-8 && abs(row[4] / ood - 1) < 1e-8)
            #expect(abs(row[1] / train - 1) < 1e-4, "\(row)")
            #expect(abs(row[3] / ood - 1) < 1e-4, "\(row)")
        }
        #expect(rows.count > 5)
    }
}
