/// What the command line says of one key: `train.learning_rate=0.1,0.2`.
struct Override {
    let key: String
    let origin: SweepFileError.Origin
    /// At least one.
    let values: [SourceNode]

    /// Leaves out those that cannot be read, each with its problem.
    static func read(_ texts: [String], _ problems: inout Problems) -> [Override] {
        var overrides: [Override] = []
        for (index, text) in texts.enumerated() {
            let origin = SweepFileError.Origin.override(text, index: index)
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                problems.add(origin, "not an override; write key=value, or key=a,b for an axis")
                continue
            }
            let key = String(parts[0])
            guard !overrides.contains(where: { $0.key == key }) else {
                problems.add(origin, "'\(key.visible)' is overridden twice; keep one")
                continue
            }
            let values = YAMLReader.read(
                values: String(parts[1]), origin: origin, problems: &problems)
            if let values, values.isEmpty {
                problems.add(origin, "no value; write \(key.visible)=value")
            } else if let values {
                overrides.append(Override(key: key, origin: origin, values: values))
            }
        }
        return overrides
    }
}

extension [Override] {
    /// Takes out the override of a key that is no axis.
    ///
    /// - Returns: Its value; nil where there is none.
    mutating func take(_ key: String, _ problems: inout Problems) -> SourceNode? {
        guard let index = firstIndex(where: { $0.key == key }) else { return nil }
        let override = remove(at: index)
        if override.values.count > 1 {
            problems.add(override.origin, "\(key) is no axis; give one value")
        }
        return override.values[0]
    }
}
