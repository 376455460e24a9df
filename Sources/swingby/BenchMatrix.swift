import ArgumentParser
import Foundation
import NumericCore
import Sweeps

struct BenchMatrix: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "matrix",
        abstract: "Times a step of the symmetric model, gradient descent on U, one thread.",
        discussion: """
            swingby bench matrix --json

            Eight models go side by side in the lanes of a vector; the time is a model's. Peers \
            train on 5,000 points that have the same second moments.
            """)

    @Option(
        help: ArgumentHelp(
            "Write points and first factor of each model to a folder in this one, and end.",
            valueName: "dir"))
    var write: String?

    @OptionGroup var repeated: RepeatOption
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let kernels = try Kernels.chosen()
        for model in BenchSymmetricModel.all {
            if let write {
                try model.write(to: URL(filePath: write).appending(path: model.name), kernels)
            } else {
                try await time(model, kernels)
            }
        }
    }

    private func time(_ model: BenchSymmetricModel, _ kernels: Kernels) async throws {
        var durations: [Duration] = []
        var loss = 0.0
        for _ in 0..<repeated.repeats {
            let (duration, end) = try await compute { model.train(kernels) }
            durations.append(duration)
            loss = end
        }
        let times = BenchTimes(durations)
        let scale = 1e6 / Double(model.steps * MatrixFlow.laneCount)
        let best = BenchTimes.rounded(times.best * scale)
        if output.json {
            Terminal.printJSON([
                "schema": 1, "bench": "matrix", "impl": "swingby", "net": .string(model.name),
                "kernels": .string(kernels.level.rawValue),
                "lanes": .integer(MatrixFlow.laneCount), "steps": .integer(model.steps),
                "us_per_step": .number(best),
                "us_per_step_median": .number(BenchTimes.rounded(times.median * scale)),
                "final_loss": .number(loss),
            ])
        } else {
            let name = model.name.padding(toLength: 18, withPad: " ", startingAt: 0)
            print("\(name) \(best) µs a step, loss \(loss)")
        }
    }
}

/// A symmetric two-layer model f(x) = U Uᵀ x whose training is timed, with its points.
struct BenchSymmetricModel {
    let name: String
    let dimension: Int
    let steps = 2000

    static let all = [
        BenchSymmetricModel(name: "d2-symmetric-full", dimension: 2),
        BenchSymmetricModel(name: "d10-symmetric-full", dimension: 10),
    ]

    private static let pointCount = 5000
    /// Of U, by the gradient of ½ ‖f(x) − x‖², the mean over all points.
    private static let learningRate = 0.02

    /// How far the points along coordinate `k`, one in `dimension`, are from 0.
    private func distance(_ k: Int) -> Float {
        (Float(dimension) * (0.2 + Float(k + 1) / Float(dimension))).squareRoot()
    }

    /// The mean of the squares of the points' coordinates; mixed products are 0.
    private var moment: [Double] {
        (0..<dimension).map { k in
            let distance = Double(distance(k))
            return distance * distance / Double(dimension)
        }
    }

    /// U(0), square.
    private func factor(_ kernels: Kernels) -> [Float] {
        RandomStream(seed: 1, .weights(layer: 0), kernels: kernels)
            .uniform(count: dimension * dimension, bound: 0.5 / Float(dimension))
    }

    /// Trains eight models side by side.
    ///
    /// - Returns: The time, and the first one's loss at the end.
    func train(_ kernels: Kernels) -> (Duration, loss: Double) {
        let lane = MatrixFlow.Lane(
            moment: moment, signal: Array(repeating: 1, count: dimension),
            stepSize: 2 * Self.learningRate,
            start: .factor(factor(kernels).map(Double.init), width: dimension))
        let flow = MatrixFlow(
            Array(repeating: lane, count: MatrixFlow.laneCount), stepper: .descent,
            kernels: kernels)
        let time = ContinuousClock().measure { flow.advance(steps: steps) }
        var loss = 0.0
        for (index, value) in flow.weight(ofLane: 0).enumerated() {
            let distance = value - (index / dimension == index % dimension ? 1 : 0)
            loss += distance * distance * moment[index % dimension] / 2
        }
        return (time, loss)
    }

    func write(to folder: URL, _ kernels: Kernels) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var points = [Float](repeating: 0, count: Self.pointCount * dimension)
        for i in 0..<Self.pointCount {
            let k = i % dimension
            points[i * dimension + k] = distance(k)
        }
        try BenchNet.write(
            points, rows: Self.pointCount, to: folder.appending(path: "x.npy"))
        try BenchNet.write(
            factor(kernels), rows: dimension, to: folder.appending(path: "layers.0.npy"))
    }
}
