extension MetricReference {
    /// Makes a number of a curve: see `Report` for what each one says.
    public enum Reducer: Hashable, Sendable {
        case last, min, argmin, max
        case rise, rho, swing, descents, area
        /// The step at which the curve first comes below a number.
        case firstBelow(Double)
        /// The step from which on the curve stays within this share of its target.
        case learningTime(Double)
        /// The slope of the curve, or of its logarithm, over the last half of its steps.
        case slope, logSlope
    }
}

extension MetricReference.Reducer: CustomStringConvertible {
    /// One of each, as a file writes it.
    public static let examples: [Self] = [
        .last, .min, .argmin, .max, .rise, .rho, .swing, .descents, .firstBelow(0.1),
        .learningTime(0.1), .slope, .logSlope, .area,
    ]

    /// - Throws: `ReducerError`.
    public init(_ text: String) throws(ReducerError) {
        if let plain = Self.examples.first(where: { $0.description == text && $0.number == nil }) {
            self = plain
            return
        }
        let word = String(text.prefix { $0 != "(" })
        let argument = text.hasSuffix(")") ? text.dropFirst(word.count + 1).dropLast() : ""
        let number: Double? =
            if case .value(.number(let number)) = PlainScalar(String(argument)) { number } else {
                nil
            }
        switch (word, number) {
        case ("first_below", let number?): self = .firstBelow(number)
        case ("learning_time", let number?) where number > 0 && number < 1:
            self = .learningTime(number)
        default:
            let example = Self.examples.first { $0.word == word }?.description
            throw ReducerError(text: text, example: example)
        }
    }

    public var description: String {
        switch self {
        case .slope, .logSlope: "\(word)(late)"
        default: number.map { "\(word)(\(Value.canonicalText(of: $0)))" } ?? word
        }
    }

    private var word: String {
        switch self {
        case .last: "last"
        case .min: "min"
        case .argmin: "argmin"
        case .max: "max"
        case .rise: "rise"
        case .rho: "rho"
        case .swing: "swing"
        case .descents: "descents"
        case .area: "area"
        case .firstBelow: "first_below"
        case .learningTime: "learning_time"
        case .slope: "slope"
        case .logSlope: "log_slope"
        }
    }

    private var number: Double? {
        switch self {
        case .firstBelow(let number), .learningTime(let number): number
        default: nil
        }
    }
}

extension MetricReference.Reducer {
    /// How the number changes where steps are counted in another unit: a step itself is divided by
    /// the steps of a unit (1), a slope is multiplied by them (−1).
    public var powerOfStep: Int {
        switch self {
        case .argmin, .firstBelow, .learningTime, .area: 1
        case .slope, .logSlope: -1
        case .last, .min, .max, .rise, .rho, .swing, .descents: 0
        }
    }

    /// Whether it is the step of something that may never come.
    public var isEvent: Bool {
        switch self {
        case .firstBelow, .learningTime: true
        default: false
        }
    }
}

/// What is written after the colon of a metric and is no reducer.
public struct ReducerError: Error, Hashable, Sendable, CustomStringConvertible {
    let text: String
    /// Of the same word, where there is one.
    let example: String?

    public var description: String {
        if let example {
            return "'\(text.visible)' is not how that reducer is written; write \(example)"
        }
        return "unknown reducer \(SweepFileError.quoted(text))"
            + suggestion(
                for: text, among: MetricReference.Reducer.examples.map(\.description))
    }
}

extension Plan {
    /// Says why a reducer makes nothing of a curve: the kind does not tell what to hold it against.
    ///
    /// - Returns: nil where it does, or where no cell says that it measures the curve.
    public func objection(to reducer: MetricReference.Reducer, of curve: String) -> String? {
        let need: String
        switch reducer {
        case .rho, .swing: need = "how large \(curve.visible) can be"
        case .learningTime: need = "where \(curve.visible) should end"
        default: return nil
        }
        for index in 0..<cellCount {
            let configuration = cell(at: index).configuration
            guard metrics(of: configuration).contains(where: { $0.name == curve }) else {
                continue
            }
            switch (reducer, kind.reference(of: curve, in: configuration)) {
            case (.rho, .scale), (.swing, .scale), (.learningTime, .target): return nil
            default: return "\(reducer) needs to know \(need), and \(kind.name) does not say that"
            }
        }
        return nil
    }
}
