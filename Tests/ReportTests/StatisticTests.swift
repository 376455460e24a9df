import Sweeps
import Testing

@testable import Report

@Suite("Statistics over seeds")
struct StatisticTests {
    let numbers = [9.6, 3.1, 2.2, 5.5, 4.7]

    func sample(_ numbers: [Double], missing: Int = 0) -> Sample {
        var sample = Sample()
        for number in numbers { sample.add(.number(number)) }
        for _ in 0..<missing { sample.add(.never) }
        return sample
    }

    func value(_ statistic: Statistic, _ numbers: [Double], missing: Int = 0) -> Double? {
        statistic.value(of: sample(numbers, missing: missing).pool(for: statistic, isEvent: false))
    }

    @Test("are those of numpy")
    func knownAnswers() throws {
        #expect(value(.mean, numbers) == 5.0200000000000005)
        #expect(abs(try #require(value(.sd, numbers)) - 2.870017421549911) < 1e-14)
        #expect(value(.median, numbers) == 4.7)
        #expect(abs(try #require(value(.quantile(0.1), numbers)) - 2.56) < 1e-14)
        #expect(abs(try #require(value(.quantile(0.9), numbers)) - 7.96) < 1e-14)
        #expect(value(.quantile(0), numbers) == 2.2)
        #expect(value(.quantile(1), numbers) == 9.6)
        #expect(value(.fraction, [0, 1, 2, 0]) == 0.5)
    }

    @Test("are none of an empty sample, nor a spread of one number")
    func tooFew() {
        for statistic in [Statistic.mean, .sd, .median, .quantile(0.1), .fraction] {
            #expect(value(statistic, []) == nil)
        }
        #expect(value(.sd, [1]) == nil)
        #expect(value(.mean, [1]) == 1)
    }

    @Test("count an event that never came as later than all others, and a mean leaves it out")
    func censoring() {
        #expect(value(.median, [1, 2, 3], missing: 1) == 2.5)
        #expect(value(.median, [1, 2], missing: 2) == .infinity)
        #expect(value(.median, [1, 2], missing: 1) == 2)
        #expect(value(.quantile(0.1), [], missing: 2) == .infinity)
        #expect(value(.mean, [1, 2], missing: 2) == 1.5)
        #expect(value(.mean, [], missing: 2) == nil)
        #expect(value(.fraction, [1, 2], missing: 2) == 0.5)
    }

    @Test("take an event at step 0 for one that came")
    func eventAtStart() {
        let pool = sample([0, 3], missing: 2).pool(for: .fraction, isEvent: true)
        #expect(pool == [0, 0, 1, 1])
    }

    @Test("sum what a plain sum loses")
    func compensation() {
        #expect([1, 1e100, 1, -1e100].sum == 2)
        #expect([Double](repeating: 0.1, count: 10).sum == 1)
    }

    @Test(
        "have Student's t to ten digits",
        arguments: [
            (1, 12.706204736174694), (2, 4.302652729749462), (3, 3.1824463052837078),
            (4, 2.7764451051977934), (9, 2.262157162798205), (10, 2.228138851986274),
            (29, 2.045229642132703), (100, 1.9839715185235518), (999, 1.9623414611334493),
        ])
    func studentT(degreesOfFreedom: Int, expected: Double) {
        let quantile = StudentT.quantile975(degreesOfFreedom: degreesOfFreedom)
        #expect(abs(quantile - expected) < 1e-10)
    }

    @Test("have the t interval of scipy")
    func studentInterval() throws {
        let bounds = try #require(Interval.t95.bounds(of: .mean, pool: numbers.sorted()))
        #expect(abs(bounds.low - 1.4564026934438807) < 1e-12)
        #expect(abs(bounds.high - 8.58359730655612) < 1e-12)
    }

    @Test(
        "have Wilson's interval of scipy",
        arguments: [
            (8, 10, 0.4901624715366418, 0.9433178485456248), (0, 5, 0, 0.43448246478317476),
            (5, 5, 0.5655175352168251, 1), (1, 2, 0.09453120573423074, 0.9054687942657693),
        ])
    func wilson(ups: Int, count: Int, low: Double, high: Double) throws {
        let pool = (0..<count).map { $0 < count - ups ? 0.0 : 1.0 }
        let bounds = try #require(Interval.wilson95.bounds(of: .fraction, pool: pool))
        #expect(abs(bounds.low - low) < 1e-12)
        #expect(abs(bounds.high - high) < 1e-12)
    }

    /// A resample's median of 21 values is at most the k-th of them with a binomial probability:
    /// 1.8 % for the sixth and 5.6 % for the seventh, 94.4 % for the 14th and 98.2 % for the 15th.
    @Test("have the bootstrap interval that the binomial distribution tells of a median")
    func bootstrapMedian() throws {
        let pool = (1...21).map(Double.init)
        let bounds = try #require(Interval.bootstrap95.bounds(of: .median, pool: pool))
        #expect(bounds == (7, 15))
    }

    @Test("have the same bootstrap interval each time, to the bit")
    func bootstrapIsDeterministic() throws {
        let bounds = try #require(Interval.bootstrap95.bounds(of: .mean, pool: numbers.sorted()))
        #expect(bounds == (3.06, 7.32))
    }

    @Test("reach to never where the bootstrap does")
    func censoredBootstrap() throws {
        let pool = [1, 2, 3, 4, .infinity, .infinity]
        let bounds = try #require(Interval.bootstrap95.bounds(of: .median, pool: pool))
        #expect(bounds.low.isFinite)
        #expect(bounds.high == .infinity)
    }

    @Test("have no interval of one number", arguments: Interval.allCases)
    func oneNumber(interval: Interval) {
        let statistic: Statistic = interval == .wilson95 ? .fraction : .mean
        #expect(interval.bounds(of: statistic, pool: [1]) == nil)
    }
}

@Suite("A reducer of a curve")
struct ReductionTests {
    let curve = Curve(name: "loss", steps: [0, 20, 40, 60], values: [3, 1, 1, 2])

    @Test(
        "makes the number that its name says",
        arguments: [(MetricReference.Reducer.last, 2.0), (.min, 1), (.argmin, 20), (.max, 3)])
    func values(reducer: MetricReference.Reducer, expected: Double) {
        #expect(reducer.measurement(of: curve, reference: nil) == .number(expected))
    }

    @Test("makes none of an empty curve", arguments: MetricReference.Reducer.examples)
    func empty(reducer: MetricReference.Reducer) {
        let curve = Curve(name: "loss", steps: [], values: [])
        #expect(reducer.measurement(of: curve, reference: .scale(1)) == .absent)
    }
}

@Suite("A number as text")
struct NumberTextTests {
    @Test("shows two digits of its interval's width")
    func interval() {
        let format = NumberText(for: [33.8, 33.1, 34.6], width: 1.5)
        #expect(format.text(33.8123) == "33.8")
        #expect(NumberText(for: [680, 655], width: 120).text(683.4) == "683")
        #expect(NumberText(for: [0.0123], width: 0.0004).text(0.0123) == "0.01230")
    }

    @Test(
        "shows four digits where nothing says how well it is known, whole numbers in full",
        arguments: [
            (34.0, "34"), (0.1, "0.1000"), (12.3456, "12.35"), (12345, "12345"), (0, "0"),
            (0.00012345, "1.234e-04"), (2.5e9, "2.500e+09"), (-1.5, "-1.500"),
        ])
    func alone(number: Double, expected: String) {
        #expect(NumberText(for: [number]).text(number) == expected)
    }

    @Test("has no minus before zero")
    func minusZero() {
        #expect(NumberText(for: [-0.04, 1], width: 10).text(-0.04) == "0")
    }
}
