import NumericCore
import Sweeps
import Testing

@testable import SIMTrials

/// A run of the authors' list of runs, with the epochs by which its concepts are learned: the first
/// ones after which output k stays within 10 % of μ_k.
struct PaperRun: Sendable, CustomTestStringConvertible {
    let signal: [Double]
    let variance: [Double]
    var hasBias = true
    /// By the closed form.
    let predicted: [Double]
    /// Medians of ten seeds of another implementation.
    var measured: [Double]?

    var testDescription: String {
        "μ = \(signal), σ² = \(variance)\(hasBias ? "" : ", no bias")"
    }

    var values: [String: Value] {
        [
            "task.signal": .list(signal.map(Value.number)),
            "task.variance": .list(variance.map(Value.number)), "model.bias": .flag(hasBias),
        ]
    }

    static let all = [
        PaperRun(signal: [1, 2], variance: [0.05, 0.05], predicted: [34, 6], measured: [34, 7]),
        PaperRun(signal: [1, 2], variance: [0.1, 0.05], predicted: [28, 6]),
        PaperRun(signal: [1, 2], variance: [0.5, 0.05], predicted: [11, 6], measured: [11, 6]),
        PaperRun(signal: [1, 2], variance: [1, 0.05], predicted: [6, 5]),
        PaperRun(signal: [1, 2], variance: [2, 0.05], predicted: [3, 5], measured: [3, 5]),
        PaperRun(
            signal: [2, 2], variance: [0.05, 0.05], predicted: [10, 10], measured: [10, 10.5]),
        PaperRun(
            signal: [3, 2], variance: [0.05, 0.05], predicted: [3, 11], measured: [3, 10.5]),
        PaperRun(signal: [1, 2], variance: [0.05, 0.05], hasBias: false, predicted: [17, 5]),
        PaperRun(signal: [1, 2], variance: [0.1, 0.05], hasBias: false, predicted: [15, 5]),
        PaperRun(signal: [1, 2], variance: [0.5, 0.05], hasBias: false, predicted: [8, 5]),
    ]
}

@Suite("The one-layer model on the SIM task")
struct OneLayerPaperTests {
    /// - SeeAlso: arXiv:2410.08309, Theorem 4.1 with the bias as the weight of a constant input.
    @Test("is predicted to learn each concept in these epochs", arguments: PaperRun.all)
    func predictedTimes(paper: PaperRun) throws {
        let configuration = try SIMConfiguration(Configuration(paper.values))
        let theory = OneLayerTheory(configuration).theory
        for (k, epochs) in paper.predicted.enumerated() {
            let step = try #require(theory.scalars[k].value)
            #expect((step / Double(configuration.stepsPerEpoch)).rounded(.up) == epochs)
        }
    }

    /// The ten seeds of the reproduction's root; their median, read at the ends of epochs as it was
    /// in the reference, is within 15 % of it or one epoch.
    ///
    /// - SeeAlso: arXiv:2410.08309, Figure 2(a) and (b).
    @Test(
        "learns each concept in these epochs",
        arguments: PaperRun.all.filter { $0.measured != nil })
    func measuredTimes(paper: PaperRun) throws {
        let results = try results(of: paper.values, count: 10)
        for (k, epochs) in (paper.measured ?? []).enumerated() {
            let times = results.map { (($0.scalars[k].value ?? .infinity) / 118).rounded(.up) }
                .sorted()
            let median = (times[4] + times[5]) / 2
            #expect(abs(median - epochs) <= max(0.15 * epochs, 1), "\(times)")
        }
    }

    /// The logarithm of the output's speed falls at the slowest rate of the second moment; the
    /// anchors are the fits of another implementation.
    ///
    /// - SeeAlso: arXiv:2410.08309, section 3.2.
    @Test(
        "slows down at this rate an epoch",
        arguments: [(0.05, true, 0.0568), (0.5, true, 0.1271), (0.05, false, 0.1414)])
    func terminalRate(variance: Double, hasBias: Bool, anchor: Double) throws {
        let values: [String: Value] = [
            "task.variance": .list([.number(variance), 0.05]), "model.bias": .flag(hasBias),
        ]
        let theory = OneLayerTheory(try SIMConfiguration(Configuration(values))).theory
        let predicted = try #require(theory.scalars.first { $0.name == "terminal_rate" }?.value)
        #expect(abs(predicted - anchor) < 1e-4)
        let rates = try results(of: values, count: 5)
            .map { try #require($0.scalar("terminal_rate") ?? nil) }.sorted()
        #expect(abs(rates[2] / anchor - 1) < 0.03, "\(rates)")
    }

    /// The concept of the larger signal comes first; with equal ones neither does.
    ///
    /// - SeeAlso: arXiv:2410.08309, section 3.1.
    @Test("bends towards the stronger concept first")
    func order() throws {
        func bends(_ signal: Value) throws -> [Double] {
            try results(of: ["task.signal": signal], count: 3)
                .map { try #require($0.scalar("bend") ?? nil) }.sorted()
        }
        let (second, neither, first) = (try bends([1, 2]), try bends([2, 2]), try bends([3, 2]))
        #expect(second[2] < 0 && first[0] > 0)
        #expect(second[1] < neither[1] && neither[1] < first[1])
    }

    private func results(of values: [String: Value], count: Int) throws -> [TrialResult] {
        let seeds = Seeds(count: count, root: 2410)
        return try (1...count).map { try run(values, seed: seeds.seed(replicate: $0)) }
    }
}
