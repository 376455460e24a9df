/// A kind whose trials train on images that can be looked at.
public protocol DataShowing: TrialKind {
    /// Some images of each class that a trial trains on, or is tested with.
    ///
    /// - Parameter each: How many of each class, if there are as many.
    /// - Throws: `ConfigurationError` at a configuration that is none of the kind's.
    func data(of spec: TrialSpec, each: Int) throws -> [DataImages]
}

/// Images of one class.
public struct DataImages: Hashable, Sendable {
    /// What they show, for people.
    public let label: String
    /// Shape `[image, row, column, channel]`, at step 0 alone.
    public let images: TrialArray

    public init(label: String, images: TrialArray) {
        self.label = label
        self.images = images
    }
}
