/// One of the two-valued ways in which images vary.
enum Concept: String, Hashable, Sendable, CaseIterable {
    /// 0 disc, 1 square.
    case shape
    /// 0 red, 1 blue.
    case color
    /// 0 big, 1 small.
    case size
    /// 0 bright, 1 dark.
    case background

    /// What people call a value.
    func word(for value: Bool) -> String {
        switch self {
        case .shape: value ? "square" : "disc"
        case .color: value ? "blue" : "red"
        case .size: value ? "small" : "big"
        case .background: value ? "dark" : "bright"
        }
    }
}

/// A combination of concept values: a class of images.
struct ConceptClass: Hashable, Sendable, CustomStringConvertible {
    /// The value of each concept, in the task's order.
    let values: [Bool]

    /// The digits, the first concept's first: `01` is red and small.
    var description: String { values.map { $0 ? "1" : "0" }.joined() }

    /// How many concepts differ from class `00…`: classes up to 1 are trained on.
    var distance: Int { values.count { $0 } }

    /// All classes of `count` concepts, as binary numbers count.
    static func all(conceptCount count: Int) -> [ConceptClass] {
        (0..<1 << count).map { index in
            ConceptClass(values: (0..<count).map { index >> (count - 1 - $0) & 1 == 1 })
        }
    }
}
