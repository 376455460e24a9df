import Sweeps
import Testing

@testable import SIMTrials

/// Constants at which the paper's assumptions on the symmetric two-layer model hold together: only
/// at extreme scales, W(0) = ω (11ᵀ + I).
@Suite("The lemmas of the paper's Appendix D")
struct LemmaPaperTests {
    static func values(moment: [Double], logGrowth: Double, omega: Double) -> [String: Value] {
        let d = moment.count
        let strongest = moment.max() ?? 1
        let start = (0..<d * d).map { $0 % (d + 1) == 0 ? 2 * omega : omega }
        return [
            "flow.signal": .list(moment.map { .number((Double(d) * $0).squareRoot()) }),
            "flow.deviation": 0, "flow.initialization": "explicit",
            "flow.start": .list(start.map(Value.number)),
            "flow.step_size": .number(1 / (180.5 * strongest)), "measure.lemmas": true,
            "lemma.log_growth": .number(logGrowth), "log.every": 1000,
        ]
    }

    /// - SeeAlso: arXiv:2410.08309, Lemmas D.1, D.2 and D.5 to D.8.
    @Test("hold where the assumptions do, but for Corollary D.1 with a single P")
    func violations() throws {
        var values = Self.values(moment: [5, 1], logGrowth: 175, omega: 6.2e-81)
        values["flow.steps"] = .number(100 * 180.5 * 5)
        let result = try runMatrix(values)
        #expect(result.scalar("violations/assumptions") == 0)
        for lemma in ["D1", "D2", "D3", "D4", "D5", "D6", "D7", "D8", "noise_P2"] {
            #expect(result.scalar("violations/\(lemma)") == 0, "\(lemma)")
        }
        #expect(try #require(result.scalar("violations/noise_P") ?? nil) > 0)
        // Both concepts are learned by the end, so that there was something to violate.
        #expect((result.scalar("learning_time/2") ?? nil) != nil)
    }

    /// A count that could not rise would show nothing.
    @Test("are broken where the assumptions are")
    func broken() throws {
        let result = try runMatrix([
            "flow.signal": [2, 1.9], "flow.initialization": "explicit", "flow.steps": 1000,
            "flow.start": [0.03, 0.025, 0.025, 0.03], "measure.lemmas": true, "log.every": 1,
            "lemma.log_growth": 0.7, "flow.step_size": 0.1,
        ])
        #expect(try #require(result.scalar("violations/assumptions") ?? nil) > 0)
        for lemma in ["D2", "noise_P", "noise_P2", "D8"] {
            #expect(try #require(result.scalar("violations/\(lemma)") ?? nil) > 0, "\(lemma)")
        }
    }
}
