import Testing

@testable import DiffusionTrials

@Suite("What a judge says of a class's images")
struct JudgementTests {
    private let blueSmall = ConceptClass(values: [true, true])

    private func reading(_ blue: Float, _ small: Float, present: Float) -> Reading {
        Reading(logits: [0, blue, 0, small, 0, present], concepts: 2)
    }

    @Test("counts an image without a disc as neither value")
    func empty() {
        let image = reading(50, 50, present: 50)
        let nothing = reading(50, 50, present: -50)
        let half = Judgement([image, nothing], of: blueSmall)
        #expect(abs(half.coordinates[0] - 0.5) < 1e-12 && abs(half.presence - 0.5) < 1e-12)
        #expect(abs(half.loss - 0.25) < 1e-12)
        #expect(abs(half.accuracy - 0.25) < 1e-12 && abs(half.jointAccuracy - 0.5) < 1e-12)
        let redBig = Judgement([nothing], of: ConceptClass(values: [false, false]))
        #expect(redBig.accuracy < 1e-12)
    }

    @Test("tells concepts that are right at once from those that are right in turns")
    func joint() {
        let turns = [reading(50, -50, present: 50), reading(-50, 50, present: 50)]
        let judgement = Judgement(turns, of: blueSmall)
        #expect(abs(judgement.accuracy - 0.25) < 1e-12)
        #expect(judgement.jointAccuracy < 1e-12)
    }

    @Test("reads probabilities off logits, however large")
    func logits() {
        let image = reading(1, -1e30, present: 3e38)
        #expect(abs(image.values[0] - 0.731_058_578_630_004_9) < 1e-15)
        #expect(image.values[1] == 0 && image.presence == 1)
    }
}
