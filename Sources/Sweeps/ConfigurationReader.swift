/// Reads the values of a configuration as their parameters declare them, defaults where none is
/// given: for trial kinds, whose configurations may come from elsewhere than a sweep file.
public struct ConfigurationReader {
    private let given: Configuration
    private let parameters: [String: Parameter]

    /// - Throws: `ConfigurationError`, at a key that no parameter has.
    public init(_ given: Configuration, parameters: [Parameter]) throws(ConfigurationError) {
        self.given = given
        self.parameters = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0) })
        for key in given.keys where self.parameters[key] == nil {
            throw ConfigurationError(key, "is no key of this kind of trial; leave it out")
        }
    }

    /// Whether the configuration has the key, so that no default takes its place.
    public func isGiven(_ key: String) -> Bool { given[key] != nil }

    public func integer(_ key: String) throws(ConfigurationError) -> Int {
        guard case .integer(let range) = domain(key), let value = value(key).integer,
            range.contains(value)
        else { throw mismatch(key) }
        return value
    }

    /// nil stands for one of the words.
    public func integerOrWord(_ key: String) throws(ConfigurationError) -> Int? {
        guard case .integerOr(let range, let words) = domain(key) else { throw mismatch(key) }
        if let word = value(key).text, words.contains(word) { return nil }
        guard let value = value(key).integer, range.contains(value) else { throw mismatch(key) }
        return value
    }

    public func number(_ key: String) throws(ConfigurationError) -> Double {
        guard case .number(let range, let openBelow) = domain(key), let value = value(key).number,
            range.contains(value), !openBelow || value > range.lowerBound
        else { throw mismatch(key) }
        return value
    }

    public func choice(_ key: String) throws(ConfigurationError) -> String {
        guard case .choice(let words) = domain(key), let value = value(key).text,
            words.contains(value)
        else { throw mismatch(key) }
        return value
    }

    /// - Returns: nil where none is given.
    public func optionalFile(_ key: String) throws(ConfigurationError) -> String? {
        guard let given = given[key] else { return nil }
        guard domain(key) == .file, Parameter.Domain.file.objection(to: given) == nil else {
            throw mismatch(key)
        }
        return given.text
    }

    public func flag(_ key: String) throws(ConfigurationError) -> Bool {
        guard let value = value(key).flag else { throw mismatch(key) }
        return value
    }

    /// - Parameter count: How many a single number stands for, and a list must have.
    public func numbers(_ key: String, count: Int? = nil) throws(ConfigurationError) -> [Double] {
        guard case .numbers(let range, let counts, let broadcast) = domain(key) else {
            throw mismatch(key)
        }
        var values = value(key).numbers
        if broadcast, let count, let number = value(key).number {
            values = Array(repeating: number, count: count)
        }
        guard let values, counts.contains(values.count), values.allSatisfy(range.contains) else {
            throw mismatch(key)
        }
        if let count, values.count != count {
            throw ConfigurationError(
                key, "has \(values.count) values for \(count) concepts; one stands for all")
        }
        return values
    }

    private func domain(_ key: String) -> Parameter.Domain? { parameters[key]?.domain }

    private func value(_ key: String) -> Value {
        guard let value = given[key] ?? parameters[key]?.defaultValue else {
            preconditionFailure("\(key) has no default; ask whether it is given")
        }
        return value
    }

    private func mismatch(_ key: String) -> ConfigurationError {
        let wanted = domain(key).map { "must be \($0)" } ?? "is no key"
        return ConfigurationError(key, "is \(value(key)); it \(wanted)")
    }
}
