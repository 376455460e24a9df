import Testing

@testable import Claims

@Suite("Concept paths")
struct ConceptPathTests {
    private let steps = [0.0, 1, 3, 6, 10]

    private func path(_ color: [Double], _ size: [Double]) -> ConceptPath {
        ConceptPath(steps: steps, coordinates: [color, size])
    }

    @Test("cross one half when they do so for good, between two steps")
    func crossing() {
        let path = path([0.6, 0.4, 0.6, 0.4, 0.6], [0.6, 0.7, 0.8, 0.9, 1])
        #expect(path.crossing(0) == 8)
        #expect(path.crossing(1) == 0)
        #expect(self.path([1, 1, 1, 1, 0.5], [0, 0, 0, 0, 0]).crossing(0) == nil)
    }

    @Test("have an area whose sign says which concept was ahead")
    func area() {
        let colorFirst = path([0, 1, 1, 1, 1], [0, 0, 0, 0.5, 1])
        let sizeFirst = path([0, 0, 0, 0.5, 1], [0, 1, 1, 1, 1])
        #expect(colorFirst.area == 1 && sizeFirst.area == -1)
        #expect(path(steps, steps).area == 0)
    }

    @Test("rise by the most that the loss gains after a minimum")
    func rise() {
        let path = path([0, 0.5, 0.25, 1, 1], [0, 0.5, 0.25, 1, 1])
        #expect(path.losses == [1, 0.25, 0.5625, 0, 0])
        #expect(path.rise == 0.3125)
        #expect(self.path(steps.map { $0 / 10 }, steps.map { $0 / 10 }).rise == 0)
    }

    /// The numbers are those of `scipy.ndimage.gaussian_filter1d([0, 1, 4, 9, 16], 1.5)`.
    @Test("are smoothed as scipy does it, mirrored at their ends")
    func smoothing() {
        let expected = [
            1.4526678004099745, 2.8860488669074584, 5.6039924878520875, 8.868580878514324,
            11.188709966316157,
        ]
        for (a, b) in zip(Smoothing.smoothed([0, 1, 4, 9, 16], 1.5), expected) {
            #expect((a - b).magnitude < 1e-12)
        }
        #expect(Smoothing.smoothed([3], 2) == [3])
    }

    @Test("are learned at the first of three steps above the level")
    func learningTime() {
        let late = path([0, 0, 1, 1, 1], [0, 0, 0, 0, 1])
        #expect(late.learningTime(0, above: 0.5) == 3)
        #expect(late.learningTime(1) == nil)
    }

    @Test("rise by chance as much as drawn images let them, less with more images")
    func chance() {
        let still = path([0.5, 0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5, 0.5])
        let few = DrawingNoise(imageCount: 32).level(still) { $0.rise }
        let many = DrawingNoise(imageCount: 512).level(still) { $0.rise }
        #expect(many > 0 && few > 2 * many && few < 1)
        let certain = path([1, 1, 1, 1, 1], [0, 0, 0, 0, 0])
        #expect(DrawingNoise(imageCount: 32).level(certain) { $0.rise } == 0)
    }

    @Test("never fall, and keep their mean, as their nearest rising paths")
    func rising() {
        let path = path([0, 0.5, 0.25, 0.75, 1], [1, 0.5, 0.25, 0.25, 0])
        #expect(path.risingOnly.coordinates[0] == [0, 0.375, 0.375, 0.75, 1])
        #expect(path.risingOnly.coordinates[1] == [0.4, 0.4, 0.4, 0.4, 0.4])
    }

    @Test("a line through points is told from none by R²")
    func line() {
        let exact = LineFit([0, 1, 2], [1, -1, -3])
        #expect(exact.slope == -2 && (exact.determination - 1).magnitude < 1e-12)
        #expect(LineFit([0, 1, 2], [1, 1, 1]).determination == 0)
        #expect(LineFit([0, 1, 2], [0, 1, 0]).determination == 0)
    }
}
