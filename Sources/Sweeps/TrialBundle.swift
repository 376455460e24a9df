/// Trials that are trained together: what a kind says of them, and what it does where it has no
/// faster way than one by one.
extension TrialKind {
    public func bundleShape(of configuration: Configuration) -> BundleShape? { nil }

    public func run(
        _ bundle: [TrialSpec], contexts: [TrialContext]
    ) async -> [Result<TrialResult, any Error>] {
        precondition(
            bundle.count == contexts.count, "\(bundle.count) specs, \(contexts.count) contexts")
        var ends: [Result<TrialResult, any Error>] = []
        for (spec, context) in zip(bundle, contexts) {
            do {
                ends.append(.success(try await run(spec, context: context)))
            } catch {
                ends.append(.failure(error))
            }
        }
        return ends
    }
}

/// What trials have in common that one kind can train together, one in each lane of a vector.
public struct BundleShape: Hashable, Sendable {
    /// Equal for trials of the kind that fit together, and for no others.
    public let name: String
    /// How many trials train together at most.
    public let limit: Int

    public init(_ name: String, limit: Int) {
        precondition(limit > 0, "a bundle of \(limit)")
        self.name = name
        self.limit = limit
    }
}
