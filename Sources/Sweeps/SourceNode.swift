/// A node of a sweep file, or the value of an override, with its origin.
struct SourceNode {
    typealias Origin = SweepFileError.Origin

    indirect enum Content {
        case null
        case scalar(Value)
        case list([SourceNode])
        case mapping([Member])
        /// Whose problem has been reported already.
        case unreadable
    }

    /// A key of a mapping, with its value.
    struct Member {
        let key: String
        let origin: Origin
        let element: SourceNode
    }

    let origin: Origin
    let content: Content
    /// The place of the first letter of a text, where the file has it letter by letter.
    var start: Origin?

    /// The place of a letter of its text.
    ///
    /// - Parameter offset: In Unicode scalars.
    func place(at offset: Int) -> Origin {
        guard case .file(let line, let column) = start else { return origin }
        return .file(line: line, column: column + offset)
    }

    /// What it is, as a message says it.
    var phrase: String {
        switch content {
        case .null: "nothing"
        case .scalar(.text(let text)): SweepFileError.quoted(text)
        case .scalar(let value): value.canonicalText
        case .list: value.map { String($0.canonicalText.prefix(80)) } ?? "a list"
        case .mapping: "a mapping"
        case .unreadable: "unreadable"
        }
    }

    var isUnreadable: Bool {
        switch content {
        case .unreadable: true
        case .list(let elements): elements.contains(where: \.isUnreadable)
        default: false
        }
    }

    /// A scalar, or a list of scalars or lists; nil for whatever else.
    var value: Value? {
        switch content {
        case .scalar(let value): return value
        case .list(let elements):
            let values = elements.compactMap(\.value)
            return values.count == elements.count ? .list(values) : nil
        case .null, .mapping, .unreadable: return nil
        }
    }
}

extension SourceNode {
    /// The text, or nil and a problem.
    func text(_ what: String, _ problems: inout Problems) -> String? {
        if case .scalar(.text(let text)) = content { return text }
        complain("\(what) must be text, not \(phrase)", &problems)
        return nil
    }

    func flag(_ what: String, _ problems: inout Problems) -> Bool? {
        if case .scalar(.flag(let flag)) = content { return flag }
        complain("\(what) must be true or false, not \(phrase)", &problems)
        return nil
    }

    func integer(_ what: String, in range: ClosedRange<Int>, _ problems: inout Problems) -> Int? {
        if let integer = value?.integer, range.contains(integer) { return integer }
        complain(
            "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound), "
                + "not \(phrase)", &problems)
        return nil
    }

    func list(_ what: String, _ problems: inout Problems) -> [SourceNode]? {
        if case .list(let elements) = content { return elements }
        complain("\(what) must be a list in [ ], not \(phrase)", &problems)
        return nil
    }

    func mapping(_ what: String, _ problems: inout Problems) -> [Member]? {
        if case .mapping(let members) = content { return members }
        complain("\(what) must be a mapping of keys to values, not \(phrase)", &problems)
        return nil
    }

    /// One of the words, or nil and a problem with the nearest of them.
    func word(_ what: String, among words: [String], _ problems: inout Problems) -> String? {
        if case .scalar(.text(let text)) = content, words.contains(text) { return text }
        let near = suggestion(for: value?.text ?? "", among: words)
        complain("\(what) cannot be \(phrase)\(near)", &problems)
        return nil
    }

    /// Silent where the element itself has been complained about.
    func complain(_ message: @autoclosure () -> String, _ problems: inout Problems) {
        if !isUnreadable {
            problems.add(origin, message())
        }
    }
}

/// A mapping whose keys are known: any other is a problem.
struct Section {
    private let members: [SourceNode.Member]

    /// - Parameters:
    ///   - what: What the mapping is, for messages.
    ///   - unsupported: Keys that sweep files have, but not for this version.
    ///   - ignored: Keys that mean nothing here, and are no mistake.
    init(
        _ element: SourceNode, _ what: String, keys: [String], unsupported: [String] = [],
        ignored: [String] = [], _ problems: inout Problems
    ) {
        members = element.mapping(what, &problems) ?? []
        for member in members where !keys.contains(member.key) && !ignored.contains(member.key) {
            let quoted = SweepFileError.quoted(member.key)
            if unsupported.contains(member.key) {
                problems.add(
                    member.origin, "\(quoted) is not supported by this version; leave it out")
            } else {
                problems.add(
                    member.origin,
                    "unknown key \(quoted) in \(what)"
                        + suggestion(for: member.key, among: keys))
            }
        }
    }

    /// nil where the key is not given.
    subscript(key: String) -> SourceNode? { member(key)?.element }

    func member(_ key: String) -> SourceNode.Member? { members.first { $0.key == key } }
}
