import Foundation
public import Report

/// The rules by which numbers are held against a criterion.
public enum Judge {
    /// A share against an anchor that is a count itself: met unless Fisher's exact test, two-sided,
    /// says p < .001.
    public static func agrees(
        _ what: String, _ share: Proportion, with anchor: Proportion
    ) -> Finding {
        guard share.total > 0 else { return missing(what) }
        let p = share.exactTest(against: anchor)
        return Finding(
            "\(what) agrees with \(anchor.count) of \(anchor.total)",
            measured: "\(text(share)), p = \(text(p))", p < 0.001 ? .fail : .pass)
    }

    /// A share that is at least `limit`: open while Wilson's 95 % interval straddles it.
    public static func atLeast(_ what: String, _ share: Proportion, _ limit: Double) -> Finding {
        guard share.total > 0 else { return missing(what) }
        let (low, high) = share.wilson95
        return Finding(
            "\(what) is at least \(text(limit))", measured: text(share),
            low >= limit ? .pass : high < limit ? .fail : .inconclusive)
    }

    /// A mean that is at least `limit`: open while two standard errors about it straddle it.
    static func atLeast(_ what: String, _ values: [Double], _ limit: Double) -> Finding {
        guard let found = MeanAndError(values) else { return missing(what) }
        let (low, high) = (found.mean - 2 * found.error, found.mean + 2 * found.error)
        return Finding(
            "\(what) is at least \(text(limit))", measured: "\(found)",
            low >= limit ? .pass : high < limit ? .fail : .inconclusive)
    }

    /// A share that exceeds another by at least `margin`: open while the 95 % interval of their
    /// difference straddles it.
    ///
    /// - SeeAlso: Newcombe, "Interval estimation for the difference between independent
    ///   proportions", 1998, method 10: from both Wilson intervals.
    public static func exceeds(
        _ what: String, _ share: Proportion, _ other: Proportion, by margin: Double
    ) -> Finding {
        guard share.total > 0, other.total > 0 else { return missing(what) }
        let difference = share.share - other.share
        func reach(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
        let low =
            difference
            - reach(share.share - share.wilson95.low, other.wilson95.high - other.share)
        let high =
            difference
            + reach(share.wilson95.high - share.share, other.share - other.wilson95.low)
        return Finding(
            "\(what) by at least \(text(margin))",
            measured: "\(text(difference)) [\(text(low)), \(text(high))]",
            low >= margin ? .pass : high < margin ? .fail : .inconclusive)
    }

    /// Something that must never happen.
    public static func never(_ what: String, _ share: Proportion) -> Finding {
        guard share.total > 0 else { return missing(what) }
        return Finding(
            "\(what): none", measured: "\(share.count) of \(share.total)",
            share.count == 0 ? .pass : .fail)
    }

    /// Groups that rise in their order: Jonckheere's test, one-sided, at .01.
    public static func rises(_ what: String, _ groups: [[Double]]) -> Finding {
        guard groups.allSatisfy({ !$0.isEmpty }) else { return missing(what) }
        let test = TrendTest.jonckheere(groups)
        return Finding(
            what, measured: "p = \(text(test.probability)) (z = \(text(test.score)))",
            test.probability < 0.01 ? .pass : .fail)
    }

    /// A number within bounds; nil, an event that never came, is within none.
    public static func within(
        _ what: String, _ value: Double?, _ bounds: ClosedRange<Double>
    ) -> Finding {
        Finding(
            "\(what) in \(text(bounds.lowerBound)) to \(text(bounds.upperBound))",
            measured: value.map(text) ?? "never",
            value.map(bounds.contains) ?? false ? .pass : .fail)
    }

    /// A number within a share of what is expected.
    public static func near(
        _ what: String, _ value: Double?, _ expected: Double, share: Double
    ) -> Finding {
        let reach = share * expected.magnitude
        return Finding(
            "\(what) is \(text(expected)) to \(text(100 * share)) %",
            measured: value.map(text) ?? "never",
            value.map { ($0 - expected).magnitude <= reach } ?? false ? .pass : .fail)
    }

    /// A whole number that is as expected.
    public static func equals(_ what: String, _ value: Double?, _ expected: Double) -> Finding {
        Finding(
            "\(what) is \(text(expected))", measured: value.map(text) ?? "none",
            value == expected ? .pass : .fail)
    }

    public static func holds(_ what: String, _ isTrue: Bool, measured: String) -> Finding {
        Finding(what, measured: measured, isTrue ? .pass : .fail)
    }

    static func missing(_ what: String) -> Finding {
        Finding(what, measured: "no finished trial", .inconclusive)
    }

    static func text(_ share: Proportion) -> String {
        var (low, high) = share.wilson95
        if share.count == 0 { low = 0 }  // up to rounding
        if share.count == share.total { high = 1 }
        return "\(share.count) of \(share.total) [\(text(low)), \(text(high))]"
    }

    /// Four significant digits.
    static func text(_ number: Double) -> String { String(format: "%.4g", number) }
}
