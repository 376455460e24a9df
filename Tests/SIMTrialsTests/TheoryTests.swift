import Sweeps
import Testing

@testable import NumericCore
@testable import SIMTrials

@Suite("The one-layer closed form")
struct TheoryTests {
    private func theory(_ values: [String: Value]) throws -> OneLayerTheory {
        OneLayerTheory(try SIMConfiguration(Configuration(values)))
    }

    /// Rates are second moments without a bias; with it, eigenvalues of the larger matrix.
    ///
    /// - SeeAlso: arXiv:2410.08309, Theorem 4.1; the values are for μ = (1, 2), variance 0.05.
    @Test("has the rates of the second moment")
    func rates() throws {
        let plain = try theory(["model.bias": false]).rates
        for (rate, expected) in zip(plain, [1.0 / 3 + 0.05, 4.0 / 3 + 0.05]) {
            #expect(abs(rate - expected) < 1e-12)
        }
        for (rate, expected) in zip(try theory([:]).rates, [0.154, 0.700, 1.913]) {
            #expect(abs(rate - expected) < 5e-4)
        }
    }

    /// Without a bias, output k is μ_k (1 − exp(−a_k t)).
    @Test("has outputs that come exponentially near")
    func outputs() throws {
        let theory = try theory(["model.bias": false, "task.origin": false, "task.deviation": 0.5])
        for step in [0, 1, 100, 1000, 4720] {
            let time = Double(step) * 0.003125
            for (k, output) in theory.outputs(step: step).enumerated() {
                let signal = Double(k + 1)
                let rate = 0.25 + signal * signal / 2
                #expect(abs(output - signal * (1 - exponential(-rate * time))) < 1e-12)
            }
        }
    }

    /// Full-batch descent from tiny weights on many points, against the flow.
    @Test("is what a trial from small weights does", arguments: [true, false])
    func trial(hasBias: Bool) throws {
        let values: [String: Value] = [
            "task.dimension": 4, "task.samples": 20_000, "train.batch_size": "full",
            "train.learning_rate": 0.04, "train.steps": 1000, "model.scale": 0,
            "model.bias": .flag(hasBias), "log.every": 20, "task.variance": [0.1, 0.3],
            "measure.full_loss": true, "measure.nodes": true, "measure.jacobian": true,
        ]
        let result = try run(values)
        let theory = try theory(values).theory
        #expect(
            Set(theory.curves.map(\.name))
                == Set(result.curves.map(\.name)).subtracting(["train_loss"]))
        for curve in theory.curves {
            let measured = try #require(result.curve(curve.name))
            #expect(measured.steps == curve.steps)
            for (value, expected) in zip(measured.values, curve.values) {
                #expect(abs(value - expected) < 0.02)
            }
        }
        for scalar in theory.scalars where scalar.name.hasPrefix("learning_time") {
            let expected = try #require(scalar.value)
            let measured = try #require(result.scalar(scalar.name) ?? nil)
            // The sample's moments and the finite steps move it by a percent or two.
            #expect(abs(measured / expected - 1) < 0.03)
        }
    }

    @Test("has the names of a trial's metrics, and none for two layers")
    func names() throws {
        let kind = SIMKind()
        let configuration = try kind.complete(Configuration())
        let theory = try #require(kind.theory(of: configuration))
        let metrics = Set(kind.metrics(of: configuration).map(\.name))
        for name in theory.curves.map(\.name) + theory.scalars.map(\.name) {
            #expect(metrics.contains(name))
        }
        let two = try kind.complete(Configuration(["model.layers": 2]))
        #expect(kind.theory(of: two) == nil)
    }
}
