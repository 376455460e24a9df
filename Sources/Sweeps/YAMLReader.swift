import Yams

/// Reads YAML into elements, each with its place.
///
/// Taken are mappings, lists and scalars of one document. Anchors, aliases and tags are not: they
/// let a small file stand for a huge one.
struct YAMLReader {
    typealias Origin = SweepFileError.Origin

    static let sizeLimit = 1 << 20
    static let depthLimit = 16
    static let depthMessage = "nested too deep; at most \(depthLimit) levels"
    /// A file with more of them is refused unread: one can stand for more than there is memory.
    private static let aliasLimit = 20
    /// Each costs one more parse.
    private static let renamingLimit = 16

    let text: [Unicode.Scalar]
    /// The index in `text` of the first scalar of each line.
    let lineStarts: [Int]
    /// The override that the text comes from; nil for a file.
    private let override: Origin?
    /// The keys that are given again later, by place; see `compose`.
    private(set) var hiddenKeys: [Origin: String] = [:]

    /// - Returns: nil where the text is no YAML; why is in `problems`.
    static func read(_ bytes: [UInt8], problems: inout Problems) -> SourceNode? {
        guard bytes.count <= sizeLimit else {
            problems.add(.start, "\(bytes.count) bytes; a sweep file has at most \(sizeLimit)")
            return nil
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
            problems.add(.start, "a byte order mark; save the file as UTF-8 without one")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.add(placeOfBadByte(bytes), "a byte that is not UTF-8; save the file as UTF-8")
            return nil
        }
        var reader = YAMLReader(text: Array(text.unicodeScalars), override: nil)
        return reader.read(&problems)
    }

    /// Reads the value of an override: `0.1,0.2` as the list `[0.1, 0.2]`.
    static func read(values: String, origin: Origin, problems: inout Problems) -> [SourceNode]? {
        var reader = YAMLReader(text: Array("[\(values)]".unicodeScalars), override: origin)
        guard values.utf8.count <= sizeLimit, !values.contains(where: \.isNewline) else {
            problems.add(origin, "not a value; write a, or a,b, or [1,2] for a vector")
            return nil
        }
        guard let element = reader.read(&problems) else { return nil }
        return element.list("the value", &problems)
    }

    private init(text: [Unicode.Scalar], override: Origin?) {
        self.text = text
        self.override = override
        lineStarts = [0] + text.indices.filter { text[$0] == "\n" }.map { $0 + 1 }
    }

    private mutating func read(_ problems: inout Problems) -> SourceNode? {
        guard !hasLayoutProblem(&problems) else { return nil }
        guard let (root, parser) = compose(&problems) else { return nil }
        // Nodes hold their anchors weakly; the parser owns them.
        return withExtendedLifetime(parser) {
            guard let root else { return SourceNode(origin: override ?? .start, content: .null) }
            return converted(root, depth: 0, &problems)
        }
    }
}

// MARK: Before YAML

extension YAMLReader {
    private func hasLayoutProblem(_ problems: inout Problems) -> Bool {
        var line = 1
        var column = 0
        var indents = true
        var isComment = false
        var aliases: [Origin] = []
        for (index, scalar) in text.enumerated() {
            column += 1
            if scalar == "\n" {
                (line, column, indents, isComment) = (line + 1, 0, true, false)
                continue
            }
            if scalar == "\t", indents {
                problems.add(
                    override ?? .file(line: line, column: column), "a tab; indent with spaces")
                return true
            }
            if indents, scalar == "#" { isComment = true }
            if scalar != " " { indents = false }
            if scalar == "*", !isComment, mayBeAlias(at: index) {
                aliases.append(override ?? .file(line: line, column: column))
            }
        }
        guard aliases.count > Self.aliasLimit else { return false }
        problems.add(aliases[0], Self.aliasMessage)
        return true
    }

    /// Whether an alias can begin here; says yes to some stars inside texts too.
    private func mayBeAlias(at index: Int) -> Bool {
        guard index + 1 < text.count, !text[index + 1].properties.isWhitespace else { return false }
        guard index > 0 else { return true }
        let before = text[index - 1]
        return before.properties.isWhitespace || "[{,:?-\"'".unicodeScalars.contains(before)
    }

    static let aliasMessage =
        "anchors and aliases (&name, *name) are not taken here; write the value out"

    private static func placeOfBadByte(_ bytes: [UInt8]) -> Origin {
        var (line, column) = (1, 1)
        var decoder = UTF8()
        var rest = bytes.makeIterator()
        while case .scalarValue(let scalar) = decoder.decode(&rest) {
            (line, column) = scalar == "\n" ? (line + 1, 1) : (line, column + 1)
        }
        return .file(line: line, column: column)
    }
}

// MARK: YAML

extension YAMLReader {
    /// Composes the one document.
    ///
    /// Yams stops at a key that a mapping has twice. So that the rest of the file is checked too,
    /// the first of the two is given another name of the same length, and read back as what it was.
    private mutating func compose(_ problems: inout Problems) -> (Node?, Parser)? {
        var scalars = text
        for attempt in 0...Self.renamingLimit {
            do {
                var yaml = String.UnicodeScalarView()
                yaml.append(contentsOf: scalars)
                let parser = try Parser(yaml: String(yaml), resolver: .basic, encoding: .utf8)
                return (try parser.singleRoot(), parser)
            } catch YamlError.duplicatedKeysInMapping(let names, let context) {
                let place = Origin.file(line: context.mark.line, column: context.mark.column)
                guard attempt < Self.renamingLimit, let name = names.first,
                    let index = indexOfKey(name, line: context.mark.line, context.mark.column)
                else {
                    problems.add(override ?? place, "a key is given twice; keep one")
                    return nil
                }
                hiddenKeys[place] = name
                scalars[index] = Unicode.Scalar(0xE000 + UInt16(attempt)) ?? "?"
            } catch let error as YamlError {
                report(error, &problems)
                return nil
            } catch {
                problems.add(override ?? .start, "not YAML: \(error)")
                return nil
            }
        }
        return nil
    }

    /// - Returns: The place in the text of the first letter of a key; nil where the key is spelled
    ///   with escapes, or is none that could be renamed.
    private func indexOfKey(_ name: String, line: Int, _ column: Int) -> Int? {
        var index = 0
        var lineOfIndex = 1
        while lineOfIndex < line, index < text.count {
            if text[index] == "\n" { lineOfIndex += 1 }
            index += 1
        }
        index += column - 1
        if index < text.count, text[index] == "\"" || text[index] == "'" { index += 1 }
        let letters = Array(name.unicodeScalars)
        return !letters.isEmpty && text.dropFirst(index).starts(with: letters) ? index : nil
    }

    private func report(_ error: YamlError, _ problems: inout Problems) {
        if override != nil {
            problems.add(override ?? .start, "not a value; write a, or a,b, or [1,2] for a vector")
            return
        }
        switch error {
        case .composer(_, problem: "but found another document", let mark, _):
            problems.add(origin(mark), "a second document; a sweep file is one")
        case .composer(_, problem: "found undefined alias", let mark, _):
            problems.add(origin(mark), Self.aliasMessage)
        case .parser(_, let problem, let mark, _) where problem.hasPrefix("Maximum nesting"):
            problems.add(origin(mark), Self.depthMessage)
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            problems.add(origin(mark), "not YAML (\(problem)); check indentation and quotes")
        case .reader(let problem, let offset, _, let yaml):
            let before = yaml.prefix(offset ?? 0).unicodeScalars
            let line = before.count { $0 == "\n" } + 1
            let column = before.reversed().prefix { $0 != "\n" }.count + 1
            problems.add(
                .file(line: line, column: column), "not YAML (\(problem)); remove the character")
        default:
            problems.add(.start, "not YAML (\(error))")
        }
    }

    func origin(_ mark: Mark?) -> Origin {
        override ?? mark.map { .file(line: $0.line, column: $0.column) } ?? .start
    }
}
