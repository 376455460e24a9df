/// The text of an access file or a key file: a first line that says which, then `NAME: VALUE` lines.
struct KeyedLines {
    private let path: String
    private let lines: [(name: String, value: String, number: Int)]
    private let lineCount: Int

    /// - Parameters:
    ///   - title: The first line.
    ///   - names: Those that may occur.
    /// - Throws: `TransportError.malformed`.
    init(_ text: String, path: String, title: String, names: [String]) throws {
        self.path = path
        let rows = text.split(separator: "\n", omittingEmptySubsequences: false)
        lineCount = rows.count
        guard rows.first.map(String.init) == title else {
            throw TransportError.malformed(
                path: path, line: 1, problem: "the first line is not '\(title)'")
        }
        lines = try rows.indices.dropFirst().compactMap { index in
            let row = rows[index]
            guard !row.isEmpty, !row.hasPrefix("#") else { return nil }
            guard let colon = row.firstRange(of: ": ") else {
                throw TransportError.malformed(
                    path: path, line: index + 1, problem: "the line is not 'NAME: VALUE'")
            }
            let name = String(row[..<colon.lowerBound])
            guard names.contains(name) else {
                throw TransportError.malformed(
                    path: path, line: index + 1,
                    problem: "'\(name)' is unknown; known: \(names.joined(separator: ", "))")
            }
            return (name, String(row[colon.upperBound...]), index + 1)
        }
    }

    /// Every value of a name, each made into what it stands for.
    ///
    /// - Throws: `TransportError.malformed`, where `make` has no use for one.
    func all<Value>(
        _ name: String, expecting what: String, _ make: (String) -> Value?
    ) throws -> [Value] {
        try lines.filter { $0.name == name }.map { line in
            guard let value = make(line.value) else {
                throw TransportError.malformed(
                    path: path, line: line.number, problem: "\(name) is not \(what)")
            }
            return value
        }
    }

    /// The value of a name that occurs once.
    func one<Value>(
        _ name: String, expecting what: String, _ make: (String) -> Value?
    ) throws -> Value {
        let values = try all(name, expecting: what, make)
        guard let value = values.first, values.count == 1 else {
            throw TransportError.malformed(
                path: path, line: lineCount,
                problem: "\(name) occurs \(values.count) times; it occurs once")
        }
        return value
    }

    func secret(_ name: String) throws -> CurveKeyPair {
        try one(name, expecting: "a key of 40 characters") { CurveKeyPair(secret: $0) }
    }
}
