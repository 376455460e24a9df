/// One thing that is wrong with a sweep file or its overrides.
public struct SweepFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where a value comes from.
    public enum Origin: Hashable, Sendable {
        /// A place in the file, both from 1; a column is a Unicode scalar.
        case file(line: Int, column: Int)
        /// A place in a file that the sweep file names.
        case beside(file: String, line: Int, column: Int)
        /// An override of the command line, as it was given; `index` is its place among them.
        case override(String, index: Int)
    }

    /// The file, as the messages name it.
    public let path: String
    public let origin: Origin
    /// What is wrong; what would be right.
    public let message: String

    public var description: String {
        switch origin {
        case .file(let line, let column): "\(path.visible):\(line):\(column): \(message)"
        case .beside(let file, let line, let column):
            "\(file.visible):\(line):\(column): \(message)"
        case .override(let text, _): "override \(SweepFileError.quoted(text)): \(message)"
        }
    }

    /// `text` as a message quotes it: shortened, with nothing that a terminal could act on.
    static func quoted(_ text: String) -> String {
        let limit = 80
        let visible = String(text.prefix(limit)).visible
        return text.count > limit ? "'\(visible)…'" : "'\(visible)'"
    }
}

/// All that is wrong with a sweep file: places in the file in order, then in files that it
/// names, then overrides.
public struct SweepFileErrors: Error, Hashable, Sendable, CustomStringConvertible {
    /// Never empty.
    public let errors: [SweepFileError]

    /// A line an error.
    public var description: String { errors.map(\.description).joined(separator: "\n") }
}

extension SweepFileError.Origin: Comparable {
    public static func < (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.file(let lineA, let columnA), .file(let lineB, let columnB)):
            (lineA, columnA) < (lineB, columnB)
        case (.beside(let a, let lineA, let columnA), .beside(let b, let lineB, let columnB)):
            (a, lineA, columnA) < (b, lineB, columnB)
        case (.override(_, let indexA), .override(_, let indexB)): indexA < indexB
        default: a.rank < b.rank
        }
    }

    private var rank: Int {
        switch self {
        case .file: 0
        case .beside: 1
        case .override: 2
        }
    }

    static let start = Self.file(line: 1, column: 1)
}

/// What has been found wrong so far.
struct Problems {
    typealias Origin = SweepFileError.Origin

    /// A file that is something else altogether need not be complained about to the end.
    static let limit = 200

    private var found: [(origin: Origin, message: String)] = []
    /// How many there are, those over the limit too.
    private(set) var count = 0

    mutating func add(_ origin: Origin, _ message: @autoclosure () -> String) {
        count += 1
        if found.count < Self.limit {
            found.append((origin, message()))
        }
    }

    /// - Returns: In order of place, each once; at one place in the order in which they were found.
    func errors(path: String) -> [SweepFileError] {
        var known: Set<SweepFileError> = []
        return found.enumerated()
            .sorted { ($0.element.origin, $0.offset) < ($1.element.origin, $1.offset) }
            .map { SweepFileError(path: path, origin: $1.origin, message: $1.message) }
            .filter { known.insert($0).inserted }
    }
}
