import Testing

@testable import Report
@testable import Sweeps

/// A reducer beside a plain definition of it: what is long and slow here is short and fast there.
@Suite("A reducer of a curve of a loss or an output")
struct CurveReductionTests {
    func curve(_ values: [Double], every: UInt32 = 10) -> Curve {
        Curve(name: "loss", steps: values.indices.map { UInt32($0) * every }, values: values)
    }

    func number(
        _ reducer: MetricReference.Reducer, _ values: [Double], _ reference: CurveReference? = nil
    ) -> Double? {
        let measurement = reducer.measurement(of: curve(values), reference: reference)
        return if case .number(let number) = measurement { number } else { nil }
    }

    /// Random walks with steps of many sizes, so that some wiggles are jitter.
    func walk(seed: UInt64) -> [Double] {
        var generator = SplitMix64(seed: seed)
        var value = 3.0
        return (0..<80).map { _ in
            let size = [1e-5, 1e-4, 0.01, 0.3][Int(generator.next() % 4)]
            value = abs(value + (Double(generator.next() >> 11) * 0x1p-53 - 0.5) * size)
            return value
        }
    }

    @Test("has the rise of its definition", arguments: UInt64(0)..<40)
    func rise(seed: UInt64) throws {
        let values = walk(seed: seed)
        var rise = 0.0
        var top: (start: Int, end: Int)?
        for t in values.indices {
            for u in 0...t where values[t] - values[u] > rise {
                rise = values[t] - values[u]
                top = (u, t)
            }
        }
        #expect(number(.rise, values) == rise)
        #expect(number(.rho, values, .scale(2.5)) == rise / 2.5)
        let before = top.map { values[0...$0.end].min() ?? 0 } ?? -1
        let swings = rise / 2.5 > 0.01 && values[79] < before
        #expect(number(.swing, values, .scale(2.5)) == (swings ? 1 : 0))
    }

    /// Extrema that survive when the smallest pair of neighbours is taken out again and again.
    func plainDescents(_ values: [Double]) -> Int {
        let threshold = 1e-4 * (values.max() ?? 0)
        var extrema = values.indices.filter { i in
            guard i > 0, i + 1 < values.count else { return true }
            return (values[i] - values[i - 1]) * (values[i + 1] - values[i]) < 0
        }.map { values[$0] }
        while extrema.count > 1 {
            let gaps = extrema.indices.dropLast().map { abs(extrema[$0 + 1] - extrema[$0]) }
            guard let least = gaps.indices.min(by: { gaps[$0] < gaps[$1] }),
                gaps[least] <= threshold
            else { break }
            // At an end only the end goes: its neighbour is the extremum of the two.
            if least == 0 {
                extrema.remove(at: 0)
            } else if least == gaps.count - 1 {
                extrema.removeLast()
            } else {
                extrema.removeSubrange(least...least + 1)
            }
        }
        let falls = zip(extrema, extrema.dropFirst()).filter { $0 > $1 }.count
        let startsByRising = extrema.count > 1 && extrema[0] < extrema[1]
        return max(1, falls + (startsByRising ? 1 : 0))
    }

    @Test("counts descents, jitter apart", arguments: UInt64(0)..<40)
    func descents(seed: UInt64) {
        let values = walk(seed: seed)
        #expect(MetricReference.Reducer.descents(of: values) == plainDescents(values))
    }

    @Test("counts the descents of constructed curves")
    func constructedDescents() {
        let cases: [(values: [Double], descents: Int)] = [
            ([3, 2, 1], 1), ([3, 1, 2, 0], 2), ([3, 1, 2], 1), ([1, 1, 1], 1),
            ([3, 1, 1.0002, 0.5], 1), ([3, 1, 1.0004, 0.5], 2), ([4, 2, 3, 1, 2, 0], 3),
            // The threshold is one of distance, not of neighbours: slow rises count.
            ([3, 1, 1.0002, 1.0004, 1.0006, 0.1], 2),
        ]
        for (values, descents) in cases {
            #expect(number(.descents, values) == Double(descents), "\(values)")
        }
    }

    @Test("swings only where the curve ends below what it had reached before")
    func swing() {
        #expect(number(.swing, [3, 1, 2, 0.5], .scale(2.5)) == 1)
        #expect(number(.swing, [3, 1, 2, 1], .scale(2.5)) == 0)
        #expect(number(.swing, [3, 1, 1.02, 0.5], .scale(2.5)) == 0)
        #expect(number(.swing, [3, 2, 1], .scale(2.5)) == 0)
        #expect(number(.swing, [3, 1, 2, 0.5], nil) == nil)
    }

    @Test("finds the first step below a number, between the points")
    func firstBelow() {
        #expect(number(.firstBelow(1.5), [3, 2, 1, 3, 0]) == 15)
        #expect(number(.firstBelow(4), [3, 2]) == 0)
        #expect(
            MetricReference.Reducer.firstBelow(1).measurement(
                of: curve([3, 2]), reference: nil) == .never)
    }

    @Test("finds from when on the target is held for good")
    func learningTime() {
        let target = CurveReference.target(2)
        #expect(number(.learningTime(0.1), [0, 1.9, 1, 1.6, 2], target) == 35)
        #expect(number(.learningTime(0.25), [0, 3, 2, 2], target) == 15)
        #expect(number(.learningTime(0.1), [2, 2], target) == 0)
        #expect(number(.learningTime(0.25), [-4, -1], .target(-2)) == nil)
        #expect(number(.learningTime(0.25), [-4, -2], .target(-2)) == 7.5)
    }

    @Test("measures late slopes and areas")
    func slopes() throws {
        let line = (0...10).map { 5 - 0.25 * Double($0) }
        #expect(
            abs(try #require(number(.slope, [9, 9, 9, 9, 9] + line.dropFirst(5))) + 0.025) < 1e-15)
        let decay = (0...20).map { 3 * exp2(-Double($0)) }
        let slope = try #require(number(.logSlope, decay))
        #expect(abs(slope + 0.0693147180559945) < 1e-15)
        #expect(number(.area, [1, 3, 2]) == 45)
        #expect(number(.slope, [1]) == nil)
    }

    @Test("is written as it is read", arguments: MetricReference.Reducer.examples)
    func spelling(reducer: MetricReference.Reducer) throws {
        #expect(try MetricReference.Reducer(reducer.description) == reducer)
    }

    @Test(
        "is refused with what would be right",
        arguments: [
            (
                "first_below",
                "'first_below' is not how that reducer is written; write first_below(0.1)"
            ),
            (
                "learning_time(2)",
                "'learning_time(2)' is not how that reducer is written; write learning_time(0.1)"
            ),
            ("slope", "'slope' is not how that reducer is written; write slope(late)"),
            ("last(3)", "'last(3)' is not how that reducer is written; write last"),
            ("swng", "unknown reducer 'swng'; did you mean 'swing'?"),
        ])
    func refusal(text: String, message: String) {
        let error = #expect(throws: ReducerError.self) { try MetricReference.Reducer(text) }
        #expect(error?.description == message)
    }
}

/// 2ˣ for whole x, exactly.
private func exp2(_ x: Double) -> Double { Double(sign: .plus, exponent: Int(x), significand: 1) }
