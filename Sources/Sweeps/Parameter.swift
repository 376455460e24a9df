/// A key that a trial kind takes, with all that `swingby plan --keys` shows of it.
public struct Parameter: Sendable {
    /// What values a parameter takes.
    public enum Domain: Sendable, Equatable {
        /// A whole number.
        case integer(ClosedRange<Int>)
        /// A number; `openBelow` leaves out the lower bound itself.
        case number(ClosedRange<Double>, openBelow: Bool = false)
        /// One of these words.
        case choice([String])
        /// A whole number or one of these words (`train.batch_size: full`).
        case integerOr(ClosedRange<Int>, words: [String])
        /// `true` or `false`.
        case flag
        /// A list of numbers, one a concept; where `broadcast`, one number stands for all.
        case numbers(ClosedRange<Double>, count: ClosedRange<Int>, broadcast: Bool)
        /// A file, known by its content alone: `sha256:` and 64 hexadecimal digits.
        case file
    }

    /// The dotted key: `train.learning_rate`.
    public let name: String
    public let domain: Domain
    public let unit: String?
    /// What a cell gets that does not name the key; nil where that depends on other keys, as
    /// `documentation` then says.
    public let defaultValue: Value?
    public let documentation: String
    /// Whether the key can be without effect for some values of other keys, so that cells may
    /// turn out equal (`model.hidden` where there is one layer).
    public let isConditional: Bool
    /// Whether the key always applies, as it is given or as its default, fits whatever the other
    /// keys are, and has no bearing on them: a million values of it need not be completed one by
    /// one to know that they are a million cells.
    public let isIndependent: Bool

    /// - Precondition: A key is not both conditional and independent.
    public init(
        _ name: String, _ domain: Domain, unit: String? = nil, default defaultValue: Value? = nil,
        isConditional: Bool = false, isIndependent: Bool = false, _ documentation: String
    ) {
        precondition(!isConditional || !isIndependent, "\(name) is conditional and independent")
        self.name = name
        self.domain = domain
        self.unit = unit
        self.defaultValue = defaultValue
        self.isConditional = isConditional
        self.isIndependent = isIndependent
        self.documentation = documentation
    }
}
