import NumericCore
import Sweeps
import Testing

@testable import SIMTrials

/// A run of the published matrix figures, with its values by an independent implementation in
/// 32-bit floats; `index` t is the value after t + 1 updates.
struct MatrixFigure: Sendable, CustomTestStringConvertible {
    let name: String
    let seed: Int
    let scale: Double
    let concepts: Int
    let signal: [Double]
    let deviation: [Double]
    let moment: String
    let steps: Int
    let firstLoss: Double
    /// Minima and maxima of the loss in turn, the first one a minimum: value and index.
    let extrema: [(Double, Int)]
    /// The last loss, where that is above the noise of 32-bit floats.
    var lastLoss: Double?
    /// The first index at which w_kk is over ½; nil: not in the run.
    let majorTimes: [Int?]

    var testDescription: String { "\(name), \(moment)" }

    var values: [String: Value] {
        [
            "flow.initialization": "fixture", "flow.fixture_seed": .number(Double(seed)),
            "flow.scale": .number(scale), "flow.concepts": .number(Double(concepts)),
            "flow.signal": .list(signal.map(Value.number)),
            "flow.deviation": .list(deviation.map(Value.number)), "flow.moment": .text(moment),
            "flow.steps": .number(Double(steps)), "log.every": 1, "measure.entries": "weights",
        ]
    }

    private static func figure5(
        _ moment: String, _ first: Double, _ extrema: [(Double, Int)], last: Double,
        _ times: [Int?]
    ) -> MatrixFigure {
        MatrixFigure(
            name: "Fig. 5", seed: 2333, scale: 0.2, concepts: 2, signal: [1, 1.5],
            deviation: [0.05, 0.05, 0.05], moment: moment, steps: 2000, firstLoss: first,
            extrema: extrema, lastLoss: last, majorTimes: times)
    }

    private static func figure(
        _ name: String, _ signal: [Double], _ deviation: [Double], _ moment: String,
        _ first: Double, _ extrema: [(Double, Int)], last: Double? = nil, _ times: [Int?]
    ) -> MatrixFigure {
        MatrixFigure(
            name: name, seed: 233_333, scale: 0.1, concepts: signal.count, signal: signal,
            deviation: deviation, moment: moment, steps: 10_000, firstLoss: first,
            extrema: extrema, lastLoss: last, majorTimes: times)
    }

    static let all = [
        figure5(
            "squared", 1.46806, [(0.18096, 254), (0.25463, 440)], last: 7.47e-4, [740, 190]),
        figure5("plain", 1.46779, [(0.0308, 323), (0.0320, 367)], last: 4.7e-6, [354, 226]),
        figure(
            "Fig. 8, code", [1, 1.7, 2.25], [0.5, 0.25, 0.25], "squared", 4.08083,
            [(1.24698, 90), (1.3787, 150), (0.35756, 383), (0.42969, 725)], [1253, 279, 63]),
        figure(
            "Fig. 8, code", [1, 1.7, 2.25], [0.5, 0.25, 0.25], "plain", 4.08552,
            [(0.14867, 384), (0.17756, 517)], [690, 287, 112]),
        figure(
            "Fig. 8, caption", [1, 1.5, 2.2], [0.05, 0.05, 0.05], "squared", 3.68539,
            [(1.15626, 106), (1.38545, 240), (0.4213, 719), (0.48012, 1679)], [3708, 518, 74]),
        figure(
            "Fig. 8, caption", [1, 1.5, 2.2], [0.05, 0.05, 0.05], "plain", 3.68834,
            [(0.82971, 178), (0.85882, 234), (0.28312, 516), (0.3318, 788)], [1210, 389, 120]),
        figure(
            "Fig. 9, code", [1, 1.5, 2.2, 2.7], [0.05, 0.05, 0.05, 0.05], "squared", 7.00602,
            [
                (1.32286, 108), (1.49049, 146), (1.24314, 228), (1.33628, 374), (0.36733, 1171),
                (0.46855, 2940),
            ], last: 2.7e-5, [6151, 859, 169, 91]),
        figure(
            "Fig. 9, code", [1, 1.5, 2.2, 2.7], [0.05, 0.05, 0.05, 0.05], "plain", 7.00978,
            [(0.50292, 206), (0.63986, 320), (0.21738, 648), (0.25626, 945)],
            [1394, 481, 187, 178]),
        figure(
            "Fig. 10", [0.7, 1.7, 3], [0.05, 0.05, 0.05], "squared", 5.65938,
            [(1.22701, 32), (1.61179, 107), (0.22565, 493)], last: 0.25437, [nil, 330, 22]),
    ]
}

@Suite("The symmetric two-layer model of the paper")
struct MatrixPaperTests {
    /// The generator of the published figures.
    @Test(
        "starts from the numbers of MT19937",
        arguments: [
            (0, [0.4962566, 0.7682218, 0.08847743, 0.13203049, 0.30742282, 0.6340787]),
            (42, [0.88226926, 0.91500396, 0.38286376, 0.95930564, 0.3904482, 0.60089535]),
        ] as [(UInt32, [Double])])
    func generator(seed: UInt32, expected: [Double]) {
        var generator = MersenneTwister(seed: seed)
        for number in expected { #expect(abs(generator.uniform() - number) < 1e-7) }
        // Past the first refill of its state.
        for _ in 0..<2000 { #expect((0..<1).contains(generator.uniform())) }
    }

    @Test(
        "starts from W(0) of the figures",
        arguments: [
            (
                2333, 3, 0.2,
                [0.07060673, 0.02279698, 0.03698679, 0.01039906, 0.00480261, 0.04288765]
            ),
            (
                233_333, 3, 0.1,
                [0.01686315, 0.01310228, 0.01776700, 0.01057709, 0.01324931, 0.02316830]
            ),
            (
                233_333, 4, 0.1,
                [
                    0.01705906, 0.01901147, 0.01482616, 0.00522566, 0.02551488, 0.02184734,
                    0.00886077, 0.02417316, 0.00856456, 0.00404622,
                ]
            ),
        ] as [(Double, Int, Double, [Double])])
    func starts(seed: Double, d: Int, scale: Double, upper: [Double]) throws {
        let result = try runMatrix([
            "flow.initialization": "fixture", "flow.fixture_seed": .number(seed),
            "flow.dimension": .number(Double(d)), "flow.scale": .number(scale), "flow.steps": 1,
            "measure.entries": "weights",
        ])
        var expected = upper[...]
        for i in 1...d {
            for j in i...d {
                let entry = try #require(result.values("w/\(j)/\(i)").first)
                #expect(abs(entry - expected.removeFirst()) < 1e-8)
            }
        }
    }

    /// Published pictures, in Double where they were drawn in 32 bits.
    ///
    /// - SeeAlso: arXiv:2410.08309, Figures 5, 8, 9 and 10.
    @Test("has the losses of the figures", arguments: MatrixFigure.all)
    func figures(figure: MatrixFigure) throws {
        let result = try runMatrix(figure.values)
        #expect(result.outcome == .finished)
        let losses = result.values("ood_loss")
        #expect(abs(losses[1] - figure.firstLoss) < 1e-5)
        for (rank, (value, index)) in figure.extrema.enumerated() {
            #expect(abs(losses[index + 1] - value) < 1e-4)
            // One of its neighbours at most is beyond it, by what 32 bits cannot tell apart.
            let sign = rank % 2 == 0 ? 1.0 : -1.0
            for offset in [-3, 3] {
                #expect(sign * losses[index + 1 + offset] > sign * losses[index + 1])
            }
        }
        if let last = figure.lastLoss { #expect(abs(losses[figure.steps] / last - 1) < 0.01) }
        for (k, index) in figure.majorTimes.enumerated() {
            let step = try #require(result.scalar("major_time/\(k + 1)"))
            #expect(step.map { Int($0.rounded(.up)) - 1 } == index)
        }
    }

    /// - SeeAlso: arXiv:2410.08309, Figure 5.
    @Test("swings up and left in Figure 5 while the minor entry rises and falls")
    func figure5() throws {
        let result = try runMatrix(MatrixFigure.all[0].values)
        let (first, second) = (result.values("output/1"), result.values("output/2"))
        let points: [(Int, Double, Double)] = [
            (0, 0.106, 0.039), (100, 0.239, 0.249), (150, 0.342, 0.573), (200, 0.415, 1.035),
            (254, 0.410, 1.410), (300, 0.367, 1.540), (350, 0.324, 1.574), (440, 0.292, 1.557),
            (600, 0.365, 1.519), (800, 0.579, 1.503), (1200, 0.904, 1.500), (1999, 0.997, 1.500),
        ]
        for (index, x, y) in points {
            #expect(abs(first[index + 1] - x) < 0.001 && abs(second[index + 1] - y) < 0.001)
        }
        let minor = result.values("w/2/1")
        #expect(abs((minor.max() ?? 0) - 0.19801) < 1e-5)
        #expect(abs(minor[225] - 0.19801) < 1e-5)
        let plain = try runMatrix(MatrixFigure.all[1].values).values("w/2/1")
        #expect(abs((plain.max() ?? 0) - 0.26653) < 1e-5)
        let losses = result.values("train_loss")
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 >= $1 })
    }

    /// A step size of 0.01 leaves the positive semidefinite matrices in Figure 10, and a smaller
    /// one, or descent on U, learns the first concept.
    @Test("fails to learn in Figure 10 only by its step size")
    func figure10() throws {
        var values = MatrixFigure.all[8].values
        values["measure.spectrum"] = true
        values["log.every"] = 10
        values["measure.entries"] = "none"
        let euler = try runMatrix(values)
        #expect((euler.scalar("psd_exit") ?? nil) != nil)
        #expect(euler.scalar("major_time/1") == .some(nil))
        let times: [(String, Double, Double)] = [
            ("euler", 0.005, 157.31), ("euler", 0.002, 147.95), ("descent", 0.01, 144.05),
        ]
        for (stepper, size, expected) in times {
            values["flow.stepper"] = .text(stepper)
            values["flow.step_size"] = .number(size)
            values["flow.steps"] = .number((180 / size).rounded())
            let result = try runMatrix(values)
            #expect(result.scalar("psd_exit") == .some(nil))
            let step = try #require(result.scalar("major_time/1") ?? nil)
            #expect(abs(step * size - expected) < 0.02)
        }
    }

    /// - SeeAlso: arXiv:2410.08309, Eq. 4.3: growth, suppression and noise add up to V, and V is
    ///   half the flow of U Uᵀ.
    @Test("moves by growth, suppression and noise", arguments: 1...8)
    func terms(d: Int) throws {
        for seed in 1...5 {
            let velocity = try PaperIdentities(seed: UInt64(seed)).velocity(dimension: d)
            #expect(velocity.terms < 1e-12)
            #expect(velocity.factor < 1e-12)
        }
    }

    @Test("logs terms whose sum is the velocity of the entry")
    func loggedTerms() throws {
        let result = try runMatrix([
            "flow.signal": [1, 1.5, 2.2], "flow.initialization": "nonnegative", "log.every": 1,
            "flow.steps": 400, "flow.step_size": 0.02, "measure.entries": "terms",
        ])
        for entry in ["1/1", "2/1", "3/2", "3/3"] {
            let w = result.values("w/\(entry)")
            let (growth, suppression, noise) = (
                result.values("growth/\(entry)"), result.values("suppression/\(entry)"),
                result.values("noise/\(entry)")
            )
            for t in 0..<400 {
                let velocity = growth[t] - suppression[t] - noise[t]
                #expect(abs((w[t + 1] - w[t]) / 0.02 - velocity) < 1e-12)
            }
        }
    }

    /// The true gradient flow of the loss in U takes half the time of V.
    @Test("is the flow of U at twice the time", arguments: [0.5, 4.0])
    func twiceTheTime(time: Double) throws {
        let a = SmallMatrix(diagonal: [1.2, 0.7, 0.3])
        let u = SmallMatrix(size: 3, [0.3, 0.1, 0.2, -0.1, 0.4, 0.1, 0.2, 0.2, -0.3])
        let factor = PaperIdentities.integrate(u, time: time, steps: 4000) {
            PaperIdentities.factorVelocity($0, a)
        }
        let weight = PaperIdentities.integrate(
            u * u.transposed, time: 2 * time, steps: 4000
        ) {
            PaperIdentities.field($0, a)
        }
        #expect((factor * factor.transposed - weight).largest < 1e-12)
    }

    /// - SeeAlso: arXiv:2410.08309, Eq. 4.1.
    @Test("has the loss of its second moment, which is diag(σ² + μ²/s)", arguments: 1...3)
    func loss(seed: UInt64) throws {
        let loss = try PaperIdentities(seed: seed).loss(samples: 33_334)
        #expect(loss.relativeDifference < 1e-10)
        #expect(loss.standardErrors < 5)
    }

    @Test("has the second moment of the test vector")
    func moment() throws {
        let configuration = try MatrixConfiguration(
            Configuration(["flow.signal": [1, 2, 0.7], "flow.deviation": [0.3, 0.05, 0.5]]))
        for (value, expected) in zip(configuration.moment, [0.4233333, 1.3358333, 0.4133333]) {
            #expect(abs(value - expected) < 1e-7)
        }
    }

    /// - SeeAlso: arXiv:2410.08309, Theorem 4.1.
    @Test("has a one-layer sibling with a closed form", arguments: 1...8)
    func oneLayer(d: Int) throws {
        for seed in 1...3 {
            let identities = try PaperIdentities(seed: UInt64(10 * d + seed))
            #expect(identities.oneLayerFlow(dimension: d) < 1e-9)
        }
    }

    @Test("grows an isolated major entry along a logistic")
    func logistic() throws {
        #expect(
            abs(MatrixTheory.major(start: 1e-3, moment: 0.7, time: 6) - 0.8165648629955) < 1e-13)
        let values: [String: Value] = [
            "flow.signal": [1], "flow.deviation": 0, "flow.initialization": "explicit",
            "flow.start": [1e-3], "flow.stepper": "rk4", "flow.step_size": 0.005,
            "flow.steps": 4000,
            "measure.entries": "weights",
        ]
        let result = try runMatrix(values)
        let kind = MatrixKind()
        let theory = try #require(kind.theory(of: try kind.complete(Configuration(values))))
        for (measured, expected) in zip(result.values("w/1/1"), theory.curves[0].values) {
            #expect(abs(measured - expected) < 1e-9)
        }
        let half = try #require(theory.scalars[0].value)
        #expect(abs(try #require(result.scalar("major_time/1") ?? nil) - half) < 0.5)
        #expect(abs(half * 0.005 - 6.906754778648554 / 2) < 1e-12)
    }

    /// - SeeAlso: arXiv:2410.08309, section 4.2.2; the rates are evaluated on the run of Figure 5.
    @Test("turns a minor entry when the stronger major has grown")
    func turningPoint() throws {
        let (strong, weak) = (1.2713, 0.2525)
        let point = MatrixTheory.turningPoint(stronger: strong, weaker: weak)
        #expect(abs(point - 0.749) < 0.001)
        // At w_11 = 0.8 the minor falls where a_1 > 3 a_j.
        let terms = MatrixTerms(weight: [0.8, 0.01, 0.01, 0], moment: [3.01, 1])
        #expect(terms.velocity(0, 1) < 0)
        #expect(MatrixTerms(weight: [0.8, 0.01, 0.01, 0], moment: [2.99, 1]).velocity(0, 1) > 0)
        #expect(abs(MatrixTheory.minorRate(stronger: strong, weaker: weak, major: 0) + 0.51) < 0.01)
    }
}
