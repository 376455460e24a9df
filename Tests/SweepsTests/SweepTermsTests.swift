import Sweeps
import Testing

@Suite("The terms of a sweep")
struct SweepTermsTests {
    static let text = """
        name: terms
        parameters: {model.layers: {values: [1, 2]}}
        seeds: {count: 4}
        run: {order: seeds_outer, priority: 2, time_limit: 20m, max_fails: 5%}
        notify: {on: [finished, "failed > 2.5%", "stalled 1h30m"]}
        """

    @Test("are read without its plan as they are with it, overrides too")
    func same() throws {
        let overrides = ["run.priority=7", "seeds.count=3", "model.layers=1"]
        let file = try readSweep(Self.text, overrides)
        let terms = SweepTerms(text: Array(Self.text.utf8), overrides: overrides)
        #expect(terms.run == file.run && terms.run.priority == 7)
        #expect(terms.notify == file.notify && terms.notify.count == 3)
        #expect(terms.seedCount == 3)
        #expect(file.notes.isEmpty)
    }

    @Test("are written as they are read")
    func descriptions() {
        let terms = SweepTerms(text: Array(Self.text.utf8), overrides: [])
        #expect(
            terms.notify.map(\.description) == ["finished", "failed > 2.5%", "stalled 1h30m"])
        for text in ["1.5s", "20m", "1h30m", "1d1s"] {
            #expect(Duration(text: text)?.text == text)
        }
    }
}
