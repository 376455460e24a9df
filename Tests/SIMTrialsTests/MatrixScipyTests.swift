import Foundation
import Sweeps
import Testing

@testable import SIMTrials

/// The flow of random models beside an integration that shares nothing with ours.
@Suite("The matrix flow beside scipy")
struct MatrixScipyTests {
    private struct Model: Encodable {
        let moment: [Double]
        /// W(0), row by row.
        let start: [Double]
        let time: Double
    }

    @Test("agrees to 1e-9 at the end, d from 1 to 6")
    func agreement() throws {
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let python = repository.appendingPathComponent(".venv/bin/python").path
        var models: [Model] = []
        var ours: [[Double]] = []
        for d in 1...6 {
            let start = try runMatrix([
                "flow.signal": .list((1...d).map { .number(0.7 + 0.3 * Double($0)) }),
                "flow.initialization": "nonnegative", "flow.scale": 0.02, "flow.steps": 4000,
                "flow.step_size": 0.0025, "flow.stepper": "rk4", "measure.entries": "weights",
            ])
            func weight(_ pick: (Curve) -> Double?) throws -> [Double] {
                var weight: [Double] = []
                for i in 1...d {
                    for j in 1...d {
                        let curve = try #require(start.curve("w/\(max(i, j))/\(min(i, j))"))
                        weight.append(try #require(pick(curve)))
                    }
                }
                return weight
            }
            let moment = (1...d).map { k in
                let mu = 0.7 + 0.3 * Double(k)
                return 0.0025 + mu * mu / Double(d)
            }
            models.append(
                Model(moment: moment, start: try weight { $0.values.first }, time: 10))
            ours.append(try weight { $0.values.last })
        }
        let expected = try Self.integrate(models, python: python)
        for (weight, other) in zip(ours, expected) {
            #expect(weight.count == other.count)
            for (a, b) in zip(weight, other) { #expect(abs(a - b) < 1e-9) }
        }
    }

    private static func integrate(_ models: [Model], python: String) throws -> [[Double]] {
        let script = """
            import json, sys
            import numpy as np
            from scipy.integrate import solve_ivp
            ends = []
            for model in json.load(sys.stdin):
                a = np.diag(model["moment"]); d = len(a)
                def velocity(t, w):
                    w = w.reshape(d, d)
                    square = w @ w
                    v = w @ a + a @ w - (a @ square + square @ a + 2 * w @ a @ w) / 2
                    return v.ravel()
                end = solve_ivp(velocity, (0, model["time"]), model["start"], method="DOP853",
                                rtol=1e-13, atol=1e-14)
                assert end.success
                ends.append(end.y[:, -1].tolist())
            json.dump(ends, sys.stdout)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-c", script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(models))
        try input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return try JSONDecoder().decode([[Double]].self, from: data)
    }
}
