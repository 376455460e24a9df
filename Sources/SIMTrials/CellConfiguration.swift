import Sweeps

/// What a kind makes of a cell's values: decoded and checked.
protocol CellConfiguration {
    /// - Throws: `ConfigurationError`, where a value is out of range or values do not fit together.
    init(_ given: Configuration) throws(ConfigurationError)

    /// The complete configuration: defaults written out, lists in full, only keys that apply.
    var complete: Configuration { get }
}

extension CellConfiguration {
    /// - Precondition: A complete configuration of the kind.
    init(complete configuration: Configuration) {
        do {
            try self.init(configuration)
        } catch {
            preconditionFailure("not a complete configuration: \(error)")
        }
    }
}
