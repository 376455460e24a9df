/// The value of each parameter of a cell.
///
/// A *complete* configuration, as a `TrialKind` makes it, has every key that applies, defaults
/// written out, and no other: two cells that train alike have equal complete configurations.
public struct Configuration: Hashable, Sendable {
    public private(set) var values: [String: Value]

    public init(_ values: [String: Value] = [:]) {
        self.values = values
    }

    public subscript(key: String) -> Value? {
        get { values[key] }
        set { values[key] = newValue }
    }

    /// The keys in their one order.
    public var keys: [String] { values.keys.sorted() }

    /// The one spelling of this configuration: a JSON object with sorted keys.
    public var canonicalText: String {
        let members = keys.map { "\(Value.quoted($0)):\(values[$0]?.canonicalText ?? "null")" }
        return "{" + members.joined(separator: ",") + "}"
    }
}
