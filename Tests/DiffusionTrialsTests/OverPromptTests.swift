import Sweeps
import Testing

@testable import DiffusionTrials
@testable import NumericCore

@Suite("Prompts beyond a class's own")
struct OverPromptTests {
    /// The authors' list for Δc = .2, and their size.
    ///
    /// - SeeAlso: arXiv:2406.19370, section 4, and its authors' code.
    @Test("have the colours of the paper's")
    func colors() throws {
        let probing = DiffusionConfiguration.Probing(
            colorSeparations: [0.2, 0.3, 0.5, 0.7, 0.9], size: 0.3, images: 2)
        let configuration = try DiffusionConfiguration(
            Configuration([
                "tier": "T2", "data.color_separation": 0.2, "data.size_separation": 0.4,
            ]))
        let drawing = ImageDrawing.overPrompts(
            probing, configuration, seed: 1, kernels: try Kernels.chosen())
        let width = ImageTask.conditionWidth
        let conditions = drawing.requests.map { Array($0.conditions.suffix(width)) }
        let colors: [[Float]] = [
            [0.4, 0.4, 0.6], [0.4, 0.4, 0.6], [0.35, 0.35, 0.65], [0.25, 0.25, 0.75],
            [0.15, 0.15, 0.85], [0.05, 0.05, 0.95],
        ]
        for (condition, color) in zip(conditions, colors) {
            #expect(zip(condition[4..<7], color).allSatisfy { abs($0 - $1) < 1e-6 })
            #expect(condition.enumerated().allSatisfy { (4...7).contains($0) || $1 == 0 })
        }
        #expect(conditions.map { $0[7] } == [0.25] + Array(repeating: 0.3, count: 5))
        #expect(drawing.requests.allSatisfy { $0.member.description == "11" })
        #expect(drawing.requests.allSatisfy { $0.conditions.count == 2 * width })
    }

    @Test("are judged beside it, and the best of them is named")
    func judged() throws {
        let judge = try Trials.classify(["train.steps": 4]).weights
        let values: [String: Value] = ["probe.color_separations": [0.6, 1], "probe.images": 3]
        let plain = try Trials.generate(judge: judge)
        let result = try Trials.generate(values, judge: judge)
        func curve(_ name: String) throws -> [Double] {
            let curve = try #require(result.curve(name), "\(name)")
            #expect(curve.steps == [5, 12] && curve.values.allSatisfy { $0 > 0 && $0 < 1 })
            return curve.values
        }
        let (first, second) = (try curve("probe/1"), try curve("probe/2"))
        #expect(first != second)
        #expect(try curve("probe/best") == zip(first, second).map { max($0, $1) })
        #expect(try curve("probe/naive") != first)
        // They draw with random numbers of their own.
        #expect(result.curves.filter { !$0.name.hasPrefix("probe/") } == plain.curves)
    }

    @Test("need a judge")
    func unjudged() {
        let error = #expect(throws: ConfigurationError.self) {
            try Trials.generate(["probe.color_separations": [0.6]])
        }
        #expect(
            error?.description
                == "probe.color_separations needs a classifier that judges the images; write "
                + "judge: {classifier: PATH}")
    }
}
