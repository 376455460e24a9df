import NumericCore
import Sweeps
import Testing

@testable import SIMTrials

@Suite("What a SIM trial measures on request")
struct MeasureTests {
    @Test("is the loss of all points, which a full batch has before its next step")
    func fullLoss() throws {
        let result = try run(small: [
            "train.batch_size": "full", "measure.full_loss": true, "log.every": 1,
        ])
        let (batch, full) = (result.values("train_loss"), result.values("train_loss/full"))
        #expect(full.dropLast() == batch.dropFirst())
        #expect(batch[0] == full[0])
    }

    @Test("is a loss a node: the OOD point, the origin, and what lies between", arguments: [1, 3])
    func nodes(layers: Double) throws {
        let result = try run(small: [
            "measure.nodes": true, "task.signal": [1, 2, 3], "task.kind": "concepts",
            "model.layers": .number(layers), "model.activation": "relu",
        ])
        let names = result.curves.map(\.name).filter { $0.hasPrefix("node_loss/") }
        #expect(
            names
                == ["000", "001", "010", "011", "100", "101", "110", "111"]
                .map { "node_loss/" + $0 })
        for (point, loss) in result.values("node_loss/111").enumerated() {
            let expected = (1...3).reduce(0.0) { sum, k in
                let error = result.values("output/\(k)")[point] - Double(k)
                return sum + error * error / 2
            }
            #expect(abs(loss - expected) < 1e-5 * (1 + expected))
        }
    }

    /// Without a bias and with one layer f(x) = W x, so that W's entries say the loss of any node.
    @Test("has losses of nodes that fit the Jacobian of a linear network")
    func linearNodes() throws {
        let result = try run(small: [
            "measure.nodes": true, "measure.jacobian": true, "model.bias": false,
        ])
        for point in result.curves[0].steps.indices {
            func w(_ i: Int, _ j: Int) -> Double { result.values("w/\(i)/\(j)")[point] }
            func loss(_ v: [Double]) -> Double {
                let errors = [
                    (w(1, 1) - 1) * v[0] + w(1, 2) * v[1], w(2, 1) * v[0] + (w(2, 2) - 1) * v[1],
                ]
                return (errors[0] * errors[0] + errors[1] * errors[1]) / 2
            }
            #expect(result.values("node_loss/00")[point] == 0)
            #expect(abs(result.values("node_loss/10")[point] - loss([1, 0])) < 1e-5)
            #expect(abs(result.values("node_loss/01")[point] - loss([0, 2])) < 1e-5)
            #expect(abs(result.values("node_loss/11")[point] - loss([1, 2])) < 1e-5)
        }
    }

    /// Against finite differences of the outputs, taken along the concepts.
    @Test("is the derivative at the OOD point, of ReLU networks too", arguments: [false, true])
    func jacobian(isRectified: Bool) throws {
        let values = smallTrial.merging([
            "model.layers": 3, "model.activation": isRectified ? "relu" : "none",
            "model.hidden": 17,
        ]) { $1 }
        let configuration = try SIMConfiguration(Configuration(values))
        let kernels = try Kernels.chosen()
        let task = SIMTask(configuration, seed: 5, threads: 1, kernels: kernels)
        let network = Network(
            SIMTraining.initialParameters(configuration, seed: 5, kernels: kernels),
            isRectified: isRectified, blockRows: 1, kernels: kernels)
        let entries = Jacobian.entries(of: network, at: task.probe, axes: task.axes)
        let step: Float = 1e-3
        for j in 0..<2 {
            let outputs = [step, -step].map { offset in
                let point = PanelMatrix(rows: 1, columns: 5)
                for c in 0..<5 { point[0, c] = task.probe[0, c] + offset * task.axes[j, c] }
                var output = [Float](repeating: 0, count: 5)
                network.evaluate(point, row: 0, into: &output)
                return output
            }
            for i in 0..<2 {
                var difference = 0.0
                for c in 0..<5 {
                    difference += Double(outputs[0][c] - outputs[1][c]) * Double(task.axes[i, c])
                }
                #expect(abs(entries[2 * i + j] - difference / Double(2 * step)) < 5e-4)
            }
        }
    }
}

@Suite("The steps that are logged")
struct LogScheduleTests {
    @Test("are every n-th, each epoch's end where epochs are no shorter, and the last")
    func every() {
        let schedule = LogSchedule.every(4)
        #expect(schedule.steps(stepCount: 11, stepsPerEpoch: 5) == [0, 4, 5, 8, 10, 11])
        #expect(schedule.steps(stepCount: 11, stepsPerEpoch: 1) == [0, 4, 8, 11])
        #expect(schedule.hasEpochs(stepsPerEpoch: 4) && !schedule.hasEpochs(stepsPerEpoch: 3))
    }

    @Test("are so many points, equally far apart or by equal factors, none twice")
    func points() {
        func steps(_ count: Int, _ spacing: LogSchedule.Spacing, _ last: Int) -> [Int] {
            LogSchedule.points(count, spacing).steps(stepCount: last, stepsPerEpoch: 3)
        }
        #expect(steps(4, .linear, 100) == [0, 25, 50, 75, 100])
        #expect(steps(5, .log, 10_000) == [0, 1, 10, 100, 1000, 10_000])
        #expect(steps(1, .log, 7) == [0, 7])
        #expect(steps(50, .linear, 3) == [0, 1, 2, 3])
        #expect(steps(50, .log, 3) == [0, 1, 2, 3])
        for last in [1, 2, 17, 4720, 1_000_000_000] {
            for spacing in [LogSchedule.Spacing.linear, .log] {
                let all = steps(200, spacing, last)
                #expect(all.first == 0 && all.last == last && all.count <= 201)
                #expect(zip(all, all.dropFirst()).allSatisfy { $0 < $1 })
            }
        }
    }

    @Test("are at most as many as was said", arguments: [1, 3, 20, 118, 500])
    func limit(interval: Int) {
        for schedule in [LogSchedule.every(interval), .points(interval, .log)] {
            let count = schedule.steps(stepCount: 4720, stepsPerEpoch: 118).count
            #expect(count <= schedule.countLimit(stepCount: 4720, stepsPerEpoch: 118))
        }
    }
}

@Suite("The terminal rate")
struct TerminalRateTests {
    @Test("is that of an exponential, at any spacing")
    func exponentialPath() throws {
        for steps in [Array(0...100), [0, 1, 3, 7, 12, 30, 50, 51, 70, 90, 100]] {
            let outputs = [1.0, 2].map { signal in
                steps.map { signal * (1 - exponential(-0.01 * Double($0))) }
            }
            let rate = TerminalRate.rate(steps: steps, outputs: outputs, signal: [1, 2])
            // A speed between two points is that at some moment between them.
            #expect(abs(try #require(rate) - 0.01) < 0.0005)
        }
    }

    @Test("is read before the output stands still")
    func floor() throws {
        let steps = Array(0...1000)
        var noise = SplitMix64(seed: 1)
        let outputs = steps.map {
            1 - exponential(-0.1 * Double($0)) + 1e-7 * Double(noise.next() % 3)
        }
        let rate = TerminalRate.rate(steps: steps, outputs: [outputs], signal: [1])
        #expect(abs(try #require(rate) - 0.1) < 0.002)
    }

    @Test("is nothing of an output that never moves, or of too few points")
    func nothing() {
        #expect(TerminalRate.rate(steps: [0, 1, 2], outputs: [[0, 1, 2]], signal: [2]) == nil)
        #expect(
            TerminalRate.rate(
                steps: Array(0...9), outputs: [Array(repeating: 1, count: 10)], signal: [1]) == nil)
    }
}
