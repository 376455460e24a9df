import Yams

/// From the nodes of Yams to ours.
extension YAMLReader {
    func converted(_ node: Node, depth: Int, _ problems: inout Problems) -> SourceNode {
        let origin = origin(node.mark)
        func refuse(_ message: String, _ problems: inout Problems) -> SourceNode {
            problems.add(origin, message)
            return SourceNode(origin: origin, content: .unreadable)
        }
        guard node.anchor == nil else { return refuse(Self.aliasMessage, &problems) }
        guard depth < Self.depthLimit else {
            return refuse(Self.depthMessage, &problems)
        }
        guard !hasTag(node) else {
            return refuse("tags (!name) are not taken here; leave it out", &problems)
        }
        switch node {
        case .scalar(let scalar):
            guard scalar.style == .plain else {
                return SourceNode(
                    origin: origin, content: .scalar(.text(scalar.string)),
                    start: start(of: scalar.string, at: origin, isQuoted: true))
            }
            switch PlainScalar(scalar.string) {
            case .null: return SourceNode(origin: origin, content: .null)
            case .value(let value):
                return SourceNode(
                    origin: origin, content: .scalar(value),
                    start: start(of: scalar.string, at: origin, isQuoted: false))
            case .unusable(let reason):
                let quoted = SweepFileError.quoted(scalar.string)
                return refuse("\(quoted) \(reason); write a finite number", &problems)
            }
        case .sequence(let sequence):
            let elements = sequence.map { converted($0, depth: depth + 1, &problems) }
            return SourceNode(origin: origin, content: .list(elements))
        case .mapping(let mapping):
            let members = members(of: mapping, depth: depth, &problems)
            return SourceNode(origin: origin, content: .mapping(members))
        case .alias:
            return refuse(Self.aliasMessage, &problems)
        }
    }

    private func members(
        of mapping: Node.Mapping, depth: Int, _ problems: inout Problems
    ) -> [SourceNode.Member] {
        var members: [SourceNode.Member] = []
        var first: [String: Origin] = [:]
        for (keyNode, valueNode) in mapping {
            let origin = origin(keyNode.mark)
            guard case .scalar(let scalar) = keyNode, keyNode.anchor == nil else {
                let isAlias = keyNode.anchor != nil
                problems.add(origin, isAlias ? Self.aliasMessage : "a key must be a word")
                continue
            }
            let key = hiddenKeys[origin] ?? scalar.string
            let value = converted(valueNode, depth: depth + 1, &problems)
            if let known = first[key] {
                problems.add(
                    origin,
                    "\(SweepFileError.quoted(key)) is given twice\(Self.text(known)); keep one")
                continue
            }
            first[key] = origin
            members.append(SourceNode.Member(key: key, origin: origin, element: value))
        }
        return members
    }

    /// - Returns: nil where the text is not written letter by letter, as with escapes or folds.
    private func start(of string: String, at origin: Origin, isQuoted: Bool) -> Origin? {
        guard case .file(let line, let column) = origin, lineStarts.indices.contains(line - 1)
        else { return nil }
        let quotes = isQuoted ? 1 : 0
        let first = lineStarts[line - 1] + column - 1 + quotes
        guard text.dropFirst(first).starts(with: string.unicodeScalars) else { return nil }
        return .file(line: line, column: column + quotes)
    }

    private static func text(_ first: Origin) -> String {
        if case .file(let line, _) = first { ", first in line \(line)" } else { "" }
    }

    private func hasTag(_ node: Node) -> Bool {
        switch node {
        case .scalar(let scalar):
            let name = scalar.tag.description
            return scalar.style == .plain
                ? name != Tag.Name.implicit.rawValue : name != Tag.Name.str.rawValue
        case .sequence(let sequence): return sequence.tag.description != Tag.Name.implicit.rawValue
        case .mapping(let mapping): return mapping.tag.description != Tag.Name.implicit.rawValue
        case .alias: return false
        }
    }
}
