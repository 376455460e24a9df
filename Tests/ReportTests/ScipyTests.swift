import Foundation
import Testing

@testable import Report
@testable import Sweeps

/// One run of scipy for 200 random data sets of many sizes, scales and numbers of ties.
@Suite("Statistics and tests of claims")
struct ScipyTests {
    @Test("are those of scipy on 200 random data sets")
    func scipy() throws {
        let sets = (0..<200).map { DataSet(seed: UInt64($0)) }
        let output = try TestPython.withFolder { folder in
            let file = folder.appending(path: "sets.json")
            try Data(JSONValue.array(sets.map(\.json)).text.utf8).write(to: file)
            return try TestPython.run("reference.py", [file.path])
        }
        let reference = try #require(
            JSONSerialization.jsonObject(with: output) as? [[String: Double]])
        try #require(reference.count == sets.count)
        for (set, expected) in zip(sets, reference) {
            let ours = set.statistics
            #expect(Set(ours.keys) == Set(expected.keys))
            for (name, value) in ours {
                let theirs = try #require(expected[name])
                #expect(
                    abs(value - theirs) <= 1e-12 * max(1, abs(theirs)),
                    "\(name) of set \(set.seed): \(value), scipy \(theirs)")
            }
        }
    }

    @Test("are exact where a table of counts can be told by hand")
    func fisher() {
        // Fisher's lady: 3 of 4 cups against 1 of 4.
        #expect(
            abs(Proportion(3, of: 4).exactTest(against: Proportion(1, of: 4)) - 34 / 70) < 1e-15)
        #expect(Proportion(0, of: 5).exactTest(against: Proportion(0, of: 7)) == 1)
        #expect(Proportion(5, of: 5).exactTest(against: Proportion(7, of: 7)) == 1)
        #expect(Proportion(0, of: 2000).exactTest(against: Proportion(2000, of: 2000)) < 1e-300)
    }

    @Test("find no trend where all is alike, and the strongest where all rises")
    func trends() {
        #expect(TrendTest.jonckheere([[1, 1], [1, 1]]).probability == 1)
        #expect(TrendTest.page([[2, 2, 2]]).probability == 1)
        let rising = TrendTest.jonckheere(
            (0..<5).map { i in [0.0, 0.1, 0.2].map { $0 + Double(i) } })
        #expect(rising.statistic == 90)
        #expect(rising.probability < 1e-5)
        let falling = TrendTest.jonckheere((0..<5).map { [-Double($0), -Double($0) - 0.5] })
        #expect(falling.probability > 0.999)
        #expect(spearman([1, 2, 3], [1, 1, 1]) == nil)
    }

    @Test(
        "have the normal tail to 13 digits",
        arguments: [
            (0.0, 0.5), (1, 0.15865525393145707), (2.9, 0.0018658133003840378),
            (3, 0.0013498980316300933), (3.1, 0.0009676032132183561), (10, 7.61985302416047e-24),
            (-2, 0.9772498680518208), (37, 5.725571222524577e-300),
        ])
    func normal(z: Double, expected: Double) {
        #expect(abs(normalTail(z) - expected) <= 1e-13 * expected)
    }
}

private struct DataSet {
    let seed: UInt64
    var numbers: [Double] = []
    var partner: [Double] = []
    var proportion = Proportion(0, of: 1)
    var other = Proportion(0, of: 1)
    var groups: [[Double]] = []
    var rows: [[Double]] = []

    init(seed: UInt64) {
        self.seed = seed
        var generator = SplitMix64(seed: seed)
        func uniform() -> Double { Double(generator.next() >> 11) * 0x1p-53 }
        func below(_ limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }
        let scale = [1e-3, 1, 100][below(3)]
        let isCoarse = below(2) == 0
        func number() -> Double {
            let number = (uniform() + uniform() - 0.7) * scale
            return isCoarse ? (number / scale * 8).rounded() * scale / 8 : number
        }
        let count = 3 + below(60)
        numbers = (0..<count).map { _ in number() } + [scale, 2 * scale]
        partner = numbers.map { $0 * uniform() } + []
        proportion = Proportion(below(30), of: 30 + below(50))
        other = Proportion(below(20), of: 20 + below(30))
        groups = (0..<(2 + below(4))).map { shift in
            (0..<(2 + below(12))).map { _ in number() + 0.1 * scale * Double(shift) }
        }
        // Without ties: scipy's variance knows none.
        let columns = 3 + below(4)
        rows = (0..<(2 + below(20))).map { _ in
            (0..<columns).map { uniform() + 0.2 * Double($0) }
        }
    }

    private var pool: [Double] { numbers.sorted() }
    private var resampled: [Double] { Interval.resampled(.mean, pool) }

    var json: JSONValue {
        func list(_ numbers: [Double]) -> JSONValue { .array(numbers.map(JSONValue.number)) }
        return [
            "numbers": list(numbers), "partner": list(partner), "resampled": list(resampled),
            "proportion": [.integer(proportion.count), .integer(proportion.total)],
            "other": [.integer(other.count), .integer(other.total)],
            "groups": .array(groups.map(list)), "rows": .array(rows.map(list)),
        ]
    }

    var statistics: [String: Double] {
        let t = Interval.t95.bounds(of: .mean, pool: pool)
        let bootstrap = Interval.bootstrap95.bounds(of: .mean, pool: pool)
        let jonckheere = TrendTest.jonckheere(groups)
        let page = TrendTest.page(rows)
        return [
            "mean": Statistic.mean.value(of: pool), "sd": Statistic.sd.value(of: pool),
            "median": Statistic.median.value(of: pool),
            "q10": Statistic.quantile(0.1).value(of: pool),
            "q90": Statistic.quantile(0.9).value(of: pool), "t95 low": t?.low, "t95 high": t?.high,
            "bootstrap95 low": bootstrap?.low, "bootstrap95 high": bootstrap?.high,
            "wilson95 low": proportion.wilson95.low, "wilson95 high": proportion.wilson95.high,
            "fisher": proportion.exactTest(against: other), "jonckheere": jonckheere.statistic,
            "jonckheere p": jonckheere.probability, "page": page.statistic,
            "page p": page.probability, "spearman": spearman(numbers, partner),
        ].compactMapValues(\.self)
    }
}
