import Testing

@testable import Sweeps

@Suite("The speed of curves")
struct CurveSpeedTests {
    private func result(_ curves: [Curve]) -> TrialResult {
        TrialResult(outcome: .finished, curves: curves, scalars: [], weights: [])
    }

    @Test("is the norm of their change a step, on steps that lie unevenly too")
    func norm() {
        let steps: [UInt32] = [0, 1, 3, 8]
        let times = steps.map(Double.init)
        let result = result([
            Curve(name: "place/1", steps: steps, values: times.map { 3 * $0 }),
            Curve(name: "place/2", steps: steps, values: times.map { 1 - 4 * $0 }),
            Curve(name: "placement/1", steps: steps, values: times.map { 100 * $0 }),
        ])
        let speed = result.curve("speed(place)")
        #expect(speed == Curve(name: "speed(place)", steps: steps, values: [5, 5, 5, 5]))
        // Of second order: a square's change is twice its place, but at the ends.
        let changes = CurveSpeed.changes(times.map { $0 * $0 }, at: times)
        #expect(changes == [1, 2, 6, 11])
        #expect(CurveSpeed.changes([7], at: [1]) == [0])
    }

    @Test("is not there where there are no such curves, or where they have other steps")
    func missing() {
        let odd = result([
            Curve(name: "place/1", steps: [0, 1], values: [0, 1]),
            Curve(name: "place/2", steps: [0, 2], values: [0, 1]),
            Curve(name: "spot/1", steps: [4], values: [0]),
        ])
        for word in ["(place)", "(spot)", "(none)", "()", "(place", ""] {
            #expect(odd.curve("speed" + word) == nil, "\(word)")
        }
    }

    @Test("may be named where a kind measures something in parts")
    func named() {
        func problems(_ metric: String) -> String {
            let curve = metric.split(separator: ":")[0]
            let text = """
                name: a
                parameters: {model.layers: {value: 1}}
                tables: {main: {cells: [{metric: "\(metric)"}]}}
                figures: {f: {curve: ["\(curve)"]}}
                """
            return complaints(about: Array(text.utf8)).joined(separator: "\n")
        }
        #expect(problems("speed(output):last") == "")
        #expect(problems("speed(outpt):last").contains("speed(output)"))
        #expect(problems("speed(output)").contains("is a curve; say what of it"))
        #expect(problems("speed(output):rho").contains("needs to know how large"))
        #expect(problems("speed(ood_loss):last").contains("no metric"))
    }
}
